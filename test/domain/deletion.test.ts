import {describe, expect, test} from 'vitest';
import {type DeleteRequest, planDeletion} from '../../source/domain/deletion.js';
import {defaultsOf} from '../../source/domain/settings/settings-tables.js';

import type {Prompt, Run, ShownRun, ShownStatus} from '../../source/domain/types.js';
import {noon, samplePrompt, sampleRun} from '../store/samples.js';

const promptId = 'ps_00000000000a';
const runId = 'run_00000000000a';
const otherId = 'run_00000000000b';
const prompt = samplePrompt(promptId);

function completed(id: string, more: object = {}): Run {
	const outputs = [{name: 'output.mp4', size: 5, sha256: 'ab'.repeat(32)}];
	const base = {...sampleRun(id, {promptId}), status: 'completed', exitCode: 0, outputs};
	return {...base, ...more} as Run;
}

const shownAs = (run: Run, shown: ShownStatus): ShownRun => ({run, shown});
const upscale = completed(otherId, {
	operation: 'upscale',
	parentId: runId,
	settings: defaultsOf('upscale'),
});

function plan(
	ids: readonly string[],
	runs: readonly ShownRun[],
	more: Partial<DeleteRequest> & {prompts?: Prompt[]} = {},
) {
	const {prompts = [prompt], ...request} = more;
	return planDeletion({ids, outputsOnly: false, withRuns: false, ...request}, {prompts, runs});
}

const reasons = (found: ReturnType<typeof plan>) => found.refusals.map(({why}) => why);

describe('deleting a run', () => {
	test('deletes that run and nothing else', () => {
		const found = plan([runId], [shownAs(completed(runId), 'completed')]);
		expect(found).toMatchObject({prompts: [], outputsOf: [], refusals: []});
		expect(found.runs.map(({id}) => id)).toEqual([runId]);
	});

	test.each([
		['running', 'running', `${runId} is running`],
		['pending', 'interrupted', `${runId} is interrupted: its container may still run on demo`],
	] as const)('is refused if it is %s and shown as %s', (status, shown, why) => {
		const run = {...sampleRun(runId, {promptId}), status} as Run;
		expect(reasons(plan([runId], [shownAs(run, shown)]))).toEqual([why]);
	});

	const family = [shownAs(completed(runId), 'completed'), shownAs(upscale, 'completed')];

	test('is refused if it was upscaled, naming the upscale', () => {
		expect(reasons(plan([runId], family))).toEqual([
			`${runId} is the source of 1 upscale (${otherId})`,
		]);
	});

	test('deletes an upscaled run together with its upscale', () => {
		expect(plan([runId, otherId], family).refusals).toEqual([]);
	});

	test('is refused if it produced the text of a prompt, naming the prompt', () => {
		const made = {...samplePrompt('ps_00000000000b'), parentId: promptId, enhancedBy: runId};
		const found = plan([runId], [shownAs(completed(runId), 'completed')], {
			prompts: [prompt, made],
		});
		expect(reasons(found)).toEqual([`${runId} produced the text of 1 prompt (${made.id})`]);
	});

	test('is refused if it shares a container with a running one', () => {
		const batch = {id: runId, size: 2};
		const done = completed(runId, {batch: {...batch, index: 0}});
		const going = {
			...sampleRun(otherId),
			status: 'running' as const,
			batch: {...batch, index: 1},
		};
		const found = plan([runId], [shownAs(done, 'completed'), shownAs(going, 'running')]);
		expect(reasons(found)).toEqual([
			`${runId} shares a container with ${otherId}, which is running`,
		]);
	});

	test('notes that its outputs are still on the host', () => {
		const failure = {reason: 'collect', message: 'no', hint: ''};
		const run = {
			...sampleRun(runId, {promptId}),
			...{status: 'uncollected', exitCode: 0, failure},
		} as Run;
		expect(plan([runId], [shownAs(run, 'uncollected')]).notes).toEqual([
			`the outputs of ${runId} are still on demo and stay there`,
		]);
	});
});

describe('deleting a prompt', () => {
	const runs = [shownAs(completed(runId), 'completed')];

	test('is refused if it has runs, naming them', () => {
		expect(reasons(plan([promptId], runs))).toEqual([
			`${promptId} (city-street-at-night) has 1 run (${runId})`,
		]);
	});

	test('deletes its runs only if asked to', () => {
		const found = plan([promptId], runs, {withRuns: true});
		expect(found.refusals).toEqual([]);
		expect(found.runs.map(({id}) => id)).toEqual([runId]);
	});

	test('is refused if another prompt was derived from it, naming that one', () => {
		const child = {...samplePrompt('ps_00000000000b'), parentId: promptId};
		expect(reasons(plan([promptId], [], {prompts: [prompt, child]}))).toEqual([
			`${promptId} (city-street-at-night) is the source of 1 prompt (${child.id})`,
		]);
	});

	test('names the first five of many runs', () => {
		const many = Array.from({length: 9}, (_, index) =>
			shownAs(completed(`run_00000000000${index}`), 'completed'),
		);
		expect(reasons(plan([promptId], many))[0]).toMatch(/has 9 runs \(.*4 and 4 more\)$/);
	});
});

describe('deleting outputs', () => {
	const outputsOnly = {outputsOnly: true};

	test('deletes the outputs of the finished runs of a prompt and keeps the records', () => {
		const going = {...sampleRun(otherId, {promptId}), status: 'running' as const};
		const runs = [shownAs(completed(runId), 'completed'), shownAs(going, 'running')];
		const found = plan([promptId], runs, outputsOnly);
		expect(found).toMatchObject({prompts: [], runs: [], refusals: []});
		expect(found.outputsOf.map(({id}) => id)).toEqual([runId]);
		expect(found.notes).toEqual([`${otherId} is running: its outputs stay`]);
	});

	test('is refused the second time, with the way to restore', () => {
		const run = completed(runId, {outputsDeletedAt: noon});
		expect(plan([runId], [shownAs(run, 'completed')], outputsOnly).refusals).toEqual([
			expect.objectContaining({
				why: `the outputs of ${runId} were deleted already`,
				hint: expect.stringContaining(`cosmos restore ${runId}`),
			}),
		]);
	});

	test('is refused for a run without outputs', () => {
		const run = {...sampleRun(runId), status: 'cancelled' as const};
		expect(reasons(plan([runId], [shownAs(run, 'cancelled')], outputsOnly))).toEqual([
			`${runId} has no local outputs: it is cancelled`,
		]);
	});
});
