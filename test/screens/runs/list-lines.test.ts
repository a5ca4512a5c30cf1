import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {Job} from '../../../source/domain/queue/job.js';
import {defaultsOf} from '../../../source/domain/settings/settings-tables.js';
import type {Prompt, Run, ShownRun} from '../../../source/domain/types.js';
import {jobLines} from '../../../source/screens/queue/job-rows.js';
import {promptLines, runLines} from '../../../source/screens/runs/list-lines.js';
import {textOf} from '../../../source/state/content/line.js';
import {widthOf} from '../../../source/state/content/text-layout.js';
import {layoutOf} from '../../../source/state/layout.js';
import {visiblePrompts} from '../../../source/state/visible-rows.js';
import {
	apply,
	done,
	failed,
	filled,
	going,
	noon,
	prompt,
	runBase,
	waitingJob,
} from '../../dashboard/examples.js';

const sizes = [
	{columns: 80, rows: 24},
	{columns: 100, rows: 30},
	{columns: 120, rows: 40},
	{columns: 200, rows: 50},
];

const reasons = [
	'guardrail',
	'host-out-of-memory',
	'gpu-out-of-memory',
	'a-reason-of-somebody-else',
];
const name = fc.stringMatching(/^[a-z][a-z0-9-]{2,40}$/);
const rating = fc.option(fc.integer({min: 0, max: 5}), {nil: undefined});
const operation = fc.constantFrom('transfer', 'upscale', 'enhance');
const status = fc.constantFrom(
	'running',
	'completed',
	'failed',
	'uncollected',
	'interrupted',
	'downloading',
);

const shownRun = fc
	.record({name, rating, operation, status, reason: fc.constantFrom(...reasons), seed: fc.nat(99)})
	.map(({name: promptName, status: shown, reason, seed, ...given}, index = 0): ShownRun => {
		const operationOf = given.operation as 'transfer';
		const settings = {...defaultsOf(operationOf), seed};
		const run = {
			...runBase(1, {promptName, rating: given.rating}),
			id: `run_${String(index).padStart(12, '0')}`,
			operation: operationOf,
			settings,
			status: shown,
			...(shown === 'failed' && {failure: {reason, message: '', hint: ''}}),
		} as Run;
		return {run, shown: shown as ShownRun['shown']};
	});

describe.each(sizes)('a row at $columns×$rows', size => {
	const state = filled({size});
	const width = layoutOf(state).listWidth - 4;
	/** The part of a name that a row shows in any case. */
	const least = (text: string) => text.slice(0, Math.min(text.length, 8) - 1);

	it('of a run is as wide as its panel and has the name of its prompt', () => {
		fc.assert(
			fc.property(fc.array(shownRun, {minLength: 1, maxLength: 20}), runs => {
				for (const [index, {line}] of runLines(state, runs, width).entries()) {
					expect(widthOf(textOf(line))).toBe(width);
					expect(textOf(line)).toContain(least(runs[index]?.run.promptName ?? ''));
				}
			}),
		);
	});

	it('of a prompt is as wide as its panel and has its name', () => {
		const random = fc.record({name, rating, tags: fc.array(name, {maxLength: 3})});
		fc.assert(
			fc.property(fc.array(random, {minLength: 1, maxLength: 20}), prompts => {
				const rows = promptLines(
					state,
					prompts.map(given => prompt(1, given)),
					width,
				);
				for (const [index, {line}] of rows.entries()) {
					expect(widthOf(textOf(line))).toBe(width);
					expect(textOf(line)).toContain(least(prompts[index]?.name ?? ''));
				}
			}),
		);
	});

	it('of a job is as wide as its panel and has the names of its parts', () => {
		fc.assert(
			fc.property(fc.array(name, {minLength: 1, maxLength: 9}), names => {
				const jobs = names.map((text, index) => {
					const job = waitingJob(index);
					const [part] = job.parts;
					const named = {...job, parts: part ? [{...part, name: text}] : job.parts} as Job;
					return {job: named, shown: 'waiting', note: '', wait: 3600 * index} as const;
				});
				const view = {paused: false, jobs, lanes: [], workers: [], undoable: 0};
				const queued = apply(state, {type: 'queue-read', view, at: noon});
				for (const [index, {line}] of jobLines(queued, jobs, width).entries()) {
					expect(widthOf(textOf(line))).toBe(width);
					expect(textOf(line)).toContain(least(names[index] ?? ''));
				}
			}),
		);
	});
});

it('shows what differs between runs of the same prompt, and nothing of what is alike', () => {
	const size = {columns: 200, rows: 50};
	const [one, two] = [done(1), failed(2)];
	const withSeed = ({run, ...rest}: ShownRun, seed: number): ShownRun => ({
		...rest,
		run: {...run, settings: {...run.settings, seed}} as Run,
	});
	const rows = (runs: readonly ShownRun[]) =>
		runLines(filled({size}), runs, 100).map(({line}) => textOf(line));
	expect(rows([withSeed(one, 7), withSeed(two, 8)])).toEqual([
		expect.stringContaining(' seed 7 '),
		expect.stringContaining(' seed 8 '),
	]);
	expect(rows([one, two]).join()).not.toContain('seed');
});

it.each([40, 80, 120])('tells prompts of one name apart in %i columns', width => {
	const name = 'a name that takes more room than such a row has to give to it';
	const prompts = [prompt(1, {name}), prompt(2, {name}), prompt(3)];
	const state = apply(filled(), {type: 'prompts-read', prompts});
	const names = promptLines(state, visiblePrompts(state), width).map(({line}) => textOf(line));
	expect(names[0]).toMatch(/^a name.* …0001 /);
	expect(names[1]).toMatch(/^a name.* …0002 /);
	expect(names[2]).toMatch(/^prompt-3 +/);
});

it('tells the jobs of prompts of one name apart, and names the whole operation where there is room', () => {
	const prompts = [prompt(1, {name: 'street-1'}), prompt(2, {name: 'street-1'})];
	const state = apply(filled(), {type: 'prompts-read', prompts});
	const jobs = [{job: waitingJob(1), shown: 'waiting', note: ''} as const];
	const [part] = waitingJob(1).parts;
	const request = {...part?.request, model: 'cosmos3', mode: 'text2video'} as never;
	const cosmos3 = {...waitingJob(1), parts: [{...part, request}]} as Job;
	const rowOf = (job: Job, width: number) =>
		textOf(jobLines(state, [{...jobs[0], job} as never], width)[0]?.line ?? []);
	expect(rowOf(waitingJob(1), 40)).toContain('street-1 …0001');
	expect(rowOf(cosmos3, 78)).toContain('cosmos3 text2video street-1 …0001');
	expect(rowOf(cosmos3, 40)).toContain('· text2video street-1');
});

it('leaves out a time or a day rather than a part of it where rows are narrow', () => {
	const createdAt = '2020-02-03T12:00:00.000Z';
	const {run, ...shown} = going(1);
	const began = new Date(noon - 12 * 3_600_000).toISOString();
	const times = {uploading: began, starting: began, running: began};
	const old = {...shown, run: {...run, createdAt, times} as Run};
	const rowOf = (width: number) => textOf(runLines(filled(), [old], width)[0]?.line ?? []);
	expect(rowOf(100)).toMatch(/ running \d+:\d\d:\d\d +Feb 3 {2}2020 $/);
	expect(rowOf(40)).toMatch(/ running +Feb'20 $/);
});

it.each([40, 78, 118])(
	'is as wide in its time with a record of a former year, at %i columns',
	width => {
		const at = (createdAt: string) => ({...prompt(1), createdAt});
		const thisYear = [at('2026-11-12T12:00:00.000Z'), at('2026-11-11T12:00:00.000Z')];
		const nameIn = (prompts: Prompt[]) =>
			textOf(promptLines(filled(), prompts, width)[0]?.line ?? []);
		expect(nameIn([...thisYear, at('2020-12-13T12:00:00.000Z')])).toBe(nameIn(thisYear));
	},
);
