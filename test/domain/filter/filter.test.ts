import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {completeFilter} from '../../../source/domain/filter/complete-filter.js';
import {FilterError} from '../../../source/domain/filter/field.js';
import {parseFilter} from '../../../source/domain/filter/filter.js';
import {jobFields, promptFields, runFields} from '../../../source/domain/filter/record-fields.js';
import type {Job} from '../../../source/domain/queue/job.js';
import type {Recipe, Run, ShownRun} from '../../../source/domain/types.js';
import {samplePrompt, sampleRun, withSeed} from '../../store/samples.js';

/** Half past twelve on a Tuesday in November, in the zone of the test. */
const now = new Date(2026, 10, 24, 12, 30).getTime();
const at = (...parts: [number, number, number, number?, number?]) =>
	new Date(...(parts as [number, number, number])).toISOString();

const transfer = (id: string, more: Partial<Run>) => ({...sampleRun(`run_${id}`), ...more}) as Run;
const done = {status: 'completed' as const, exitCode: 0 as const, outputs: []};
const shown = (run: Run): ShownRun => ({run, shown: run.status});

const runs: Record<string, ShownRun> = {
	fresh: shown(
		withSeed(
			transfer('1', {
				...done,
				promptName: 'city-night',
				host: 'h100',
				rating: 4,
				tags: ['keeper', 'rain'],
				createdAt: at(2026, 10, 24, 12, 4),
				times: {uploading: at(2026, 10, 24, 12, 4), ended: at(2026, 10, 24, 12, 16)},
			}),
			13,
		),
	),
	yesterday: shown(
		transfer('2', {
			status: 'failed',
			failure: {reason: 'gpu-out-of-memory', message: 'the GPU is full', hint: ''},
			exitCode: 1,
			promptName: 'desert "dusk"',
			promptText: 'A city of sand, done in oil',
			host: 'demo',
			note: 'too dark',
			createdAt: at(2026, 10, 23, 23, 59),
			times: {uploading: at(2026, 10, 23, 23, 59), ended: at(2026, 10, 24, 2, 30)},
		} as Partial<Run>),
	),
	running: shown(
		transfer('3', {
			status: 'running',
			promptName: 'rain-street',
			promptText: 'Rain',
			createdAt: at(2025, 11, 24, 9, 0),
			times: {uploading: at(2025, 11, 24, 9, 0)},
		}),
	),
};
const recipe: Recipe = {
	name: 'edges',
	command: ['edges'],
	inputs: [],
	outputs: ['*.mp4'],
	timeLimit: 60,
	settings: [
		{
			...{key: 'blurRadius', label: 'smear', help: '', main: true, scope: 'sample'},
			...{kind: 'number', default: 2, min: 0, max: 9, step: 1},
		},
	],
};
const fields = runFields([recipe]);

const found = (text: string) =>
	Object.keys(runs).filter(name => parseFilter(text, fields).matches(runs[name] as ShownRun, now));
const all = Object.keys(runs);

describe('a filter of runs finds', () => {
	it.each<[string, string[]]>([
		['', all],
		['city', ['fresh', 'yesterday']],
		['CITY-night', ['fresh']],
		['completed', ['fresh']],
		['done', ['fresh', 'yesterday']],
		['status:done', ['fresh']],
		['status:c', ['fresh']],
		['status:done,failed', ['fresh', 'yesterday']],
		['status!=done', ['yesterday', 'running']],
		['!done', ['running']],
		['!status:done !running', ['yesterday']],
		['city !"dusk"', ['fresh']],
		['name="desert \\"dusk\\""', ['yesterday']],
		['"city of sand"', ['yesterday']],
		['name:city', ['fresh']],
		['text:city text:sand', ['yesterday']],
		['reason:oom', ['yesterday']],
		['oom', ['yesterday']],
		['gpu-out-of-memory', ['yesterday']],
		['message:full', ['yesterday']],
		['exit:1', ['yesterday']],
		['host:h100', ['fresh']],
		['host:h1,demo', all],
		['host=h1', []],
		['model:transfer1', all],
		['kind:transfer', all],
		['stars>=3', ['fresh']],
		['stars:0', ['yesterday', 'running']],
		['★★★', ['fresh']],
		['★4', ['fresh']],
		['★5', []],
		['tag:rain', ['fresh']],
		['#keeper', ['fresh']],
		['!tag:rain', ['yesterday', 'running']],
		['note:dark', ['yesterday']],
		['seed:13', ['fresh']],
		['seed!=13', ['yesterday', 'running']],
		['seed:1..12', ['yesterday', 'running']],
		['steps<30', []],
		['steps>=35 vis>0.1', all],
		['simulated:yes', all],
		['today', ['fresh']],
		['yesterday', ['yesterday']],
		['created:today,yesterday', ['fresh', 'yesterday']],
		['created>=yesterday', ['fresh', 'yesterday']],
		['created<yesterday', ['running']],
		['>yesterday', ['fresh']],
		['2026-11-24', ['fresh']],
		['created:2026-11', ['fresh', 'yesterday']],
		["Nov'26", ['fresh', 'yesterday']],
		["created<nov'26", ['running']],
		['Nov 23', ['yesterday']],
		['!Nov 23', ['fresh', 'running']],
		['created>Nov 23', ['fresh']],
		['created:"Nov 24"', ['fresh']],
		['Dec 24', ['running']],
		['12:04', ['fresh']],
		['"2026-11-23 23:59"', ['yesterday']],
		['created>=2026-11-24T12:04', ['fresh']],
		['created:2026-11-01..2026-11-23', ['yesterday']],
		['age<2h', ['fresh']],
		['>2h', ['yesterday', 'running']],
		['took<30m', ['fresh']],
		['took:12:00', ['fresh']],
		['12:00', ['fresh']],
		['took>1h30m took<3h', ['yesterday']],
		['ended:today', ['fresh', 'yesterday']],
		['host:h100 OR reason:oom', ['fresh', 'yesterday']],
		['(host:h100 OR running) rain', ['fresh', 'running']],
		['!(host:h100 OR running)', ['yesterday']],
		['city AND !oom', ['fresh']],
		['f(x) OR x)', []],
		['blur-radius>1 OR smear>1', []],
	])('%s', (text, wanted) => {
		expect(found(text)).toEqual(wanted);
	});

	it('nothing that a word would have to be a pattern for', () => {
		expect(found('.*')).toEqual([]);
	});
});

describe('a wrong filter is refused, with the place', () => {
	it.each<[string, number, string, string]>([
		['hots:h100', 0, 'there is no field "hots" here', 'Did you mean host'],
		[
			'rain colour-of-it:3',
			5,
			'there is no field "colour-of-it" here',
			'The fields are name, text',
		],
		['seed:', 5, 'seed: needs a value', 'host:h100'],
		['rain seed:x', 10, '"x" is not a number', 'seed<30'],
		['seed:1..x', 5, '"1..x" is not a number', 'seed:20..30'],
		['took>2x', 5, '"2x" is not a duration', 'took>2h'],
		['created>2h', 8, '"2h" is not a date', 'age<2h'],
		['created:2026-13-01', 8, '"2026-13-01" is not a date', 'created:today'],
		['created:2026-02-30', 8, '"2026-02-30" is not a date', 'created:today'],
		['status:gone', 7, 'there is no status "gone"', 'It can be pending'],
		['host<3', 5, 'host has no order', 'host:word'],
		['"city night', 0, 'this quote is not closed', 'another "'],
		['(city OR night', 0, 'this parenthesis is not closed', 'Close it'],
		['city OR', 7, 'a word is missing', 'words or comparisons'],
		['OR city', 0, 'a word is missing', 'words or comparisons'],
		['! city', 1, 'a word is missing after !', '!word'],
		['>x', 1, '"x" cannot be compared', '>yesterday'],
	])('%s', (text, place, problem, hint) => {
		const error = (() => {
			try {
				return parseFilter(text, fields);
			} catch (thrown) {
				return thrown;
			}
		})();
		expect(error).toBeInstanceOf(FilterError);
		expect(error).toMatchObject({at: place, problem, hint: expect.stringContaining(hint)});
		expect((error as FilterError).message).toBe(
			`the filter is wrong at character ${place + 1}: ${problem}`,
		);
	});

	it('whatever is typed: it is a filter or a FilterError', () => {
		const part = fc.constantFrom(
			...[
				'seed',
				'took',
				'created',
				'status',
				'host',
				':',
				'=',
				'!=',
				'<',
				'>=',
				'"',
				'\\',
				'(',
				')',
			],
			...[
				'!',
				' ',
				',',
				'..',
				'OR',
				'AND',
				'today',
				'Nov',
				'24',
				'12:04',
				'2h',
				'x',
				'★',
				'*',
				'2026-11-24',
			],
		);
		fc.assert(
			fc.property(fc.array(part, {maxLength: 12}), parts => {
				try {
					const {matches} = parseFilter(parts.join(''), fields);
					for (const run of Object.values(runs)) {
						expect(typeof matches(run, now)).toBe('boolean');
					}
				} catch (error) {
					expect(error).toBeInstanceOf(FilterError);
				}
			}),
			{numRuns: 500},
		);
	});
});

it('filters prompts by what they have', () => {
	const prompt = {...samplePrompt('ps_1'), tags: ['x'], createdAt: at(2026, 10, 24)};
	const matches = (text: string) => parseFilter(text, promptFields).matches({prompt, runs: 3}, now);
	expect(
		['runs>2', 'inputs:color', 'video:/videos', 'tag:x today', 'name:city'].map(matches),
	).toEqual(Array(5).fill(true));
	expect(['runs:0', 'inputs:depth', '!today', '#y'].map(matches)).toEqual(Array(4).fill(false));
	expect(() => matches('>2h')).toThrow('nothing here has a duration');
});

it('filters jobs by what they have', () => {
	const job = {
		...{id: 'job_1', host: 'h100', lane: '', attempts: 0, createdAt: at(2026, 10, 24)},
		...{status: 'held', reason: 'by hand'},
		parts: [
			{id: 'job_1', name: 'city', request: {promptId: 'ps_1', settings: {seed: 4}}},
			{id: 'job_2', name: 'rain', request: {promptId: 'ps_2', settings: {seed: 5}}},
		],
	} as unknown as Job;
	const matches = (text: string) =>
		parseFilter(text, jobFields()).matches({job, shown: 'held', note: 'by hand'}, now);
	expect(['held', 'seed:5', 'rain city', 'kind:batch', 'batch'].map(matches)).toEqual(
		Array(5).fill(true),
	);
	expect(['status:waiting', 'seed>5', 'host:demo'].map(matches)).toEqual(Array(3).fill(false));
});

it('says where the first word was found', () => {
	const filter = parseFilter('seed>0 sand', fields);
	expect(filter.find(runs.yesterday as ShownRun, now)).toEqual({
		...{field: 'text', text: 'A city of sand, done in oil', at: 10, length: 4},
	});
});

describe('completion offers', () => {
	const offered = (text: string) =>
		completeFilter(text, fields, Object.values(runs)).map(({word}) => word);
	it.each<[string, string[]]>([
		['sta', ['stars:', 'status:']],
		['rain !sta', ['stars:', 'status:']],
		['(to', ['took>', 'top-k:', 'top-p:']],
		['status:c', ['status:completed', 'status:cancelled']],
		['status:done,fai', ['status:done,failed']],
		['status:done', []],
		['host:', ['host:h100', 'host:demo']],
		['name:des', ['name:"desert \\"dusk\\""']],
		['reason:o', ['reason:oom']],
		['created>', ['created>today', 'created>yesterday']],
		['seed:', []],
		['nothing:', []],
	])('%s', (text, wanted) => {
		expect(offered(text).filter(word => wanted.length === 0 || wanted.includes(word))).toEqual(
			wanted,
		);
	});

	it('keeps what is before the word', () => {
		expect(completeFilter('rain host:h', fields, Object.values(runs))[0]?.text).toBe(
			'rain host:h100',
		);
	});

	it('text that is a filter, for every field and value', () => {
		for (const start of ['', ...fields.map(({name}) => `${name}:`)]) {
			for (const {text} of completeFilter(start, fields, Object.values(runs))) {
				expect(() => parseFilter(start === '' ? `${text}x` : text, fields)).not.toThrow(
					/no field|quote/,
				);
			}
		}
	});
});

it('has every name of a field once, in each table', () => {
	for (const table of [promptFields, runFields(), jobFields()]) {
		const names = table.map(({name}) => name);
		expect(new Set(names).size).toBe(names.length);
	}
});
