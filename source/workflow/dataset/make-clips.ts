/** The clips of a manifest: its rows with their inputs found, hashed and checked. */
import {createHash} from 'node:crypto';
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {findRecipe} from '../../config/recipes.js';
import type {ClipInput, DatasetRow} from '../../domain/dataset/dataset.js';
import {
	describeProblem,
	type RowProblem,
	type RowRules,
	type RowSpec,
	readRow,
} from '../../domain/dataset/read-row.js';
import {CosmosError, hintOf, messageOf} from '../../domain/errors.js';
import {parseInput} from '../../domain/models/roles.js';
import {checkName, nameFromText} from '../../domain/prompts/prompt-name.js';
import {textProblem} from '../../domain/prompts/prompt-text.js';
import type {LaunchRequest} from '../../domain/settings/launch-request.js';
import type {Kind} from '../../domain/settings/settings.js';
import {kinds, tableOfKind} from '../../domain/settings/settings-tables.js';
import {type Axis, combine, countPoints, describePoint} from '../../domain/sweep/combine.js';
import {alternativesIn, fillTemplate} from '../../domain/sweep/template.js';
import type {AnyInput, Prompt, Recipe, RunTask} from '../../domain/types.js';
import {inspectFiles, inspectVideoDir} from '../../executor/media/video-dir.js';
import {hashFile} from '../../executor/transfer.js';
import {checkLaunch} from '../launch/launch-check.js';
import type {Local} from '../launch/launch-parts.js';
import type {DatasetRequest} from './dataset-types.js';
import type {Manifest, ManifestRow} from './read-manifest.js';

/** A clip that can run. */
export type Clip = {
	row: DatasetRow & {hash: string};
	/** Of the prompt that it is made of. */
	prompt: Omit<Prompt, 'id' | 'createdAt'>;
	/** Without its prompt's id. */
	request: LaunchRequest;
	task: RunTask;
};

export type MadeClips = {
	/** All, in the order of the manifest; those that cannot be used have no clip. */
	rows: DatasetRow[];
	clips: Map<number, Clip>;
	/** A line for each problem. */
	bad: string[];
};

/** Stands for the prompt that a clip does not have yet. */
const noPrompt = 'ps_000000000000';

/** Clips that sweeps make of the rows of one manifest at most; each takes memory, and a row of the output. */
const mostSwept = 100_000;

type Maker = {
	local: Local;
	request: DatasetRequest;
	recipe: Recipe | undefined;
	/** Paths count from here. */
	base: string;
	/** Roles that recipes name. */
	roles: readonly string[];
	/** Hashes of files that have been read before, by `fileKey`. */
	known: Map<string, string>;
	/** Of the clips that a sweep makes. */
	sweepId: string;
};

/**
 * @param known hashes of files that have been read before, by `fileKey`; gets those of the others
 * @throws CosmosError (configuration) for an unknown recipe; the signal's reason
 */
export async function makeClips(
	local: Local,
	manifest: Manifest,
	request: DatasetRequest,
	{known, sweepId, signal}: {known: Map<string, string>; sweepId: string; signal?: AbortSignal},
): Promise<MadeClips> {
	const recipe =
		request.recipe === undefined ? undefined : findRecipe(local.config, request.recipe);
	const of: readonly Kind[] = recipe
		? [{operation: 'recipe', model: recipe.name, recipe}]
		: kinds.filter(({operation}) => operation === 'transfer');
	const roles = local.config.recipes.flatMap(({inputs}) => inputs);
	const rules = {settings: of.flatMap(tableOfKind), roles, map: request.map ?? {}};
	const maker = {local, request, recipe, base: manifest.base, roles, known, sweepId};
	const made: MadeClips = {rows: [], clips: new Map(), bad: []};
	checkSwept(manifest, request, rules);
	for (const [number, row] of manifest.rows.entries()) {
		signal?.throwIfAborted();
		const {spec, problems} = readRow(row.values, rules);
		const key = spec.id ?? String(number + 1);
		const all = row.problem ? [row.problem] : problems;
		const found = all.length > 0 ? {problems: all} : await clipsOfRow(maker, spec, key, row.line);
		if ('problems' in found) {
			takeBad(made, manifest, row, {...spec, id: key}, found.problems);
		} else {
			for (const clip of found.clips) {
				clip.row.index = made.rows.length;
				made.clips.set(clip.row.index, clip);
				made.rows.push(clip.row);
			}
		}
	}

	return made;
}

/** Before any clip is made: a manifest of a few lines may stand for millions. */
function checkSwept(manifest: Manifest, request: DatasetRequest, rules: RowRules): void {
	let swept = 0;
	for (const {values} of manifest.rows) {
		const axes = axesOf(request, readRow(values, rules).spec);
		swept += axes.length === 0 ? 0 : pointsIn(axes, request);
		if (swept > mostSwept) {
			throw new CosmosError(
				'usage',
				`the sweeps of ${manifest.name} make more than ${mostSwept} clips`,
				{hint: 'Give fewer values, or choose some of them with --sample N.'},
			);
		}
	}
}

/** None if the row's values cannot be combined; the row reports that. */
function pointsIn(axes: readonly Axis[], {shape}: DatasetRequest): number {
	try {
		return countPoints(axes, shape).wanted;
	} catch {
		return 0;
	}
}

/** What the clips of a row differ in. */
function axesOf({axes = [], text = ''}: DatasetRequest, spec: RowSpec): Axis[] {
	return [
		...axes.filter(({name}) => !(name in spec.settings)),
		...alternativesIn(spec.text ?? text),
	];
}

function takeBad(
	made: MadeClips,
	manifest: Manifest,
	{line, values}: ManifestRow,
	{id: key = '', name = key}: RowSpec,
	problems: readonly RowProblem[],
): void {
	const lines = problems.map(problem => describeProblem(manifest.name, line, problem));
	made.bad.push(...lines);
	made.rows.push({
		...{index: made.rows.length, key, name, columns: values, inputs: [], attempts: 0},
		...(line !== undefined && {line}),
		...{status: 'bad', reason: 'bad-row', message: lines.join('; ')},
	});
}

/** The inputs of one clip, and what distinguishes it from the other clips of its row. */
type Source = {suffix: string; folder?: string; files: string[]};

async function clipsOfRow(
	maker: Maker,
	spec: RowSpec,
	key: string,
	line: number | undefined,
): Promise<{clips: Clip[]} | {problems: RowProblem[]}> {
	const {request} = maker;
	const text = spec.text ?? request.text ?? '';
	if (text.trim() === '') {
		const column = request.map?.text ?? 'text';
		return {problems: [{column, rule: 'is empty, and there is no --text'}]};
	}

	const rule = textProblem(text) ?? textProblem(spec.negative ?? '');
	if (rule) {
		return {problems: [{rule: `a text ${rule}`}]};
	}

	const axes = axesOf(request, spec);
	const clips: Clip[] = [];
	try {
		const points = combine(axes, request.shape);
		for (const source of await sourcesOf(maker, spec)) {
			const {inputs, stored} = await readInputs(maker, source);
			for (const point of points) {
				const suffixes = [source.suffix, axes.length === 0 ? '' : describePoint(point)];
				const clipKey = [key, ...suffixes.filter(Boolean)].join(' ');
				clips.push(
					await makeClip(maker, {
						spec: {...spec, text: fillTemplate(text, point)},
						folder: source.folder ?? '',
						inputs,
						row: {
							...{index: 0, key: clipKey, columns: spec.columns, inputs: stored, attempts: 0},
							...(line !== undefined && {line}),
							...(axes.length > 0 && {sweep: {id: maker.sweepId, axes: point}}),
							status: 'waiting',
						},
					}),
				);
			}
		}
	} catch (error) {
		if (error instanceof RowError) {
			return {problems: [error.problem]};
		}

		if (error instanceof CosmosError && error.kind === 'usage') {
			return {problems: [{rule: [messageOf(error), hintOf(error)].filter(Boolean).join('. ')}]};
		}

		throw error;
	}

	return {clips};
}

/** What is wrong with one column. */
class RowError extends Error {
	readonly problem: RowProblem;

	constructor(column: string, rule: string) {
		super(rule);
		this.problem = {column, rule};
	}
}

/** A row names a folder, or files; one pattern in it makes a clip of each match. */
async function sourcesOf({base, request}: Maker, spec: RowSpec): Promise<Source[]> {
	const column = (name: string) => request.map?.[name] ?? name;
	const at = (file: string) => path.resolve(base, file);
	const given = [...(spec.files ?? [])].map(word => withFile(word, at));
	if (spec.folder !== undefined) {
		if (given.length > 0 || Object.keys(spec.roles).length > 0) {
			throw new RowError(column('folder'), 'excludes files beside it');
		}

		const folders = await matchesOf(base, spec.folder, column('folder'), 'folders');
		return folders.map(folder => ({
			suffix: folders.length > 1 ? path.basename(folder) : '',
			folder,
			files: [],
		}));
	}

	let sources: Source[] = [{suffix: '', files: given}];
	for (const [role, pattern] of Object.entries(spec.roles)) {
		const files = await matchesOf(base, pattern, column(role), 'files');
		if (files.length > 1 && sources.length > 1) {
			throw new RowError(column(role), `matches ${files.length} files beside another pattern`);
		}

		sources = sources.flatMap(source =>
			files.map(file => ({
				suffix: files.length > 1 ? path.basename(file) : source.suffix,
				files: [...source.files, `${role}=${file}`],
			})),
		);
	}

	return sources;
}

/** `ROLE=FILE` or a file, the file from where paths count. */
function withFile(word: string, at: (file: string) => string): string {
	const {role, file} = parseInput(word);
	return role === undefined ? at(file) : `${role}=${at(file)}`;
}

/** The file or folder of a name, or those that a pattern matches, sorted. */
async function matchesOf(
	base: string,
	pattern: string,
	column: string,
	what: 'files' | 'folders',
): Promise<string[]> {
	const plain = path.resolve(base, pattern);
	if (!/[*?[{]/.test(pattern) || (await stat(plain).catch(() => undefined))) {
		return [plain];
	}

	const {glob} = await import('tinyglobby');
	const found = await glob([pattern], {
		...{cwd: base, absolute: true, dot: false, expandDirectories: false},
		...(what === 'folders' ? {onlyDirectories: true} : {onlyFiles: true}),
	});
	if (found.length === 0) {
		throw new RowError(column, `matches no ${what}: ${pattern}`);
	}

	return found.map(name => path.resolve(name)).sort();
}

/** How a file is known by: it has another hash only if one of these differs. */
export function fileKey({
	path: file,
	size,
	modified,
}: Pick<ClipInput, 'path' | 'size' | 'modified'>): string {
	return `${size} ${modified} ${file}`;
}

async function readInputs(
	{known, roles}: Maker,
	{folder, files}: Source,
): Promise<{inputs: AnyInput[]; stored: ClipInput[]}> {
	const inputs =
		folder === undefined ? await inspectFiles(files) : await inspectVideoDir(folder, roles);
	const stored: ClipInput[] = [];
	for (const {role, path: file, size, modified = 0} of inputs) {
		const facts = {path: file, size, modified};
		const sha256 = known.get(fileKey(facts)) ?? (await hashFile(file, {size}));
		known.set(fileKey(facts), sha256);
		stored.push({role, ...facts, sha256});
	}

	return {inputs, stored};
}

async function makeClip(
	{local, request, recipe}: Maker,
	{
		spec,
		folder,
		inputs,
		row,
	}: {
		spec: RowSpec & {text: string};
		folder: string;
		inputs: AnyInput[];
		row: Omit<DatasetRow, 'name'>;
	},
): Promise<Clip> {
	const name = spec.name ?? nameFromText(spec.text, folder || (inputs[0]?.path ?? row.key));
	checkName(name);
	const model = spec.model ?? request.model;
	const mode = spec.mode ?? request.mode;
	const prompt = {
		...{name, text: spec.text, negative: spec.negative ?? request.negative ?? ''},
		...{videoDir: folder, inputs},
		...(spec.tags && {tags: spec.tags}),
		...(model !== undefined && !recipe && {model}),
	};
	const axes = row.sweep?.axes ?? {};
	const swept = Object.fromEntries(
		(request.axes ?? []).flatMap(({name: one}) => (one in axes ? [[one, axes[one]]] : [])),
	);
	const settings = {...request.settings, ...spec.settings, ...swept};
	const common = {
		...{promptId: noPrompt, settings, host: request.host},
		...(row.sweep && {sweep: row.sweep}),
	};
	const launch = (
		recipe
			? {...common, operation: 'recipe', recipe: recipe.name}
			: {
					...common,
					...(model !== undefined && {model}),
					...(mode !== undefined && {mode}),
					...(request.force && {force: true}),
				}
	) as LaunchRequest;
	const stored = {...prompt, id: noPrompt, createdAt: new Date(0).toISOString()};
	const store = {...local.store, getPrompt: async () => stored};
	const {task} = await checkLaunch({...local, store}, launch);
	const hash = contentHash(task, row.inputs);
	return {row: {...row, name, hash}, prompt, request: launch, task};
}

/** What decides a result. How long it may take does not. */
function contentHash(task: RunTask, inputs: readonly ClipInput[]): string {
	const {timeLimit: _, ...settings} = task.settings;
	const used = task.inputs.map(({role}) => role);
	const files = inputs.filter(({role}) => used.includes(role));
	const content = [
		...[task.operation, task.model, task.mode ?? '', task.promptText, task.negative],
		task.operation === 'recipe' ? [task.recipe.image ?? '', task.recipe.command] : [],
		Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)),
		files.map(({role, sha256}) => [role, sha256]),
	];
	return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
