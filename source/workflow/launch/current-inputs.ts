/** The inputs of a prompt as they are on disk now: rendered anew, cut off or gone since it was created. */
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, hintOf, messageOf} from '../../domain/errors.js';
import {framesOf, isMedia} from '../../domain/inputs/media.js';
import {unnamedModel} from '../../domain/models/families.js';
import type {AnyInput, Prompt, RunInput} from '../../domain/types.js';

type Current = {
	input: AnyInput;
	/** What a person should know of it. */
	change?: string;
	/** Why it cannot be used. */
	problem?: CosmosError;
};

export type CurrentInputs = {
	/** With what is known of each file now. */
	prompt: Prompt;
	/**
	 * Those that a launch uses.
	 * @throws CosmosError (usage) for one that cannot be used, or that nobody has confirmed
	 */
	take: (wanted: readonly AnyInput[]) => {inputs: RunInput[]; changes: string[]};
};

/** Looks at each file; into those whose size or time is not what the prompt has stored. */
export async function readCurrentInputs(stored: Prompt): Promise<CurrentInputs> {
	// The paths of an archive are not followed before somebody has confirmed them.
	const all = stored.unconfirmed
		? stored.inputs.map((input): Current => ({input}))
		: await Promise.all(stored.inputs.map(input => readCurrent(stored, input)));
	return {
		prompt: {...stored, inputs: all.map(({input}) => input)},
		take(wanted) {
			requireConfirmed(stored);
			const used = all.filter(({input}) => wanted.includes(input));
			const problem = used.find(one => one.problem)?.problem;
			if (problem) {
				throw problem;
			}

			return {
				inputs: used.map(({input}) => toRunInput(input)),
				changes: used.flatMap(({change}) => change ?? []),
			};
		},
	};
}

function toRunInput(input: AnyInput): RunInput {
	const {role, path: file, size} = input;
	const common = {role, path: file, size};
	if (!isMedia(input)) {
		return common;
	}

	const {width, height} = input;
	return input.kind === 'image'
		? {...common, width, height}
		: {...common, frames: input.frames, fps: input.fps, width, height};
}

async function readCurrent({id, name}: Prompt, input: AnyInput): Promise<Current> {
	const {path: file, size, modified} = input;
	const found = await stat(file).catch(() => undefined);
	if (found?.isFile() && found.size === size && isSameTime(found.mtimeMs, modified)) {
		return {input};
	}

	try {
		const {inspectAny} = await import('../../executor/media/inspect-file.js');
		const now = await inspectAny(input.role, file);
		return {input: now, change: changeText(input, now)};
	} catch (error) {
		const state = found ? 'has changed' : 'is missing';
		const message = `an input of ${name} ${state}: ${messageOf(error)}`;
		const hint = `${hintOf(error)} \`cosmos edit ${id} --videos DIR\` gives the prompt other files.`;
		return {input, problem: new CosmosError('input-changed', message, {hint, cause: error})};
	}
}

/** Prompts of 0.2 and earlier have not stored the time. */
const isSameTime = (found: number, stored: number | undefined) =>
	stored === undefined || Math.trunc(found) === stored;

function changeText(before: AnyInput, now: AnyInput): string {
	const facts = (input: AnyInput): Array<[string, string]> =>
		isMedia(input)
			? [
					['length', `${framesOf(input)} frames`],
					['size', `${input.width}×${input.height}`],
					...(input.kind === 'image' ? [] : [['rate', `${input.fps} fps`] as [string, string]]),
				]
			: [['size', `${input.size} bytes`]];
	const then = new Map(facts(before));
	const other = facts(now).filter(([name, fact]) => then.get(name) !== fact);
	const words =
		other.length === 0
			? 'same length, size and rate'
			: `${other.map(([, fact]) => fact).join(', ')} now, ${other.map(([name]) => then.get(name)).join(', ')} then`;
	return `${path.basename(now.path)} has changed since the prompt was created: ${words}`;
}

/** @throws CosmosError (usage) for paths that an archive has named and nobody has confirmed */
function requireConfirmed({id, name, inputs, unconfirmed}: Prompt): void {
	if (unconfirmed && inputs.length > 0) {
		throw new CosmosError(
			'unconfirmed-inputs',
			`${name} came with an archive, which names its videos: ${inputs.map(one => one.path).join(', ')}`,
			{hint: `\`cosmos edit ${id} --videos DIR\` gives it videos that you choose.`},
		);
	}
}

/** What a run takes of its prompt. */
export function ofPrompt({id, name, text, negative}: Prompt) {
	return {
		promptId: id,
		promptName: name,
		promptText: text,
		negative,
		model: unnamedModel,
	} as const;
}
