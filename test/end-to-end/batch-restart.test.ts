import {rmSync} from 'node:fs';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {createInputs} from '../chaos/inputs.js';
import {goOn} from '../hold.js';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';
import {everySecond} from '../long-form.js';
import {type Batches, startBatches} from './batch-of-five.js';

const failed = /FileNotFoundError: No such file/;

/** Five runs share a container, which ends at the third: its input is gone when it is needed. */
describe.skipIf(!available('docker', 'sshd'))('a batch whose third run fails', {timeout: 0}, () => {
	let lab: GpuHost;
	let batches: Batches;

	beforeAll(async () => {
		lab = await startGpuHost();
		const inputs = createInputs(path.join(lab.client.home, 'inputs'));
		batches = await startBatches(lab, text => [inputs.make(text, 100)]);
	});

	afterAll(() => batches?.stop());
	beforeEach(() => batches.remember());
	afterEach(() => {
		expect(lab.docker.containers()).toEqual([]);
		expect(batches.leftThere()).toEqual([]);
	});

	const launch = (simulate: string) =>
		lab.start(['inference', ...batches.ids, '--batch', '--steps', '2', '--stream'], {
			COSMOS_SIMULATE_STEP: '0',
			COSMOS_SIMULATE: simulate,
		});

	/** Starts them; the second one is held, and the input of the third one is gone. */
	async function start() {
		const started = launch('hold@2');
		await started.seen(/Saved prompt to \S+video_0/);
		const third = (await batches.newest())[2] as Run;
		const {sha256} = third.inputs[0] as {sha256: string};
		rmSync(path.join(lab.checkout, 'cosmos-inputs', `${sha256}.mp4`));
		return started;
	}

	/** Each result once, with its own log. */
	async function expectStory(reason = 'rejected-input', words = failed): Promise<Run[]> {
		const runs = await batches.expectStory(reason);
		for (const [index, run] of runs.entries()) {
			const log = batches.textOf(run, 'log');
			expect(log.match(/running preprocessor/g)).toHaveLength(1);
			expect(log.match(/Start creating base model/g)).toHaveLength(1);
			expect(words.test(log)).toBe(index === 2);
			if (run.status === 'completed') {
				expect(batches.textOf(run, 'outputs/output.txt')).toBe(run.promptText);
			}
		}

		return runs;
	}

	it('has four results, two of them by a second container, and says so', async () => {
		const started = await start();
		const ended = await goOn(lab.checkout, () => started.ended);
		expect(ended.code).toBe(1);
		const [lead, , third, fourth] = (await expectStory()) as [Run, Run, Run, Run];
		expect(ended.stderr).toContain(
			`three (3 of 5, ${third.id}) ended the batch; 2 others start again`,
		);
		// Each result is reported once, while or after the others run.
		expect(ended.stderr.match(new RegExp(`${lead.id}.*: completed`, 'g'))).toHaveLength(1);
		const shown = await lab.cosmos(['show', fourth.id]);
		expect(shown.stdout).toContain(
			`restarted its container (4 of 5, of ${lead.id}) ended with 1 at ${third.id}`,
		);
		const json = JSON.parse((await lab.cosmos(['show', fourth.id, '--json'])).stdout);
		expect(json.restarts).toMatchObject([{failed: third.id, batch: {index: 3, exit: {code: 1}}}]);
	});

	it('has four results if its prompt is blocked, which ends the program with a TypeError', async () => {
		const started = launch('hold@2,guardrail@3');
		await batches.killAt(started, [/\(1 of 5\) on lab: completed/, 'stderr']);
		await expectStory('guardrail', /TypeError: cannot unpack/);
	});

	it('can be stopped in its second container, and keeps what was complete', async () => {
		const started = await start();
		await goOn(lab.checkout, () => started.seen(/start again/, 'stderr'));
		await started.seen(/\(1 of 2\) on lab: completed/, 'stderr');
		const [, , , , fifth] = (await batches.newest()) as [Run, Run, Run, Run, Run];
		expect((await lab.cosmos(['kill', fifth.id, '--yes'])).code).toBe(0);
		expect((await started.ended).code).toBe(130);
		expect(await batches.statuses()).toEqual([
			...['completed', 'completed', 'failed', 'completed', 'cancelled'],
		]);
	});

	describe('comes to the same end if its cosmos is killed', () => {
		const moments = [
			['when it is held', /Saved prompt to \S+video_0/, 'stdout'],
			['while it downloads the first result', /\(1 of 5\) on lab: downloading/, 'stderr'],
			['when it has the first result', /\(1 of 5\) on lab: completed/, 'stderr'],
			['when the second is made', /Saved prompt to \S+video_1/, 'stdout'],
			['when it has the second result', /\(2 of 5\) on lab: completed/, 'stderr'],
			['when the third has failed', failed, 'stdout'],
			['when the others start again', /start again/, 'stderr'],
			['when the third is recorded', /\(3 of 5\) on lab: failed/, 'stderr'],
			['while the second container starts', /batch of 2 on lab: starting/, 'stderr'],
			['while the second container runs', /batch of 2 on lab: running/, 'stderr'],
			['when it has the fourth result', /\(1 of 2\) on lab: completed/, 'stderr'],
		] as const;
		it.each(everySecond(moments))('%s', async (_when, sign, where) => {
			await batches.killAt(await start(), [sign, where]);
			await expectStory();
		});
	});
});
