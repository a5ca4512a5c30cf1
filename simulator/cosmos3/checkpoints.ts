import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {PythonError} from '../python/python-error.js';

/** What the program needs to know of a model. */
export type Checkpoint = {
	/** The repository on Hugging Face that it is downloaded from; a local folder has none. */
	repository?: string;
	resolution: string;
	/** The default of videos, where it is not that of the mode. */
	frames?: bigint;
	sound: boolean;
	action: boolean;
	/** The steps of a model whose sampler has fixed ones. */
	fixedSteps?: readonly number[];
};

const nano: Checkpoint = {resolution: '720', sound: true, action: true};
const fixedSteps = [1, 0.9375, 0.8333333333333334, 0.625];
const distilled = {sound: false, action: false, fixedSteps};

const checkpoints: Readonly<Record<string, Checkpoint>> = {
	'Cosmos3-Nano': nano,
	'Cosmos3-Edge': {resolution: '480', frames: 121n, sound: false, action: true},
	'Cosmos3-Super': nano,
	'Cosmos3-Super-Image2Video': nano,
	'Cosmos3-Super-Text2Image': nano,
	'Cosmos3-Super-Text2Image-4Step': {resolution: '768', ...distilled},
	'Cosmos3-Super-Image2Video-4Step': {resolution: '480', ...distilled},
};

/**
 * The checkpoint of a name, or that of a local folder.
 * @throws PythonError `ValueError`
 */
export function findCheckpoint(name: string, checkout: string): Checkpoint {
	const known = Object.hasOwn(checkpoints, name) ? checkpoints[name] : undefined;
	return known
		? {...known, repository: `nvidia/${name}`}
		: readFolder(path.resolve(checkout, name));
}

function readFolder(folder: string): Checkpoint {
	if (!isFolder(folder)) {
		throw refused(`Checkpoint directory does not exist: ${folder}`);
	}

	const inside = path.join(folder, 'model');
	const root = isFolder(inside) ? inside : folder;
	const has = (pattern: RegExp) => (place: string) =>
		isFolder(place) && readdirSync(place).some(name => pattern.test(name));
	const weights = has(/\.safetensors(?:\.index\.json)?$/);
	const diffusers =
		existsSync(path.join(root, 'model_index.json')) && weights(path.join(root, 'transformer'));
	if (weights(root) || diffusers) {
		const config = [root, ...(diffusers ? [path.join(root, 'transformer')] : [])].some(place =>
			existsSync(path.join(place, 'config.json')),
		);
		if (!config) {
			throw refused(`Invalid Hugging Face checkpoint: ${root}`);
		}

		return readHuggingFace(root);
	}

	if (has(/\.distcp$/)(root)) {
		throw refused(
			existsSync(path.join(root, '.metadata'))
				? `Could not infer experiment from checkpoint path: ${root}`
				: `Invalid DCP checkpoint: ${root}`,
		);
	}

	throw refused(`Unknown checkpoint type: ${root}`);
}

/** A copy of a known repository says which one it is; any other has to describe its model. */
function readHuggingFace(folder: string): Checkpoint {
	const index = JSON.stringify(readJson(path.join(folder, 'modular_model_index.json')) ?? {});
	const repositories = new Set(
		[...index.matchAll(/"pretrained_model_name_or_path":"([^"]*)"/g)].map(([, name]) => name),
	);
	const known = Object.entries(checkpoints).find(
		([name]) => repositories.size === 1 && repositories.has(`nvidia/${name}`),
	);
	if (known) {
		return known[1];
	}

	if (readJson(path.join(folder, 'config.json'))?.model !== undefined) {
		return nano;
	}

	throw refused(
		`Could not determine which model config describes checkpoint directory: ${folder}.`,
	);
}

function readJson(file: string): Readonly<Record<string, unknown>> | undefined {
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
	} catch {
		return undefined;
	}
}

function isFolder(place: string): boolean {
	return statSync(place, {throwIfNoEntry: false})?.isDirectory() ?? false;
}

function refused(message: string): PythonError {
	return new PythonError('ValueError', message);
}
