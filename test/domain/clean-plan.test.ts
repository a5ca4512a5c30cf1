import {describe, expect, test} from 'vitest';
import {
	type CleanPlan,
	type HostLeftovers,
	type InputThere,
	intersectPlans,
	planClean,
	type RunThere,
} from '../../source/domain/clean-plan.js';
import type {OutputFile, Run} from '../../source/domain/types.js';
import {sampleRun} from '../store/samples.js';

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

test('the folder of a batch stays while the outputs of any of its runs wait there', () => {
	const member = {...known('uncollected'), id: 'run_00000000000b'};
	const place = {id: ours, size: 2};
	const runs = [known('completed'), member].map(
		(run, index) => ({...run, batch: {...place, index}}) as Run,
	);
	expect(plan({runs: [runThere(ours)]}, runs)).toMatchObject({items: [], inUse: [ours]});
	expect(plan({runs: [runThere(ours)]}, runs.slice(0, 1)).items).toEqual([ours]);
});

describe('an input', () => {
	test('goes when a run of ours sent it and none needs it', () => {
		expect(plan({inputs: [input('a')]}, [known('completed', 'a')]).items).toEqual(['a']);
	});

	test('goes when it is the result of a run of ours, kept for an upscale', () => {
		const outputs = [{name: 'output.mp4', size: 1, sha256: sha('a')}];
		const run: Run = {...sampleRun(ours), status: 'completed', exitCode: 0, outputs};
		expect(plan({inputs: [input('a')]}, [run]).items).toEqual(['a']);
	});

	test('goes when it is a result of ours that was kept there', () => {
		const outputs = [{name: 'output.mp4', size: 1000, sha256: sha('a')}];
		const run = {...known('completed'), outputs} as Run;
		expect(plan({inputs: [input('a')]}, [run]).items).toEqual(['a']);
	});

	test('stays when it is younger than asked, and is not even told of', () => {
		expect(plan({inputs: [input('a', {age: 6})]}, [known('completed', 'a')])).toEqual({
			items: [],
			ofOthers: [],
			inUse: [],
		});
	});

	test.each(['running', 'uncollected'] as const)('stays while its run is %s', status => {
		expect(plan({inputs: [input('a')]}, [known(status, 'a')]).inUse).toEqual(['a']);
	});

	test('stays when a run that has not hashed its inputs yet may need it, by its size', () => {
		const there = {inputs: [input('a'), input('b', {size: 999})]};
		expect(plan(there, [known('running')], {...week, others: true})).toEqual({
			items: ['b'],
			ofOthers: [],
			inUse: ['a'],
		});
	});

	test('of nobody that we know goes only when others are asked for', () => {
		expect(plan({inputs: [input('a')]}, []).ofOthers).toEqual(['a']);
		expect(plan({inputs: [input('a')]}, [], {...week, others: true}).items).toEqual(['a']);
	});

	test("stays when a stranger's folder that stays speaks of it", () => {
		const there = {
			inputs: [input('a'), input('b')],
			runs: [runThere(foreign, {mentions: [`${sha('a')}.mp4`]})],
		};
		const runs = [known('completed', 'a'), {...known('completed', 'b'), id: 'run_00000000000b'}];
		expect(plan(there, runs)).toEqual({items: ['b'], ofOthers: [foreign], inUse: ['a']});
	});

	test("stays when a stranger's folder that stays cannot be read", () => {
		const there = {inputs: [input('a')], runs: [runThere(foreign, {mentions: undefined})]};
		expect(plan(there, [known('completed', 'a')]).inUse).toEqual(['a']);
	});

	test('goes with the folder that speaks of it', () => {
		const there = {
			inputs: [input('a')],
			runs: [runThere(foreign, {mentions: [`${sha('a')}.mp4`]})],
		};
		expect(plan(there, [], {...week, others: true}).items).toEqual([foreign, 'a']);
	});
});

describe('a part of an input', () => {
	const part = input('a', {name: `${sha('a')}.mp4.${ours}.part`, partOf: ours});

	test('goes when its run is over', () => {
		expect(plan({inputs: [part]}, [known('completed')]).items).toEqual(['a']);
	});

	test('stays while its run is not', () => {
		expect(plan({inputs: [part]}, [known('running')]).inUse).toEqual(['a']);
	});
});

describe('what is left of a run', () => {
	test.each([
		['completed', 'items'],
		['running', 'inUse'],
		['uncollected', 'inUse'],
	] as const)('that is %s: %s', (status, place) => {
		expect(plan({runs: [runThere(ours)]}, [known(status)])[place]).toEqual([ours]);
	});

	test('of nobody that we know goes only when others are asked for', () => {
		expect(plan({runs: [runThere(foreign)]}, []).ofOthers).toEqual([foreign]);
		expect(plan({runs: [runThere(foreign)]}, [], {...week, others: true}).items).toEqual([foreign]);
	});

	test('stays while a job of it lives, whoever asks', () => {
		const there = {runs: [runThere(foreign, {live: true})]};
		expect(plan(there, [], {olderThan: 0, others: true}).inUse).toEqual([foreign]);
	});
});

test('only what was shown and still may go is removed', () => {
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
