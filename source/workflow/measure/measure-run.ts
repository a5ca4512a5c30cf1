/** Measures the result of a run and keeps the numbers in its record. */
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError} from '../../domain/errors.js';
import type {FlaggedFile, Measures, MeasureValues} from '../../domain/measures.js';
import {type MediaKind, mediaKindOf} from '../../domain/media.js';
import {resultPictures} from '../../domain/outputs.js';
import type {OutputFile, Run, RunInput, ShownRun} from '../../domain/types.js';
import {inspectInput} from '../../executor/inspect-file.js';
import {hashFile} from '../../executor/transfer.js';
import type {Store} from '../../store/store.js';
import {compareBlurred, compareOutlines, compareWith, type Picture} from './compare.js';
import {lookAt, type MeasureOptions} from './look.js';
import type {Against, Measured, MeasureRequest} from './measure-types.js';

/**
 * Looks at every video and image of a run's result, compares the first with a reference and with
 * the run's controls, and saves the numbers.
 * @throws CosmosError (usage) for a run without a local video or image, (home) without ffmpeg,
 * (cancelled) by the signal; nothing is saved then
 */
export async function measureRun(
	store: Store,
	shown: ShownRun,
	{against = 'input', signal, onProgress}: MeasureRequest = {},
): Promise<Measured> {
	const {run} = shown;
	const pictures = resultPictures(run);
	const [main] = pictures;
	if (!main) {
		throw new CosmosError(
			'no-result',
			`${run.id} has no local video or image: it is ${shown.shown}`,
			{
				hint: run.outputsDeletedAt ? 'Its outputs were deleted.' : '',
			},
		);
	}

	const step = (name: string, total?: number): MeasureOptions => ({
		signal,
		onProgress: (done, all) => onProgress?.({step: name, done, total: all ?? total}),
	});
	const looks = await lookAtAll(store.runFolder(run.id), pictures, step('frames'));
	const result = await pictureOf(outputPath(store, run, main)).catch(() => undefined);
	const notes: string[] = [];
	const values: Record<string, number> = {...looks.values};
	let reference: string | undefined;
	if (result) {
		const found = await findReference(store, run, against);
		notes.push(...('note' in found ? [found.note] : []));
		if ('file' in found && mediaKindOf(found.file) === mediaKindOf(main.name)) {
			const total = looks.values.frames;
			Object.assign(
				values,
				await compareWith(result, await pictureOf(found.file), step('psnr, ssim', total)),
			);
			reference = found.name;
		}

		const fidelity = await compareControls(run, result, step, looks.values.frames);
		Object.assign(values, fidelity.values);
		notes.push(...fidelity.notes);
	}

	const measured = await store.updateRun(run.id, stored => ({
		...stored,
		measures: {
			...{at: new Date().toISOString(), values: {...stored.measures?.values, ...values}},
			...(looks.flagged.length > 0 && {flagged: looks.flagged}),
			...(reference === undefined
				? stored.measures?.against && {against: stored.measures.against}
				: {against: reference}),
		},
	}));
	return {run: measured, notes};
}

/**
 * The first look at a result that has just arrived. Undefined where nobody can look: without ffmpeg, or
 * when it fails; a run is not held up by that.
 * @param folder the run's folder
 */
export async function lookAtResult(
	run: Run,
	folder: string,
	outputs: readonly OutputFile[],
): Promise<Measures | undefined> {
	const pictures = resultPictures({...run, outputs} as Run);
	if (pictures.length === 0) {
		return undefined;
	}

	try {
		const {values, flagged} = await lookAtAll(folder, pictures, {});
		return {at: new Date().toISOString(), values, ...(flagged.length > 0 && {flagged})};
	} catch {
		return undefined;
	}
}

const outputPath = (store: Store, run: Run, {name}: OutputFile) =>
	inFolder(store.runFolder(run.id), name);
const inFolder = (folder: string, name: string) => path.join(folder, 'outputs', ...name.split('/'));

/** The numbers of the first file, and what is wrong with any. */
async function lookAtAll(
	folder: string,
	files: readonly OutputFile[],
	options: MeasureOptions,
): Promise<{values: MeasureValues; flagged: FlaggedFile[]}> {
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
		const missing = source && (await explainChange(source));
		return missing ? {note: missing} : source ? {file: source.path, name: 'input'} : {};
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

/** Why an input is not what the run got; undefined when it is. */
async function explainChange({
	role,
	path: file,
	size,
	sha256,
}: RunInput): Promise<string | undefined> {
	const found = await stat(file).catch(() => undefined);
	if (!found) {
		return `not compared with the ${role} input: ${file} no longer exists`;
	}

	const same = found.size === size && (sha256 === undefined || (await hashFile(file)) === sha256);
	return same
		? undefined
		: `not compared with the ${role} input: ${file} has changed since the run`;
}

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

		const changed = await explainChange(input);
		if (changed) {
			notes.push(changed);
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
