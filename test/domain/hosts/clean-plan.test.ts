import {describe, expect, test} from 'vitest';
import {
	type CleanPlan,
	type HostLeftovers,
	type InputThere,
	intersectPlans,
	planClean,
	type RunThere,
} from '../../../source/domain/hosts/clean-plan.js';
import type {OutputFile, Run} from '../../../source/domain/types.js';
import {sampleRun} from '../../store/samples.js';

const sha = (letter: string) => letter.repeat(64);
const [ours, foreign] = ['run_00000000000a', 'run_00000000000z'];
const week = {olderThan: 7, others: false};

function input(letter: string, more: Partial<InputThere> = {}): InputThere {
	return {name: `${sha(letter)}.mp4`, sha256: sha(letter), size: 1000, age: 9, ...more};
}

function runThere(runId: string, more: Partial<RunThere> = {}): RunThere {
	return {runId, live: false, hasFolder: true, size: 50, age: 9, mentions: [], ...more};
}

/** A run of this data folder that sent `letter`. */
function known(status: 'completed' | 'running' | 'uncollected', letter?: string): Run {
	const run = sampleRun(ours);
	const inputs = run.inputs.map(one => ({...one, ...(letter && {sha256: sha(letter)})}));
	const ends = {
		completed: {status: 'completed', exitCode: 0, outputs: [] as OutputFile[]},
		running: {status: 'running'},
		uncollected: {
			status: 'uncollected',
			exitCode: 0,
			failure: {reason: 'collect', message: '', hint: ''},
		},
	} as const;
	return {...run, inputs, ...ends[status]} as Run;
}

/** Where each thing ends up: letters of inputs and ids of runs. */
function names(plan: CleanPlan) {
	const of = (items: CleanPlan['items']) =>
		items.map(item => (item.kind === 'run' ? item.runId : item.name.charAt(0)));
	return {items: of(plan.items), ofOthers: of(plan.ofOthers), inUse: of(plan.inUse)};
}

const plan = (there: Partial<HostLeftovers>, runs: readonly Run[], request = week) =>
	names(planClean({inputs: [], runs: [], ...there}, runs, request));

test('the folder of a batch is kept while outputs of one of its runs are still there', () => {
	const member = {...known('uncollected'), id: 'run_00000000000b'};
	const place = {id: ours, size: 2};
	const runs = [known('completed'), member].map(
		(run, index) => ({...run, batch: {...place, index}}) as Run,
	);
	expect(plan({runs: [runThere(ours)]}, runs)).toMatchObject({items: [], inUse: [ours]});
	expect(plan({runs: [runThere(ours)]}, runs.slice(0, 1)).items).toEqual([ours]);
});

describe('an input', () => {
	test('is removed if a run of this store uploaded it and none needs it', () => {
		expect(plan({inputs: [input('a')]}, [known('completed', 'a')]).items).toEqual(['a']);
	});

	test('is removed if it is a result of this store, kept for an upscale', () => {
		const outputs = [{name: 'output.mp4', size: 1, sha256: sha('a')}];
		const run: Run = {...sampleRun(ours), status: 'completed', exitCode: 0, outputs};
		expect(plan({inputs: [input('a')]}, [run]).items).toEqual(['a']);
	});

	test('is removed if it is a result of this store that was kept there', () => {
		const outputs = [{name: 'output.mp4', size: 1000, sha256: sha('a')}];
		const run = {...known('completed'), outputs} as Run;
		expect(plan({inputs: [input('a')]}, [run]).items).toEqual(['a']);
	});

	test('is kept and not listed if it is younger than asked', () => {
		expect(plan({inputs: [input('a', {age: 6})]}, [known('completed', 'a')])).toEqual({
			items: [],
			ofOthers: [],
			inUse: [],
		});
	});

	test.each(['running', 'uncollected'] as const)('stays while its run is %s', status => {
		expect(plan({inputs: [input('a')]}, [known(status, 'a')]).inUse).toEqual(['a']);
	});

	test('is kept if a run that has not hashed its inputs yet may need it, by its size', () => {
		const there = {inputs: [input('a'), input('b', {size: 999})]};
		expect(plan(there, [known('running')], {...week, others: true})).toEqual({
			items: ['b'],
			ofOthers: [],
			inUse: ['a'],
		});
	});

	test('of unknown origin is removed only with --others', () => {
		expect(plan({inputs: [input('a')]}, []).ofOthers).toEqual(['a']);
		expect(plan({inputs: [input('a')]}, [], {...week, others: true}).items).toEqual(['a']);
	});

	test('is kept if a kept folder of somebody else refers to it', () => {
		const there = {
			inputs: [input('a'), input('b')],
			runs: [runThere(foreign, {mentions: [`${sha('a')}.mp4`]})],
		};
		const runs = [known('completed', 'a'), {...known('completed', 'b'), id: 'run_00000000000b'}];
		expect(plan(there, runs)).toEqual({items: ['b'], ofOthers: [foreign], inUse: ['a']});
	});

	test('is kept if a kept folder of somebody else cannot be read', () => {
		const there = {inputs: [input('a')], runs: [runThere(foreign, {mentions: undefined})]};
		expect(plan(there, [known('completed', 'a')]).inUse).toEqual(['a']);
	});

	test('is removed with the folder that refers to it', () => {
		const there = {
			inputs: [input('a')],
			runs: [runThere(foreign, {mentions: [`${sha('a')}.mp4`]})],
		};
		expect(plan(there, [], {...week, others: true}).items).toEqual([foreign, 'a']);
	});
});

describe('a partial input', () => {
	const part = input('a', {name: `${sha('a')}.mp4.${ours}.part`, partOf: ours});

	test('is removed when its run has ended', () => {
		expect(plan({inputs: [part]}, [known('completed')]).items).toEqual(['a']);
	});

	test('is kept until its run has ended', () => {
		expect(plan({inputs: [part]}, [known('running')]).inUse).toEqual(['a']);
	});
});

describe('the leftovers of a run', () => {
	test.each([
		['completed', 'items'],
		['running', 'inUse'],
		['uncollected', 'inUse'],
	] as const)('that is %s: %s', (status, place) => {
		expect(plan({runs: [runThere(ours)]}, [known(status)])[place]).toEqual([ours]);
	});

	test('of unknown origin is removed only with --others', () => {
		expect(plan({runs: [runThere(foreign)]}, []).ofOthers).toEqual([foreign]);
		expect(plan({runs: [runThere(foreign)]}, [], {...week, others: true}).items).toEqual([foreign]);
	});

	test('are kept while its job is alive', () => {
		const there = {runs: [runThere(foreign, {live: true})]};
		expect(plan(there, [], {olderThan: 0, others: true}).inUse).toEqual([foreign]);
	});
});

test('only items that were shown and can still be removed are removed', () => {
	const shown = planClean({inputs: [input('a'), input('b')], runs: []}, [], {
		...week,
		others: true,
	});
	const later = planClean({inputs: [input('b'), input('c')], runs: []}, [], {
		...week,
		others: true,
	});
	expect(intersectPlans(shown, later)).toEqual([{kind: 'input', ...input('b')}]);
});
