import {readdirSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {openStore, type Store} from '../../source/store/store.js';
import {createInputs} from '../chaos/inputs.js';
import {goOn} from '../hold.js';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';
import {everySecond} from '../long-form.js';

const held = {COSMOS_SIMULATE_STEP: '0', COSMOS_SIMULATE: 'hold@2'};
const failed = /FileNotFoundError: No such file/;

/** Five runs share a container, which ends at the third: its input is gone when it is needed. */
describe.skipIf(!available('docker', 'sshd'))('a batch whose third run fails', {timeout: 0}, () => {
	let lab: GpuHost;
	let store: Store;
	let ids: string[];
	/** The runs of the newest launch. */
	let before: string[];

	beforeAll(async () => {
		lab = await startGpuHost();
		store = await openStore({folder: lab.data});
		const inputs = createInputs(path.join(lab.client.home, 'inputs'));
		ids = [];
		for (const text of ['one', 'two', 'three', 'four', 'five']) {
			const made = await lab.cosmos(['create', 'prompt', text, inputs.make(text, 100)]);
			ids.push(made.stdout.trim());
		}
	});

	afterAll(async () => {
		store?.close();
		await lab?.stop();
	});

	beforeEach(async () => {
		before = await store.runIds();
	});

	afterEach(() => {
		expect(lab.docker.containers()).toEqual([]);
		expect(readdirSync(path.join(lab.checkout, 'cosmos-runs'))).toEqual([]);
	});

	async function newest(): Promise<Run[]> {
		const runs = (await store.listRuns()).map(({run}) => run);
		return runs.filter(({id}) => !before.includes(id)).reverse();
	}

	const statuses = (runs: readonly Run[]) => runs.map(({status}) => status);
	const fileOf = ({id}: Run, name: string) => path.join(lab.data, 'runs', id, name);

	/** Starts them; the second one is held, and the input of the third one is gone. */
	async function start() {
		const started = lab.start(['inference', ...ids, '--batch', '--steps', '2', '--stream'], held);
		await started.seen(/Saved prompt to \S+video_0/);
		const third = (await newest())[2] as Run;
		const {sha256} = third.inputs[0] as {sha256: string};
		rmSync(path.join(lab.checkout, 'cosmos-inputs', `${sha256}.mp4`));
		return started;
	}

	/** Four results, each once, and a record that tells how they came. */
	async function expectStory(): Promise<void> {
		const runs = await newest();
		expect(statuses(runs)).toEqual(['completed', 'completed', 'failed', 'completed', 'completed']);
		const [lead, , third, fourth] = runs as [Run, Run, Run, Run];
		expect(third).toMatchObject({failure: {reason: 'rejected-input'}});
		expect(runs.map(({restarts}) => restarts)).toEqual([
			...[undefined, undefined, undefined],
			...[3, 4].map(index => [
				{
					batch: {id: lead.id, index, size: 5, exit: {code: 1, oomKilled: false}},
					failed: third.id,
					at: expect.any(String),
				},
			]),
		]);
		expect(runs.slice(3).map(({batch}) => batch)).toMatchObject([
			{id: fourth.id, index: 0, size: 2},
			{id: fourth.id, index: 1, size: 2},
		]);
		for (const [index, run] of runs.entries()) {
			const log = readFileSync(fileOf(run, 'log'), 'utf8');
			expect(log.match(/running preprocessor/g)).toHaveLength(1);
			expect(log.match(/Start creating base model/g)).toHaveLength(1);
			expect(failed.test(log)).toBe(index === 2);
			if (run.status === 'completed') {
				expect(readFileSync(fileOf(run, 'outputs/output.txt'), 'utf8')).toBe(run.promptText);
			}
		}
	}

	it('has four results, two of them by a second container, and says so', async () => {
		const started = await start();
		const ended = await goOn(lab.checkout, () => started.ended);
		expect(ended.code).toBe(1);
		await expectStory();
		const [lead, , third, fourth] = (await newest()) as [Run, Run, Run, Run];
		expect(ended.stderr).toContain(
			`three (3 of 5, ${third.id}) ended the batch; the 2 after it start again`,
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

	it('can be stopped in its second container, and keeps what was complete', async () => {
		const started = await start();
		await goOn(lab.checkout, () => started.seen(/start again/, 'stderr'));
		await started.seen(/\(1 of 2\) on lab: completed/, 'stderr');
		const [, , , , fifth] = (await newest()) as [Run, Run, Run, Run, Run];
		expect((await lab.cosmos(['kill', fifth.id, '--yes'])).code).toBe(0);
		expect((await started.ended).code).toBe(130);
		expect(statuses(await newest())).toEqual([
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
			const started = await start();
			await goOn(lab.checkout, async () => {
				await started.seen(sign, where);
				started.process.kill('SIGKILL');
				await started.ended;
				await lab.cosmos(['recover']);
			});
			await expectStory();
		});
	});
});
