import {spawn} from 'node:child_process';
import {once} from 'node:events';
import path from 'node:path';
import type {ErrorCode} from '../../domain/error-codes.js';
import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';
import {mediaKindOf} from '../../domain/inputs/media.js';
import {resultFiles} from '../../domain/runs/outputs.js';
import type {ShownRun} from '../../domain/types.js';

/**
 * The absolute path of what a run made: its video, else its image, else another file of its result.
 * @param folder the run's folder
 * @param name a file of its outputs, to take that one
 * @throws CosmosError (usage) for a run without it
 */
export function videoOf({run, shown}: ShownRun, folder: string, name?: string): string {
	const outputs = ('outputs' in run && run.outputs) || [];
	const results = run.operation === 'enhance' ? [] : resultFiles(run);
	const main = results.find(one => mediaKindOf(one.name) !== undefined);
	// A run that failed may have left controls that it had computed.
	const file =
		name === undefined
			? (main ?? outputs.find(one => isVideoFile(one.name)) ?? results[0])
			: outputs.find(one => one.name === name);
	if (file) {
		return path.join(folder, 'outputs', ...file.name.split('/'));
	}

	if (name !== undefined && outputs.length > 0) {
		throw new CosmosError('no-result', `${run.id} has no output ${name}`, {
			hint: `It has ${outputs.map(one => one.name).join(', ')}.`,
		});
	}

	throw new CosmosError('no-result', `${run.id} has no local video: it is ${shown}`, {
		hint:
			shown === 'uncollected'
				? `Run \`cosmos fetch ${run.id}\` to download it.`
				: run.operation === 'enhance'
					? 'An enhancement produces a text, not a video.'
					: '',
	});
}

/** Whether a file is a video, by its name. */
export const isVideoFile = (name: string) => /\.(mp4|mov|mkv|webm)$/i.test(name);

/** The command and arguments that the video's path is appended to. */
function openerOf(configured: string | undefined): string[] {
	if (configured) {
		return configured.trim().split(/\s+/);
	}

	switch (process.platform) {
		case 'darwin':
			return ['open'];
		case 'win32':
			return ['explorer'];
		default:
			return ['xdg-open'];
	}
}

export type OpenOptions = {
	/** The configured command; without one, the system's own opener. */
	command: string | undefined;
	env: NodeJS.ProcessEnv;
	/** The player may read and write the terminal. */
	inTerminal: boolean;
};

/**
 * Opens a video and resolves when the command has ended.
 * @throws CosmosError (home) when it is not there or ends with another code than 0
 */
export async function openVideo(
	video: string,
	{command, env, inTerminal}: OpenOptions,
): Promise<void> {
	const [program = '', ...args] = openerOf(command);
	const fail = (why: string, cause?: unknown, code: ErrorCode = 'program-failed') =>
		new CosmosError(code, `cannot open ${video}: ${program} ${why}`, {
			hint: 'Set COSMOS_OPEN, or `open` in the configuration, to an installed player.',
			cause,
		});
	let status: unknown;
	try {
		const child = spawn(program, [...args, video], {
			stdio: inTerminal ? ['inherit', 'ignore', 'inherit'] : 'ignore',
			// A player may outlive the dashboard, and a Ctrl-C there must not stop it.
			detached: !inTerminal,
			env,
		});
		if (!inTerminal) {
			child.unref();
		}

		[status] = await once(child, 'close');
	} catch (error) {
		throw systemCode(error) === 'ENOENT'
			? fail('does not exist', error, 'program-missing')
			: fail(messageOf(error), error);
	}

	// Windows' explorer exits with 1 on success.
	if (status !== 0 && process.platform !== 'win32') {
		throw fail(status === null ? 'was killed by a signal' : `exited with code ${status}`);
	}
}
