import {globSync, readFileSync, statSync} from 'node:fs';
import {homedir} from 'node:os';
import path from 'node:path';
import {parseJson} from '../python/json.js';
import {type Files, isFailure, problemText} from '../python/pydantic.js';
import {PythonError, repr, toPythonError} from '../python/python-error.js';
import {type Dict, isDict, type PythonValue, show, typeOf} from '../python/values.js';
import {sampleKind} from './fields.js';

/** A sample as it was given, checked; its paths are absolute. */
export type GivenSample = {name: string; values: Dict};

/** Files as seen from a folder, where a path may begin with `~`. */
export function filesIn(folder: string): Files {
	return {
		resolve(given) {
			const home = given === '~' || given.startsWith('~/') ? homedir() + given.slice(1) : given;
			const absolute = pythonAbsolute(folder, home);
			return {absolute, isFile: statSync(absolute, {throwIfNoEntry: false})?.isFile() ?? false};
		},
	};
}

/** `Path(name).absolute()` in a folder: `..` stays in it. */
export function pythonAbsolute(folder: string, name: string): string {
	const whole = name.startsWith('/') ? name : `${folder}/${name}`;
	const parts = whole.split('/').filter(part => part !== '' && part !== '.');
	return `/${parts.join('/')}`;
}

/**
 * Reads the sample files: sorted, each once, all of their lines, before anything is loaded.
 * @param names as on the command line; with `*` a pattern
 * @param overrides fields that the command line sets in every sample
 * @throws PythonError for the first file or line that is wrong
 */
export function loadSamples(
	names: readonly string[],
	overrides: Dict,
	checkout: string,
): GivenSample[] {
	if (names.length === 0) {
		throw new PythonError('ValueError', 'No inference parameter files');
	}

	const files = names.flatMap(name =>
		name.includes('*') ? globSync(name, {cwd: checkout}) : [path.posix.normalize(name)],
	);
	return [...new Set(files)]
		.sort(comparePaths)
		.flatMap(file => loadFile(file, overrides, checkout));
}

/** Paths are compared part by part. */
function comparePaths(a: string, b: string): number {
	const [left, right] = [a, b].map(file => file.replaceAll('/', '\0'));
	return (left as string) < (right as string) ? -1 : left === right ? 0 : 1;
}

function loadFile(file: string, overrides: Dict, checkout: string): GivenSample[] {
	const {ext, name: stem} = path.parse(file);
	if (!['.json', '.jsonl', '.yaml', '.yml'].includes(ext)) {
		throw new PythonError('ValueError', `Unsupported file extension: ${file}`);
	}

	const text = readText(path.resolve(checkout, file), file);
	const full = pythonAbsolute(checkout, file);
	const files = filesIn(path.dirname(full));
	// Of YAML only what is JSON too is read here.
	const texts = ext === '.jsonl' ? text.split(/\r\n|[\n\r]/).filter(line => line !== '') : [text];
	return texts
		.map(line => parseJson(line))
		.map((data, index) => {
			const merged = merge(data, overrides);
			const values = sampleKind(merged, files);
			if (isFailure(values)) {
				throw new PythonError(
					'ValueError',
					`Error validating parameters from '${full}' at sample ${index}\nParameters: ${show(merged)}\n${problemText('OmniSampleOverrides', values)}`,
				);
			}

			const given = values as Dict;
			const name = String(given.name || (ext === '.jsonl' ? `${stem}_${index}` : stem));
			return {name, values: {...given, name}};
		});
}

/** `_deep_merge`, which finds out too that the data is no object. */
function merge(data: PythonValue, overrides: Dict): PythonValue {
	if (Array.isArray(data) && Object.keys(overrides).length > 0) {
		const message = 'list indices must be integers or slices, not str';
		throw new PythonError('TypeError', message);
	}

	if (!isDict(data) && !Array.isArray(data)) {
		const message = `${repr(typeOf(data))} object has no attribute 'copy'`;
		throw new PythonError('AttributeError', message);
	}

	return isDict(data) ? deepMerge(data, overrides) : data;
}

/** One dictionary over another, nested ones too. */
export function deepMerge(base: Dict, over: Dict): Dict {
	const merged = {...base};
	for (const [key, value] of Object.entries(over)) {
		const below = merged[key];
		merged[key] = isDict(below) && isDict(value) ? deepMerge(below, value) : value;
	}

	return merged;
}

/** @throws PythonError */
export function readText(file: string, shown: string): string {
	try {
		return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(readFileSync(file));
	} catch (error) {
		throw error instanceof TypeError
			? new PythonError('UnicodeDecodeError', "'utf-8' codec can't decode the file")
			: toPythonError(error, shown, []);
	}
}
