import {messageOf} from '../../domain/errors.js';
import type {ImportMark} from '../../domain/import-mark.js';
import {familyOf} from '../../domain/models/families.js';
import {knownRoles} from '../../domain/models/roles.js';
import {checkName} from '../../domain/prompts/prompt-name.js';
import {applyAnnotation, checkAnnotation} from '../../domain/runs/annotations.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {
	argumentProblem,
	nameProblem,
	outputProblem,
	progressProblem,
	roleProblem,
} from '../../domain/settings/recipe.js';
import {completeSettings} from '../../domain/settings/settings-check.js';
import {tableOfKind} from '../../domain/settings/settings-tables.js';
import type {Annotations, Prompt, Recipe, Run} from '../../domain/types.js';

/** Characters of a path, and of a name that is not a prompt's own. */
const longestPath = 4096;
const longestLine = 255;

/**
 * Checks an archive's prompt like a new one.
 * @throws Error that names the prompt and what is wrong with it
 */
export function checkPrompt(prompt: Prompt): void {
	withRecordId(prompt.id, () => {
		checkName(prompt.name);
		if (prompt.text.trim() === '') {
			throw new Error('its text is empty');
		}

		if (prompt.model !== undefined) {
			familyOf(prompt.model);
		}

		const roles = prompt.inputs.map(({role}) => role);
		checkRoles(roles);
		if (new Set(roles).size < roles.length) {
			throw new Error('it has two videos for one role');
		}

		checkPaths([prompt.videoDir, ...prompt.inputs.map(input => input.path)]);
		checkAnnotations(prompt);
	});
}

/**
 * Checks an archive's run like a launch.
 * @throws Error that names the run and what is wrong with it
 */
export function checkRun(run: Run): void {
	withRecordId(run.id, () => {
		const {promptName, host, lane, model: family, sweep, server} = run;
		const ofSweep = sweep ? [sweep.id, ...Object.keys(sweep.axes)] : [];
		const ofServer = Object.values(server ?? {}).filter(value => typeof value === 'string');
		for (const line of [
			promptName,
			host,
			lane,
			family,
			...ofSweep,
			...ofServer,
			...textsIn(run.madeBy),
		]) {
			checkLine(line);
		}

		// A recipe may call its files by names of its own.
		const names = run.operation === 'recipe' ? run.recipe.inputs : [];
		checkRoles(
			run.inputs.map(({role}) => role),
			names.filter(role => roleProblem(role) === undefined),
		);
		checkPaths(run.inputs.map(input => input.path));
		checkAnnotations(run);
		checkMeasured(run);
		if (run.operation === 'recipe') {
			checkRecipe(run.recipe);
		}

		const model = run.operation === 'transfer' ? run.model : undefined;
		const known = tableOfKind({
			operation: run.operation,
			model: model ?? run.model,
			mode: run.mode,
			...(run.operation === 'recipe' && {recipe: run.recipe}),
		});
		const settings: Readonly<Record<string, unknown>> = {...run.settings};
		const own = known.map(({key}) => [key, settings[key]]);
		completeSettings(run.operation, Object.fromEntries(own), model, run.mode);
	});
}

function withRecordId(id: string, check: () => void): void {
	try {
		check();
	} catch (error) {
		throw new Error(`${id}: ${cleanText(messageOf(error)).slice(0, 300)}`, {cause: error});
	}
}

function checkAnnotations({rating, tags, note}: Annotations): void {
	const change = {rating, addTags: tags, note};
	checkAnnotation(change);
	applyAnnotation({id: 'it'}, change);
}

/** Lists and pages show these texts. */
function checkMeasured({measures}: Run): void {
	const {values = {}, flagged = [], limits = [], against = ''} = measures ?? {};
	const texts = [...flagged.map(({name}) => name), ...limits.map(({filter}) => filter)];
	for (const text of [...Object.keys(values), ...texts, against]) {
		checkLine(text);
	}
}

function checkRoles(roles: readonly string[], own: readonly string[] = []): void {
	const wrong = roles.find(role => !(knownRoles.includes(role) || own.includes(role)));
	if (wrong !== undefined) {
		throw new Error(`"${wrong}" is no role of an input`);
	}
}

function checkPaths(paths: readonly string[]): void {
	const wrong = paths.find(one => one.length > longestPath || /\p{Cc}/u.test(one));
	if (wrong !== undefined) {
		throw new Error(`"${wrong.slice(0, 80)}" cannot be a path`);
	}
}

/** All texts of a value, however deep. */
function textsIn(value: unknown): string[] {
	return typeof value === 'string'
		? [value]
		: typeof value === 'object' && value !== null
			? Object.values(value).flatMap(textsIn)
			: [];
}

function checkLine(line: string): void {
	if (line.length > longestLine || /\p{Cc}/u.test(line)) {
		throw new Error(`"${line.slice(0, 80)}" cannot be a name`);
	}
}

function checkRecipe({name, command, outputs, progress, image = ''}: Recipe): void {
	const problem =
		nameProblem(name) ??
		(command[0] === '' ? 'its command is empty' : undefined) ??
		firstOf(command, argumentProblem) ??
		firstOf(outputs, outputProblem) ??
		(progress === undefined ? undefined : progressProblem(progress));
	checkLine(image);
	if (problem) {
		throw new Error(`its recipe: ${problem}`);
	}
}

function firstOf(
	words: readonly string[],
	problemOf: (word: string) => string | undefined,
): string | undefined {
	for (const word of words) {
		const problem = problemOf(word);
		if (problem) {
			return `"${word.slice(0, 80)}" ${problem}`;
		}
	}

	return undefined;
}

/** A prompt as it is stored here: nothing uses its paths before the user has confirmed them. */
export function toImportedPrompt(
	prompt: Prompt,
	imported: ImportMark,
	trustInputs: boolean,
): Prompt {
	const {unconfirmed: _, ...rest} = prompt;
	return {...rest, imported, ...(!trustInputs && {unconfirmed: true})};
}

/**
 * A run as it is stored here, without links to a host, a queue or a batch of this store.
 * @param isThere whether a run is in the same archive
 */
export function toImportedRun(
	run: Run,
	imported: ImportMark,
	isThere: (id: string) => boolean,
): Run {
	const batch = run.batch && isThere(run.batch.id) ? {batch: run.batch} : {};
	return {
		...content(run),
		...batch,
		...(run.outputsDeletedAt && {outputsDeletedAt: run.outputsDeletedAt}),
		imported,
		simulated: run.simulated && run.operation !== 'recipe',
	} as Run;
}

/** What has to be the same in two stores for a record to be the same. */
export function content<T extends Prompt | Run>(record: T): object {
	const entries = Object.entries(record).filter(([key]) => isLocal[key as Field] !== true);
	return Object.fromEntries(entries);
}

type FieldOf<T> = T extends unknown ? keyof T : never;
type Field = FieldOf<Prompt> | FieldOf<Run>;

/** Whether a field is a fact of one store and not of the record. */
const isLocal: Readonly<Record<Field, boolean>> = {
	imported: true,
	unconfirmed: true,
	refused: true,
	outputsDeletedAt: true,
	uncleaned: true,
	cancelRequestedAt: true,
	waitingFor: true,
	jobId: true,
	dataset: true,
	priority: true,
	sweep: false,
	batch: true,
	restarts: true,
	server: false,
	madeBy: false,
	id: false,
	name: false,
	text: false,
	negative: false,
	videoDir: false,
	inputs: false,
	model: false,
	mode: false,
	createdAt: false,
	parentId: false,
	parentModel: false,
	enhancedBy: false,
	history: false,
	rating: false,
	tags: false,
	note: false,
	pick: false,
	measures: false,
	promptName: false,
	promptText: false,
	promptId: false,
	operation: false,
	settings: false,
	recipe: false,
	endpoint: false,
	resultPromptId: false,
	host: false,
	lane: false,
	simulated: false,
	times: false,
	owner: false,
	status: false,
	exitCode: false,
	outputs: false,
	failure: false,
};
