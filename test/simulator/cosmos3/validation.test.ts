import {readFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {buildSample} from '../../../simulator/cosmos3/build-sample.js';
import {findCheckpoint} from '../../../simulator/cosmos3/checkpoints.js';
import {readCommandLine} from '../../../simulator/cosmos3/command-line.js';
import {fieldTable, sampleKind} from '../../../simulator/cosmos3/fields.js';
import {flags} from '../../../simulator/cosmos3/flags.js';
import {filesIn, loadSamples} from '../../../simulator/cosmos3/sample-files.js';
import {buildSetup} from '../../../simulator/cosmos3/setup.js';
import {parseJson} from '../../../simulator/python/json.js';
import {isFailure} from '../../../simulator/python/pydantic.js';
import {ExitError, PythonError} from '../../../simulator/python/python-error.js';
import {type Dict, type PythonValue, toJson} from '../../../simulator/python/values.js';
import {cosmos3} from '../../../source/domain/models/cosmos3/cosmos3.js';
import {flagName} from '../../../source/domain/settings/settings.js';
import {built, refusedLate} from './build-vectors.js';
import {commands} from './command-vectors.js';
import {acceptedFields, refusedFields} from './field-vectors.js';
import {readFiles, refusedFiles} from './file-vectors.js';
import {createStage, type Stage} from './stage.js';

let stage: Stage;
beforeAll(async () => {
	stage = await createStage();
});
afterAll(() => stage.remove());

/** What a call throws, as the last line of its traceback, or what a box of tyro says. */
function messageOf(call: () => unknown): string {
	try {
		call();
	} catch (error) {
		if (error instanceof PythonError) {
			return error.message === '' ? error.type : `${error.type}: ${error.message}`;
		}

		if (error instanceof ExitError) {
			return `status ${error.status}\n${error.stderr}`;
		}

		throw error;
	}

	throw new Error('nothing was refused');
}

const dump = (value: unknown) => toJson(value as PythonValue, 'dumps');

describe('the fields of a sample', () => {
	it.each(refusedFields)('refuses %s', (sample, ...problems) => {
		const result = sampleKind(parseJson(sample), filesIn(stage.folder));
		const found = isFailure(result)
			? result.map(
					({location, message, type}) =>
						`${location.length > 0 ? `${location.join('.')}: ` : ''}${message} [${type}]`,
				)
			: [];
		expect(found).toEqual(problems);
	});

	it.each(acceptedFields)('takes %s', (sample, values) => {
		const result = sampleKind(parseJson(sample), filesIn(stage.folder)) as Dict;
		expect(dump(withoutNull(result))).toBe(dump(parseJson(stage.fill(values))));
	});
});

function withoutNull(value: PythonValue): PythonValue {
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? Object.fromEntries(
				Object.entries(value)
					.filter(([, inner]) => inner !== null)
					.map(([key, inner]) => [key, withoutNull(inner)]),
			)
		: value;
}

describe('sample files', () => {
	it.each(refusedFiles)('refuses %j', (files, words, message) => {
		const folder = stage.fresh();
		stage.write(inFolder(folder, files));
		const where = path.join(stage.folder, folder);
		expect(messageOf(() => loadSamples(words, {}, where))).toContain(message);
	});

	it.each(readFiles)('reads %j by %j', (files, words, samples) => {
		const folder = stage.fresh();
		stage.write(inFolder(folder, files));
		const loaded = loadSamples(words, {}, path.join(stage.folder, folder));
		expect(loaded.map(({name, values}) => [name, values.prompt])).toEqual(samples);
	});

	it('says of a bad line what it is made of', () => {
		stage.write({'bad.jsonl': '{"prompt": "a"}\n{"prompt": "it\'s", "fps": 29.97, "n": null}'});
		expect(messageOf(() => loadSamples(['bad.jsonl'], {seed: 1n}, stage.folder))).toBe(
			stage.fill(`ValueError: Error validating parameters from 'FOLDER/bad.jsonl' at sample 1
Parameters: {'prompt': "it's", 'fps': 29.97, 'n': None, 'seed': 1}
2 validation errors for OmniSampleOverrides
fps
  Input should be a valid integer, got a number with a fractional part [type=int_from_float, input_value=29.97, input_type=float]
    For further information visit https://errors.pydantic.dev/2.12/v/int_from_float
n
  Extra inputs are not permitted [type=extra_forbidden, input_value=None, input_type=NoneType]
    For further information visit https://errors.pydantic.dev/2.12/v/extra_forbidden`),
		);
	});

	it('shortens a long value', () => {
		const long = {zzz: 'y'.repeat(80), yyy: '日'.repeat(60), fps: 0};
		stage.write({'long.json': JSON.stringify(long)});
		const message = messageOf(() => loadSamples(['long.json'], {}, stage.folder));
		expect(message).toContain(`input_value='${'y'.repeat(24)}...${'y'.repeat(23)}', `);
		expect(message).toContain(`input_value='${'日'.repeat(8)}...${'日'.repeat(7)}', `);
	});
});

function inFolder(folder: string, files: Readonly<Record<string, string>>) {
	return Object.fromEntries(
		Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]),
	);
}

/** Builds a sample as the run does that has got it from a file. */
function build(sample: unknown, checkpoint = 'Cosmos3-Nano') {
	stage.write({'sample.json': stage.fill(JSON.stringify(sample))});
	const [given] = loadSamples(['sample.json'], {}, stage.folder);
	const found = findCheckpoint(checkpoint, stage.folder);
	return buildSample(given ?? expect.fail(), found, `${stage.folder}/out`);
}

describe('a sample with the model loaded', () => {
	it.for(built)('resolves %j to %j', ([sample, values, checkpoint]) => {
		const args = JSON.parse(toJson(build(sample, checkpoint).args)) as Record<string, unknown>;
		const expected = stage.fill(JSON.stringify(values)).replaceAll('OUT', `${stage.folder}/out`);
		const named = Object.fromEntries(Object.keys(values).map(key => [key, args[key]]));
		expect(named).toEqual(JSON.parse(expected));
	});

	it.for(refusedLate)('refuses %j', ([sample, message, checkpoint]) => {
		expect(messageOf(() => build(sample, checkpoint))).toBe(message);
	});

	it('has numbers of its own kind in the resolved values', () => {
		const text = toJson(build({prompt: 'x'}).args);
		expect(text).toContain('"guidance":6.0,');
		expect(text).toContain('"num_steps":35,');
	});

	it('cannot be given to the program again', () => {
		const text = toJson(build({prompt: 'x', edge: {control_path: 'in/clip.mp4'}}).args);
		const result = sampleKind(parseJson(text), filesIn(stage.folder));
		expect(isFailure(result) && result.map(({location}) => location.join('.'))).toEqual([
			'native_prompt_upsampling',
		]);
	});
});

describe('a command line', () => {
	it.each(commands)('$words on $gpus GPUs: $status', ({words, gpus, status, says}) => {
		stage.write({'a.json': '{"prompt": "a"}'});
		const base = '-i a.json -o out --checkpoint-path Cosmos3-Nano';
		const all = words.replace('BASE', base).split(' ').filter(Boolean);
		const read = () => {
			const {setup} = readCommandLine(all, filesIn(stage.folder));
			return buildSetup(setup, gpus, stage.folder);
		};
		if (typeof says === 'string') {
			const message = messageOf(read);
			expect(message).toContain(stage.fill(says));
			expect(message.startsWith('status 2') ? 2 : 1).toBe(status);
			return;
		}

		const {resolved, checkpointName} = read();
		const found = JSON.parse(toJson({...resolved, checkpoint: checkpointName}));
		const named = Object.fromEntries(Object.keys(says).map(key => [key, found[key]]));
		expect(named).toEqual(JSON.parse(stage.fill(JSON.stringify(says))));
	});
});

describe('docs/models.md', () => {
	const docs = readFileSync('docs/models.md', 'utf8');
	const table = docs.slice(
		docs.indexOf("### Fields of NVIDIA's samples"),
		docs.indexOf('## Transfer1 and'),
	);
	const fields = fieldTable.map(([name]) => name);
	const ofRun = [...flags]
		.filter(([, {ofSample}]) => !ofSample)
		.map(([name]) => `--${name.replaceAll('_', '-')}`);
	const own = cosmos3.modes.flatMap(({settings}) =>
		settings.filter(({key}) => key !== 'timeLimit').map(({key}) => flagName(key)),
	);

	it('says what becomes of every field, flag and setting', () => {
		const names = [...fields, ...ofRun, ...own];
		expect(names.filter(name => !new RegExp(`\`${name}[\` ]`).test(table))).toEqual([]);
	});
});
