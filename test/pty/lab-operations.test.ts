import {cpSync, mkdirSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {openStore, type Store} from '../../source/store/store.js';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';
import {someOf} from '../long-form.js';
import {type Opened, ready, startDashboard} from './dashboard.js';
import {keys} from './terminal.js';

/** A video of a few small frames: what is drawn from it costs no time. */
const tiny = path.join(import.meta.dirname, '..', 'chaos', 'tiny.mp4');
const quick = {COSMOS_SIMULATE_STEP: '0'};

type Operation = 'transfer' | 'enhance' | 'upscale' | 'batch';

/** Failure reasons that the list shows in short. */
const shortReasons: Readonly<Record<string, string>> = {'gpu-out-of-memory': 'GPU memory'};

/** What the model does wrong; the reason in the list, the words over the log, the exit code. */
type Case = readonly [simulate: string, reason: string, words: RegExp, code: number];

const blocked = /✖ the safety filter \(guardrail\) blocked/;

/** Ends that every operation has; `at` is the place in a batch. */
const endsAt = (at: string): Case[] => [
	[`oom${at}`, 'gpu-out-of-memory', /✖ the GPU ran out of memory/, 1],
	[`crash-late${at}`, 'program-error', /✖ .*code 1: RuntimeError: CUDA error/, 1],
	[`exit${at}=7`, 'program-error', /✖ the program exited with code 7/, 7],
	[`killed${at}`, 'killed', /✖ a process of the job was killed \(SIGKILL\)/, 137],
];
const noOutput = (word: string, words: RegExp): Case => [word, 'no-output', words, 0];

/** What ends a run of each operation, with one container and one run. */
const failures: Readonly<Record<Exclude<Operation, 'batch'>, readonly Case[]>> = {
	transfer: [
		['guardrail', 'guardrail', blocked, 1],
		...endsAt(''),
		noOutput('no-output', /✖ .*code 0 but produced no output\.mp4/),
	],
	enhance: [
		...endsAt(''),
		noOutput('no-output', /✖ .*code 0 but produced no enhanced\.json/),
		noOutput('empty-answer', /✖ .*an empty text/),
		noOutput('same-answer', /✖ .*unchanged/),
	],
	upscale: [
		['guardrail', 'guardrail', blocked, 1],
		...endsAt(''),
		noOutput('no-output', /✖ .*code 0 but produced no output_4k\.mp4/),
	],
};

/** What ends the second run of a batch, whose first one is whole by then. */
const secondFailures: readonly Case[] = [
	['guardrail@2', 'guardrail', blocked, 1],
	...endsAt('@2'),
	noOutput('no-output@2', /✖ .*code 0 but produced no output\.mp4/),
];

const noise = ['loud=5000', 'long-line', 'garbage', 'bars=5000'];
const operations = ['transfer', 'enhance', 'upscale', 'batch'] as const;
/** What `npm test` plays of each operation's failures: they end alike, whatever the operation. */
const few = {
	transfer: ['guardrail', 'killed'],
	enhance: ['exit=7', 'empty-answer'],
	upscale: ['oom', 'no-output'],
};

describe.skipIf(!available('docker', 'sshd'))('the dashboard, over SSH in a container', () => {
	let lab: GpuHost;
	let store: Store;
	let dashboard: Opened;

	beforeAll(async () => {
		lab = await startGpuHost();
		lab.simulate(quick);
		store = await openStore({folder: lab.data});
		const videos = path.join(lab.client.home, 'tiny');
		mkdirSync(videos);
		cpSync(tiny, path.join(videos, 'color.mp4'));
		const create = async (name: string) =>
			(
				await lab.cosmos(['create', 'prompt', `A ${name} in rain`, videos, '--name', name])
			).stdout.trim();
		const sand = await create('sand');
		await create('street');

		// A video to upscale, whichever tests run.
		await lab.cosmos(['inference', sand, '--steps', '1']);
		const env = {
			HOME: lab.client.home,
			XDG_CONFIG_HOME: path.join(lab.client.home, '.config'),
			COSMOS_DATA: lab.data,
		};
		dashboard = await startDashboard({rows: 48, columns: 140, env});
		await dashboard.waitFor(ready);
	});

	afterAll(async () => {
		await dashboard?.close();
		store?.close();
		await lab?.stop();
	});

	const send = (...texts: string[]) => dashboard.send(...texts);
	const newest = async (count: number): Promise<Run[]> =>
		(await store.listRuns({limit: count})).map(({run}) => run);

	/** What opens each operation's form on the prompt `sand` or its newest run, and its title. */
	const forms: Readonly<Record<Operation, {keys: string[]; title: string}>> = {
		transfer: {keys: ['1', 'G', 'i'], title: 'Infer: sand'},
		enhance: {keys: ['1', 'G', 'e'], title: 'Enhance: sand'},
		upscale: {keys: ['2', 'G', 'u'], title: 'Upscale: sand'},
		batch: {keys: ['1', 'G', 'v', 'k', 'v', 'b'], title: 'Batch: 2 prompts'},
	};
	const sizeOf = (operation: Operation) => (operation === 'batch' ? 2 : 1);

	/** The rows of the newest runs in the list, newest first. */
	function newestRows(screen: string, count: number): string[] {
		const lines = screen.split('\n').map(line => line.slice(0, 50));
		const title = lines.findIndex(line => line.includes('2 Runs'));
		return lines.slice(title + 1, title + 1 + count);
	}

	/** Launches from the keyboard; resolves when the new runs are in the list. */
	async function launch(operation: Operation, simulate = '', fill = async () => {}): Promise<void> {
		lab.simulate({...quick, COSMOS_SIMULATE: simulate});
		const before = (await store.runIds()).length;
		const {keys: opening, title} = forms[operation];
		send(...opening);
		await dashboard.waitFor(title);
		await fill();
		send(keys.enter);
		const count = before + sizeOf(operation);
		await dashboard.waitFor(new RegExp(`2 Runs ─+ ${count} `));
	}

	/** Resolves with the newest runs, newest first, once the list shows that all have ended. */
	async function ended(operation: Operation): Promise<Run[]> {
		const count = sizeOf(operation);
		await dashboard.waitFor(screen =>
			newestRows(screen, count).every(row => /[✔✖■] (?:sand|street)/.test(row)),
		);
		return newest(count);
	}

	/** Goes to a run of the list, counted from the newest one, and looks at its log and settings. */
	async function expectShown(place: number, run: Run, status: string, words?: RegExp) {
		send('0', '2', 'g', ...Array.from({length: place}, () => 'j'));
		await dashboard.waitFor(screen => new RegExp(`${run.id} +${status}`).test(screen));
		if (words) {
			await dashboard.waitFor(words);
		}

		send(']');
		const code = 'exitCode' in run ? run.exitCode : undefined;
		await dashboard.waitFor(new RegExp(`exit code +${run.batch?.exit?.code ?? code}`));
		send('[');
	}

	/** Goes through the newest runs, which have all ended well. */
	async function expectCompleted(operation: Operation): Promise<void> {
		for (const [place, run] of (await ended(operation)).entries()) {
			expect(run).toMatchObject({status: 'completed', exitCode: 0});
			await expectShown(place, run, '✔ completed');
		}
	}

	/** What the list says of how a run stands. */
	const standing = (place: number) => newestRows(dashboard.screen(), place + 1)[place];

	it.each(operations)('%s ends well', async operation => {
		await launch(operation);
		await expectCompleted(operation);
	});

	it.each(
		someOf(
			operations.map(one => [one] as const),
			'transfer',
			'batch',
		),
	)('%s ends well however noisy its log is', async operation => {
		await launch(operation, noise.join(' '));
		await expectCompleted(operation);
		expect(dashboard.screen()).toMatch(/^ cosmos {3}lab /);
		expect(dashboard.fullClears()).toBe(0);
	});

	describe.each(['transfer', 'enhance', 'upscale'] as const)('%s fails with', operation => {
		it.each(someOf(failures[operation], ...few[operation]))(
			'%s',
			async (simulate, reason, words, code) => {
				await launch(operation, simulate);
				const [run] = (await ended(operation)) as [Run];
				expect(run).toMatchObject({status: 'failed', exitCode: code, failure: {reason}});
				expect(standing(0)).toContain(shortReasons[reason] ?? reason);
				await expectShown(0, run, '✖ failed', words);
			},
		);
	});

	it.each(someOf(secondFailures, 'oom@2', 'killed@2'))(
		'batch keeps the first video with %s',
		async (word, reason, words, code) => {
			await launch('batch', word);
			const [second, first] = (await ended('batch')) as [Run, Run];
			expect([first.batch?.exit?.code, second.batch?.exit?.code]).toEqual([code, code]);
			expect(first.status).toBe('completed');
			expect(second).toMatchObject({status: 'failed', failure: {reason}});
			expect(standing(0)).toContain(shortReasons[reason] ?? reason);
			await expectShown(1, first, '✔ completed');
			await expectShown(0, second, '✖ failed', words);
		},
	);

	it('batch starts again without a run that the guardrail blocks', async () => {
		await launch('batch', 'guardrail');
		const [second, first] = (await ended('batch')) as [Run, Run];
		expect(first).toMatchObject({status: 'failed', failure: {reason: 'guardrail'}});
		expect(second).toMatchObject({status: 'failed', failure: {reason: 'guardrail'}});
		await expectShown(1, first, '✖ failed', blocked);
		await expectShown(0, second, '✖ failed', blocked);
	});

	it.each([
		['transfer', 'hang-hard'],
		['enhance', 'hang'],
		['upscale', 'hang'],
	] as const)('%s is stopped from the keyboard while it is silent: %s', async (operation, word) => {
		await launch(operation, `${word} step-bars`);
		await dashboard.waitFor(screen => /▶ sand .*\d%/.test(newestRows(screen, 1)[0] as string));
		send('s');
		await dashboard.waitFor('Stop the run?');
		send('y');
		const [run] = (await ended(operation)) as [Run];
		expect(run.status).toBe('cancelled');
		await expectShown(0, run, '■ cancelled');
	});

	it('batch is stopped from the keyboard and keeps the video that is whole', async () => {
		await launch('batch', 'hang@2');
		// The second run's part of the log begins when the first video is whole.
		send('2', 'g');
		await dashboard.waitFor('running preprocessor');
		send('s');
		// The first may have its result by then.
		await dashboard.waitFor(/Stop (?:the run|2 runs)\?/);
		send('y');
		const [second, first] = (await ended('batch')) as [Run, Run];
		expect([first.status, second.status]).toEqual(['completed', 'cancelled']);
		await expectShown(1, first, '✔ completed');
		await expectShown(0, second, '■ cancelled');
	});

	// The last one: a form begins with the settings of the launch before.
	it('transfer is ended by the time limit that its form was given: hang', async () => {
		await launch('transfer', 'hang', async () => {
			for (const field of ['preset', 'model', 'more settings', 'host', 'time limit']) {
				send('k');
				await dashboard.waitFor(new RegExp(`>[ \\d]+${field}`));
			}

			send('10');
			await dashboard.waitFor(/>[ \d]+time limit +‹ 10/);
		});
		const [run] = (await ended('transfer')) as [Run];
		const failure = {reason: 'timed-out'};
		expect(run).toMatchObject({status: 'failed', exitCode: 124, failure});
		expect(standing(0)).toContain('timed-out');
		await expectShown(0, run, '✖ failed', /✖ timed out after 10 s/);
	});
});
