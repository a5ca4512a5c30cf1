/** Measures the result of a run and keeps the numbers in its record. */
import path from 'node:path';
import {CosmosError} from '../../domain/errors.js';
import {type MediaKind, mediaKindOf} from '../../domain/inputs/media.js';
import type {FlaggedFile, MeasureValues} from '../../domain/runs/measures.js';
import {resultPictures} from '../../domain/runs/outputs.js';
import type {OutputFile, Run, RunInput, ShownRun} from '../../domain/types.js';
import {inspectInput} from '../../executor/media/inspect-file.js';
import type {Store} from '../../store/store.js';
import type {Local} from '../launch/launch-parts.js';
import {explainChange} from '../launch/run-input.js';
import {addMeasures, type Found, limitFinder} from './add-measures.js';
import {compareBlurred, compareOutlines, compareWith, type Picture} from './compare.js';
import {lookAt, type MeasureOptions} from './look.js';
import type {Against, Measured, MeasureRequest} from './measure-types.js';

/**
 * Measures a run's result and saves the numbers.
 * @throws CosmosError (usage) for a run without a local video or image, (home) without ffmpeg,
 * (cancelled) by the signal; nothing is saved then
 */
export async function measureRun(
	{store, config}: Local,
	{run, shown}: ShownRun,
	request: MeasureRequest = {},
): Promise<Measured> {
	if (resultPictures(run).length === 0) {
		throw new CosmosError('no-result', `${run.id} has no local video or image: it is ${shown}`, {
			hint: run.outputsDeletedAt ? 'Its outputs were deleted.' : '',
		});
	}

	const {notes, ...found} = await measureResult(store, run, request);
	const findLimits = limitFinder(config);
	const measured = await store.updateRun(run.id, stored => addMeasures(stored, found, findLimits));
	return {run: measured, notes};
}

/**
 * Looks at every video and image of a run's result, and compares the first with a reference and with
 * the run's controls.
 * @throws CosmosError as `measureRun`
 */
async function measureResult(
	store: Store,
	run: Run,
	{against = 'input', signal, onProgress}: MeasureRequest,
): Promise<Found & {notes: string[]}> {
	const pictures = resultPictures(run);
	const [main] = pictures as [OutputFile, ...OutputFile[]];
	const step = (name: string, total?: number): MeasureOptions => ({
		signal,
		onProgress: (done, all) => onProgress?.({step: name, done, total: all ?? total}),
	});
	const looks = await lookAtAll(store.runFolder(run.id), pictures, step('frames'));
	const result = await pictureOf(outputPath(store, run, main)).catch(() => undefined);
	if (!result) {
		return {...looks, notes: []};
	}

	const {frames} = looks.values;
	const found = await findReference(store, run, against);
	const compared = 'file' in found && mediaKindOf(found.file) === mediaKindOf(main.name);
	const values = compared
		? await compareWith(result, await pictureOf(found.file), step('psnr, ssim', frames))
		: {};
	const fidelity = await compareControls(run, result, step, frames);
	return {
		...looks,
		values: {...looks.values, ...values, ...fidelity.values},
		...(compared && {against: found.name}),
		notes: [...('note' in found ? [found.note] : []), ...fidelity.notes],
	};
}

/**
 * The first look at a result that has just arrived; with `auto` it is measured as a whole. Where that is
 * not possible, a run is not held up by it: without ffmpeg only what nobody can read is known.
 */
export async function lookAtResult(
	store: Store,
	given: Run,
	outputs: readonly OutputFile[],
	auto: boolean,
): Promise<Found | undefined> {
	const run = {...given, outputs} as Run;
	const pictures = resultPictures(run);
	if (pictures.length === 0) {
		return undefined;
	}

	const folder = store.runFolder(run.id);
	return (auto ? measureResult(store, run, {}) : lookAtAll(folder, pictures, {})).catch(() =>
		findUnreadable(folder, pictures),
	);
}

async function findUnreadable(
	folder: string,
	pictures: readonly OutputFile[],
): Promise<Found | undefined> {
	const flagged: FlaggedFile[] = [];
	for (const {name} of pictures) {
		const look = await lookAt(inFolder(folder, name)).catch(() => undefined);
		flagged.push(...(look?.flag ? [{flag: look.flag, name}] : []));
	}

	return flagged.length > 0 ? {values: {}, flagged} : undefined;
}

const outputPath = (store: Store, run: Run, {name}: OutputFile) =>
	inFolder(store.runFolder(run.id), name);
const inFolder = (folder: string, name: string) => path.join(folder, 'outputs', ...name.split('/'));

/** The numbers of the first file, and what is wrong with any. */
async function lookAtAll(
	folder: string,
	files: readonly OutputFile[],
	options: MeasureOptions,
): Promise<Found> {
	let values: MeasureValues = {};
	const flagged: FlaggedFile[] = [];
	for (const [index, {name}] of files.entries()) {
		const look = await lookAt(inFolder(folder, name), options);
		values = index === 0 ? look.values : values;
		flagged.push(...(look.flag ? [{flag: look.flag, name}] : []));
	}

	return {values, flagged};
}

async function pictureOf(file: string): Promise<Picture> {
	const {width, height, ...facts} = await inspectInput('color', file);
	return {file, width, height, ...('fps' in facts && {fps: facts.fps})};
}

/** The file that a result is compared with, as the record names it; neither when there is none. */
type Reference = {file: string; name: string} | {note: string} | Record<never, never>;

async function findReference(store: Store, run: Run, against: Against): Promise<Reference> {
	if (against === 'input') {
		const source = run.inputs.find(({role}) => role === 'color' || role === 'image');
		const change = source && (await explainChange(source));
		return change
			? {note: notCompared(source, change)}
			: source
				? {file: source.path, name: 'input'}
				: {};
	}

	if ('file' in against) {
		return {file: against.file, name: against.file};
	}

	const other = against.run.run;
	const [file] = resultPictures(other);
	if (!file) {
		throw new CosmosError('no-result', `${other.id} has no local video or image to compare with`, {
			hint: 'Choose a completed run.',
		});
	}

	return {file: outputPath(store, other, file), name: other.id};
}

const notCompared = ({role}: RunInput, change: string) =>
	`not compared with the ${role} input: ${change}`;

/** The control that each measure of fidelity takes, by its roles. */
const controls: readonly {
	key: 'edge-fit' | 'blur-fit' | 'depth-fit' | 'seg-fit';
	roles: readonly string[];
}[] = [
	{key: 'edge-fit', roles: ['edge']},
	{key: 'blur-fit', roles: ['blur', 'vis']},
	{key: 'depth-fit', roles: ['depth']},
	{key: 'seg-fit', roles: ['seg', 'segmentation']},
];

/**
 * How well a result keeps to its controls. Edges and blur that the model has computed itself are
 * computed from the source here too.
 */
async function compareControls(
	run: Run,
	result: Picture,
	step: (name: string, total?: number) => MeasureOptions,
	frames: number | undefined,
): Promise<{values: MeasureValues; notes: string[]}> {
	const values: Record<string, number> = {};
	const notes: string[] = [];
	if (run.operation !== 'transfer') {
		return {values, notes};
	}

	const source = run.inputs.find(({role}) => role === 'color');
	for (const {key, roles} of controls) {
		const own = run.inputs.find(({role}) => roles.includes(role));
		const isUsed = roles.some(role => usesControl(run.settings, role));
		const input =
			own ?? (isUsed && (key === 'edge-fit' || key === 'blur-fit') ? source : undefined);
		if (!input || kindOf(input) !== kindOf({path: result.file}) || (own && !isUsed)) {
			continue;
		}

		const change = await explainChange(input);
		if (change) {
			notes.push(notCompared(input, change));
			continue;
		}

		const control = await pictureOf(input.path);
		const options = step(key, frames);
		if (key === 'blur-fit') {
			values[key] = await compareBlurred(result, control, options);
		} else {
			const drawn = key === 'edge-fit' && own !== undefined;
			const {f1, recall} = await compareOutlines(
				result,
				control,
				drawn ? 'drawn' : 'seen',
				options,
			);
			values[key] = key === 'edge-fit' ? f1 : recall;
		}
	}

	return {values, notes};
}

const kindOf = (file: {path: string}): MediaKind | undefined => mediaKindOf(file.path);

/** Whether a control has a weight, by the setting of its name. */
function usesControl(settings: object, role: string): boolean {
	const weight: unknown = (settings as Record<string, unknown>)[role];
	return weight === true || (typeof weight === 'number' && weight > 0);
}
