import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {goOn} from '../hold.js';
import {available} from '../lab/available.js';
import {type ProcessHost, startProcessHost} from '../lab/process-host.js';
import {everySecond} from '../long-form.js';
import {type Batches, type Sign, startBatches} from './batch-of-five.js';
import {makePrompts} from './cosmos3-modes.js';

const failing = /ValueError: Error generating sample 'sample_0': A different GPU rank failed/;

/** Four GPUs, each of which makes results of its own: the log has only what the first one ends with. */
describe.skipIf(!available('sshd'))('a batch on four GPUs side by side', {timeout: 0}, () => {
	let lab: ProcessHost;
	let batches: Batches;
	let picture: string;

	beforeAll(async () => {
		lab = await startProcessHost({gpus: 4});
		batches = await startBatches(lab, () => ['--model', 'cosmos3']);
		const inputs = path.join(lab.client.home, 'inputs');
		({picture} = await makePrompts(inputs, (words, env) => lab.cosmos([...words], env)));
	});

	afterAll(() => batches?.stop());
	beforeEach(() => batches.remember());
	afterEach(() => expect(batches.leftThere()).toEqual([]));

	const launch = (
		ids: readonly string[],
		mode: string,
		simulate: string,
		...more: readonly string[]
	) =>
		lab.start(
			[
				...['inference', ...ids, '--batch', '--model', 'cosmos3', '--mode', mode, '--stream'],
				...more,
			],
			{COSMOS_SIMULATE_STEP: '0', COSMOS_SIMULATE: `undrawn,${simulate}`},
		);
	const short = ['--resolution', '256', '--steps', '2', '--frames', '9'];
	const restarts = (runs: readonly Run[]) =>
		runs.map(run => (run.restarts ?? []).map(({failed}) => failed));

	describe('keeps what the others have made beside a run that is blocked', () => {
		const start = () => launch(batches.ids, 'text2video', 'hold@3,guardrail@3', ...short);

		/** Four videos, three of them from the first container. */
		async function expectStory(): Promise<void> {
			const runs = await batches.newest();
			expect(batches.statusesOf(runs)).toEqual([
				...['completed', 'completed', 'failed', 'completed', 'completed'],
			]);
			const [, , third, , fifth] = runs as [Run, Run, Run, Run, Run];
			// The log does not have it: the third process was ended before it could print it.
			expect(third).toMatchObject({failure: {reason: 'guardrail'}});
			expect(batches.textOf(third, 'log')).not.toMatch(/guardrail blocked/i);
			expect(restarts(runs)).toEqual([[], [], [], [], [third.id]]);
			expect(fifth.batch).toBeUndefined();
		}

		it('and makes the rest in a second container', async () => {
			const ended = await goOn(lab.checkout, () => start().ended);
			expect(ended.code).toBe(1);
			expect(ended.stderr).toMatch(/three \(3 of 5, \w+\) ended the batch; 1 other starts again/);
			await expectStory();
		});

		const moments: ReadonlyArray<readonly [string, ...Sign]> = [
			['while the first four are made', /Saved sample args to \S+sample_3/, 'stdout'],
			['when the fourth is complete', /Saved sample outputs to \S+sample_3/, 'stdout'],
			['while it downloads the first', /\(1 of 5\) on lab: downloading/, 'stderr'],
			['when it has the second', /\(2 of 5\) on lab: completed/, 'stderr'],
			['when the third has failed', failing, 'stdout'],
			['when the fifth starts again', /starts again/, 'stderr'],
			['when the third is recorded', /\(3 of 5\) on lab: failed/, 'stderr'],
		];
		it.each(everySecond(moments))('also if its cosmos is killed %s', async (_when, sign, at) => {
			await batches.killAt(start(), [sign, at]);
			await expectStory();
		});
	});

	describe('makes again what was begun before the run that is blocked', () => {
		const questions = (count: number) => Array.from({length: count}, () => picture);

		it('in a container with another name, as the first has that of the first run', async () => {
			const ended = await launch(questions(3), 'reasoner', 'guardrail@3').ended;
			expect(ended.code).toBe(1);
			const runs = await batches.newest();
			const [first, second, third] = runs as [Run, Run, Run];
			expect(batches.statusesOf(runs)).toEqual(['completed', 'completed', 'failed']);
			expect(third).toMatchObject({failure: {reason: 'guardrail'}});
			expect(restarts(runs)).toEqual([[third.id], [third.id], []]);
			expect([first, second].map(({batch}) => batch)).toMatchObject([
				{id: second.id, index: 0, size: 2},
				{id: second.id, index: 1, size: 2},
			]);
		});

		const moments: ReadonlyArray<readonly [string, ...Sign]> = [
			['when the second has failed', failing, 'stdout'],
			['when the first starts again', /starts again/, 'stderr'],
			['while the second container is started', /batch of 1 on lab: starting/, 'stderr'],
			['when it has the first', /\(1 of 1\) on lab: completed/, 'stderr'],
		];
		it.each(moments)('by the name of that one, also if killed %s', async (_when, sign, at) => {
			await batches.killAt(launch(questions(2), 'reasoner', 'guardrail@2'), [sign, at]);
			const runs = await batches.newest();
			const [first, second] = runs as [Run, Run];
			expect(batches.statusesOf(runs)).toEqual(['completed', 'failed']);
			expect(restarts(runs)).toEqual([[second.id], []]);
			expect(first.batch).toMatchObject({id: second.id, index: 0, size: 1});
			expect(batches.textOf(first, 'outputs/reasoner_text.txt')).toContain('A picture');
			const refused = await lab.cosmos(['recover', second.id]);
			expect(refused.stderr).toContain('needs no recovery');
		});
	});

	it('makes again what was begun beside an input that could not be read', async () => {
		// As another file, which is gone when it is needed.
		const file = path.join(lab.client.home, 'other.png');
		const bytes = readFileSync(path.join(lab.client.home, 'inputs', 'still.png'));
		writeFileSync(file, Buffer.concat([bytes, Buffer.from('another')]));
		const other = (await lab.cosmos(['create', 'prompt', 'Another', file])).stdout.trim();
		const ids = Array.from({length: 7}, (_, index) => (index === 5 ? other : picture));
		const started = launch(ids, 'image2video', 'hold@1', ...short);
		await started.seen(/Saved sample args to \S+sample_3/);
		const sixth = (await batches.newest())[5] as Run;
		rmSync(path.join(lab.checkout, 'cosmos-inputs', `${sixth.inputs[0]?.sha256}.png`));
		const ended = await goOn(lab.checkout, () => started.ended);
		expect(ended.code).toBe(1);
		const runs = await batches.newest();
		const completed = Array.from({length: 5}, () => 'completed');
		expect(batches.statusesOf(runs)).toEqual([...completed, 'failed', 'completed']);
		expect(runs[5]).toMatchObject({failure: {reason: 'rejected-input'}});
		const again = [sixth.id];
		expect(restarts(runs)).toEqual([[], [], [], [], again, [], again]);
	});
});
