import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {goOn} from '../hold.js';
import {available} from '../lab/available.js';
import {startGpuHost} from '../lab/gpu-host.js';
import {startProcessHost} from '../lab/process-host.js';
import {startSlurmHost} from '../lab/slurm-host.js';
import {everySecond, isLong} from '../long-form.js';
import {type Batches, type BatchLab, type Sign, startBatches} from './batch-of-five.js';

/** The third of the first container is held in its work, and then blocked by the guardrail. */
const blocked = {COSMOS_SIMULATE_STEP: '0', COSMOS_SIMULATE: 'undrawn,hold@3,guardrail@3'};
const words = ['--resolution', '256', '--steps', '2', '--frames', '9', '--stream'];
const mode = ['--model', 'cosmos3', '--mode', 'text2video'];
const failing = /ValueError: Error generating sample 'sample_2'/;

const moments = [
	['while the model is loaded', /Loaded 5 samples/, 'stdout'],
	['when the first is complete', /Saved sample outputs to \S+sample_0/, 'stdout'],
	['while it downloads the first', /\(1 of 5\) on \w+: downloading/, 'stderr'],
	['when it has the first', /\(1 of 5\) on \w+: completed/, 'stderr'],
	['when it has the second', /\(2 of 5\) on \w+: completed/, 'stderr'],
	['when the third has failed', failing, 'stdout'],
	['when the others start again', /start again/, 'stderr'],
	['when the third is recorded', /\(3 of 5\) on \w+: failed/, 'stderr'],
	['while the second container is started', /batch of 2 on \w+: starting/, 'stderr'],
	['when it has the fourth', /\(1 of 2\) on \w+: completed/, 'stderr'],
	['when it has the fifth', /\(2 of 2\) on \w+: completed/, 'stderr'],
] as const satisfies ReadonlyArray<readonly [string, ...Sign]>;

type Moment = (typeof moments)[number];

/** A few where an engine ends and starts a job in a way of its own; all in the long form. */
const few = (all: readonly Moment[]) =>
	isLong ? all : all.filter(([when]) => /first$|third has failed|second container/.test(when));

const hosts = [
	{
		engine: 'Docker',
		needs: ['docker', 'sshd'],
		start: startGpuHost,
		kills: everySecond(moments),
		cuts: everySecond(moments.slice(0, -1)),
	},
	{
		engine: 'processes',
		needs: ['sshd'],
		start: startProcessHost,
		kills: few(moments),
		cuts: few(moments.slice(0, -1)),
	},
	{
		engine: 'Slurm',
		needs: ['slurm', 'sshd'],
		start: startSlurmHost,
		kills: few(moments),
		cuts: few(moments.slice(0, -1)),
	},
] as const;

describe.each(hosts)(
	'a batch of five of Cosmos 3 whose third fails',
	({engine, needs, ...host}) => {
		describe.skipIf(!available(...needs))(`with ${engine}`, {timeout: 0}, () => {
			let lab: BatchLab;
			let batches: Batches;

			beforeAll(async () => {
				lab = await host.start();
				batches = await startBatches(lab, () => ['--model', 'cosmos3']);
			});

			afterAll(() => batches?.stop());
			beforeEach(() => batches.remember());
			afterEach(() => expect(batches.leftThere()).toEqual([]));

			const start = () =>
				lab.start(['inference', ...batches.ids, '--batch', ...mode, ...words], blocked);

			/** Four videos, each once. */
			async function expectStory(): Promise<void> {
				for (const [index, run] of (await batches.expectStory('guardrail')).entries()) {
					const log = batches.textOf(run, 'log');
					expect(log.match(/Saved sample args to/g)).toHaveLength(1);
					expect(failing.test(log)).toBe(index === 2);
					if (run.status === 'completed') {
						const names = run.outputs.map(({name}) => name);
						expect(names).toEqual(['sample_args.json', 'sample_outputs.json', 'vision.mp4']);
						expect(JSON.parse(batches.textOf(run, 'outputs/sample_args.json')).prompt).toContain(
							run.promptText,
						);
					}
				}
			}

			it('has two videos before it ends, and two by a second container', async () => {
				const started = start();
				await started.seen(/\(2 of 5\) on \w+: completed/, 'stderr');
				expect(await batches.statuses()).toEqual([
					...['completed', 'completed', 'running', 'running', 'running'],
				]);
				const [lead] = (await batches.newest()) as [Run];
				expect(batches.leftThere()).toEqual([lead.id]);
				const ended = await goOn(lab.checkout, () => started.ended);
				expect(ended.code).toBe(1);
				await expectStory();
			});

			it.each(host.kills)('has them if its cosmos is killed %s', async (_when, sign, at) => {
				await batches.killAt(start(), [sign, at]);
				await expectStory();
			});

			it.each(host.cuts)('has them if the line is lost %s', async (_when, sign, at) => {
				await batches.cutAt(start(), [sign, at]);
				await expectStory();
			});
		});
	},
);
