import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {openStore, type Store} from '../../source/store/store.js';
import {goOn} from '../hold.js';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';
import {everySecond} from '../long-form.js';

/** The third of the first container is held in its work, and then blocked by the guardrail. */
const blocked = {COSMOS_SIMULATE_STEP: '0', COSMOS_SIMULATE: 'undrawn,hold@3,guardrail@3'};
const words = ['--resolution', '256', '--steps', '2', '--frames', '9', '--stream'];
const failing = /ValueError: Error generating sample 'sample_2'/;

describe.skipIf(!available('docker', 'sshd'))(
	'a batch of five of Cosmos 3 whose third fails',
	{timeout: 0},
	() => {
		let lab: GpuHost;
		let store: Store;
		let ids: string[];
		let before: string[];

		beforeAll(async () => {
			lab = await startGpuHost();
			store = await openStore({folder: lab.data});
			ids = [];
			for (const text of ['one', 'two', 'three', 'four', 'five']) {
				const made = await lab.cosmos(['create', 'prompt', text, '--model', 'cosmos3']);
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
		const textOf = ({id}: Run, name: string) =>
			readFileSync(path.join(lab.data, 'runs', id, name), 'utf8');
		const mode = ['--model', 'cosmos3', '--mode', 'text2video'];
		const start = () => lab.start(['inference', ...ids, '--batch', ...mode, ...words], blocked);

		/** Four videos, each once, and a record that tells how they came. */
		async function expectStory(): Promise<void> {
			const runs = await newest();
			expect(statuses(runs)).toEqual([
				...['completed', 'completed', 'failed', 'completed', 'completed'],
			]);
			const [lead, , third, fourth] = runs as [Run, Run, Run, Run];
			expect(third).toMatchObject({failure: {reason: 'guardrail'}});
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
				const log = textOf(run, 'log');
				expect(log.match(/Saved sample args to/g)).toHaveLength(1);
				expect(failing.test(log)).toBe(index === 2);
				if (run.status === 'completed') {
					const names = run.outputs.map(({name}) => name);
					expect(names).toEqual(['sample_args.json', 'sample_outputs.json', 'vision.mp4']);
					expect(JSON.parse(textOf(run, 'outputs/sample_args.json')).prompt).toContain(
						run.promptText,
					);
				}
			}
		}

		it('has two videos before it ends, and two by a second container', async () => {
			const started = start();
			await started.seen(/\(2 of 5\) on lab: completed/, 'stderr');
			expect(statuses(await newest())).toEqual([
				...['completed', 'completed', 'running', 'running', 'running'],
			]);
			expect(lab.docker.containers()).toHaveLength(1);
			const ended = await goOn(lab.checkout, () => started.ended);
			expect(ended.code).toBe(1);
			await expectStory();
		});

		const moments = [
			['while the model is loaded', /Loaded 5 samples/, 'stdout'],
			['when the first is complete', /Saved sample outputs to \S+sample_0/, 'stdout'],
			['while it downloads the first', /\(1 of 5\) on lab: downloading/, 'stderr'],
			['when it has the first', /\(1 of 5\) on lab: completed/, 'stderr'],
			['when it has the second', /\(2 of 5\) on lab: completed/, 'stderr'],
			['when the third has failed', failing, 'stdout'],
			['when the others start again', /start again/, 'stderr'],
			['when the third is recorded', /\(3 of 5\) on lab: failed/, 'stderr'],
			['while the second container is started', /batch of 2 on lab: starting/, 'stderr'],
			['when it has the fourth', /\(1 of 2\) on lab: completed/, 'stderr'],
			['when it has the fifth', /\(2 of 2\) on lab: completed/, 'stderr'],
		] as const;

		it.each(everySecond(moments))(
			'has them if its cosmos is killed %s',
			async (_when, sign, at) => {
				const started = start();
				await goOn(lab.checkout, async () => {
					await started.seen(sign, at);
					started.process.kill('SIGKILL');
					await started.ended;
					await lab.cosmos(['recover']);
				});
				await expectStory();
			},
		);

		it.each(everySecond(moments.slice(0, -1)))(
			'has them if the line is lost %s',
			async (_when, sign, at) => {
				const started = start();
				const ended = await goOn(lab.checkout, async () => {
					await started.seen(sign, at);
					await lab.sshd.cut();
					return started.ended;
				});
				expect(ended.code).toBe(1);
				await expectStory();
			},
		);
	},
);
