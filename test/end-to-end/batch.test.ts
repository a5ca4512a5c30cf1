import {cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {openStore, type Store} from '../../source/store/store.js';
import {goOn} from '../hold.js';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';

type Env = Readonly<Record<string, string>>;

const quick = {COSMOS_SIMULATE_STEP: '0'};
/** Waits in the second of its videos. */
const held = {COSMOS_SIMULATE_STEP: '0', COSMOS_SIMULATE: 'hold@2'};
/** A video of a few small frames: what is drawn from it costs no time. */
const tiny = path.join(import.meta.dirname, '..', 'chaos', 'tiny.mp4');

describe.skipIf(!available('docker', 'sshd'))('a batch over SSH in one container', () => {
	let lab: GpuHost;
	let store: Store;
	/** Three prompts with different texts and inputs. */
	let ids: string[];

	beforeAll(async () => {
		lab = await startGpuHost();
		store = await openStore({folder: lab.data});
		const videos = path.join(lab.client.home, 'tiny');
		mkdirSync(videos);
		cpSync(tiny, path.join(videos, 'color.mp4'));
		ids = [];
		for (const text of ['A city street at night', 'A "desert"\nat dusk 🌆', 'Mountains']) {
			writeFileSync(path.join(lab.client.home, 'text.txt'), text);
			const made = await lab.cosmos(['create', 'prompt', '@text.txt', videos]);
			ids.push(made.stdout.trim());
		}
	});

	afterAll(async () => {
		store?.close();
		await lab?.stop();
	});

	afterEach(() => {
		expect(lab.docker.containers()).toEqual([]);
		expect(readdirSync(path.join(lab.checkout, 'cosmos-runs'))).toEqual([]);
	});

	const batch = (words: readonly string[] = [], env: Env = {}) =>
		lab.cosmos(['inference', ...ids, '--batch', '--steps', '4', ...words], {...quick, ...env});
	const fileOf = (run: Run, name: string) => path.join(lab.data, 'runs', run.id, name);
	const textOf = (run: Run, name: string) => readFileSync(fileOf(run, name), 'utf8');
	const namesOf = (run: Run) => ('outputs' in run ? run.outputs?.map(({name}) => name) : []);

	/** The runs of the newest batch, in their order. */
	async function newest(): Promise<[Run, Run, Run]> {
		const runs = (await store.listRuns({limit: 3})).map(({run}) => run).reverse();
		expect(runs.map(({batch: place}) => place)).toMatchObject(
			runs.map((_, index) => ({id: runs[0]?.id, index, size: 3})),
		);
		return runs as [Run, Run, Run];
	}

	const statuses = (runs: readonly Run[]) => runs.map(({status}) => status);
	const messages = (runs: readonly Run[]) =>
		runs.map(run => ('failure' in run ? run.failure.message : ''));
	const reasons = (runs: readonly Run[]) =>
		runs.map(run => ('failure' in run ? run.failure.reason : ''));

	/** What the container has written, and each run its part: nothing lost, nothing doubled. */
	function expectWholeLogs(runs: readonly Run[]): void {
		const whole = textOf(runs[0] as Run, 'batch.log');
		const [preamble, ...parts] = whole.split(/^(?=\[.*\] running preprocessor$)/m);
		expect(runs.map(run => textOf(run, 'log'))).toEqual(
			runs.map((_, index) => `${preamble}${parts[index] ?? ''}`),
		);
	}

	async function startAndKill(env: Env = held): Promise<void> {
		const words = ['inference', ...ids, '--batch', '--steps', '4', '--stream'];
		const started = lab.start(words, env);
		await started.seen(/Saved video to \S+video_0\/output\.mp4/);
		started.process.kill('SIGKILL');
		await started.ended;
	}

	it('gives each run its own outputs, log and status, and loads the model once', async () => {
		const single = await lab.cosmos(['inference', ids[1] as string, '--steps', '4'], quick);
		expect(single.code).toBe(0);
		const alone = (await store.listRuns({limit: 1}))[0]?.run as Run;
		const ended = await batch(['--stream']);
		expect(ended.stderr).toContain('batch of 3 on lab: running');
		expect(ended.code).toBe(0);
		const runs = await newest();
		expect(statuses(runs)).toEqual(['completed', 'completed', 'completed']);
		expect(runs.map(({promptId}) => promptId)).toEqual(ids);
		const whole = textOf(runs[0], 'batch.log');
		expect(whole.match(/Start creating base model/g)).toHaveLength(1);
		expect(ended.stdout.startsWith(whole)).toBe(true);
		expectWholeLogs(runs);
		// The same as from a container of its own, names and bytes.
		expect('outputs' in runs[1] && runs[1].outputs).toEqual('outputs' in alone && alone.outputs);
		expect(textOf(runs[1], 'outputs/output.txt')).toBe('A "desert"\nat dusk 🌆');
		for (const run of runs) {
			expect(ended.stdout).toContain(fileOf(run, 'outputs/output.mp4'));
		}

		const listed = await lab.cosmos(['list', 'runs', '--limit', '3']);
		expect(listed.stdout).toMatch(/batch 3 of 3[\s\S]*batch 2 of 3[\s\S]*batch 1 of 3/);
		const shown = await lab.cosmos(['show', runs[1].id]);
		expect(shown.stdout).toContain(`batch     2 of 3, in the container of ${runs[0].id}`);
	});

	it('keeps its videos on the host for an upscale, which uploads nothing', async () => {
		const [, second] = await newest();
		const plan = await lab.cosmos(['upscale', second.id, '--dry-run', '--json']);
		const video = JSON.parse(JSON.parse(plan.stdout)[0].files[0].text).input_video_path;
		expect(lab.filesThere()).toContainEqual(expect.stringContaining(video));
		const ended = await lab.cosmos(['upscale', second.id], quick);
		expect(ended.stdout).toContain('output_4k.mp4');
		expect(ended.code).toBe(0);
	});

	it('shows what would run and runs nothing', async () => {
		const before = await store.runIds();
		const plan = await batch(['--dry-run', '--time-limit', '100']);
		expect(plan.stdout).toContain('3 runs in one container, host lab, slot all, time limit 300 s');
		expect(plan.stdout).toContain('"prompt":"A \\"desert\\"\\nat dusk \\ud83c\\udf06"');
		expect(plan.stdout).toMatch(/--batch_input_path cosmos-runs\/RUN\/batch\.jsonl --batch_size 1/);
		expect(await store.runIds()).toEqual(before);
	});

	it('rejects prompts that cannot share a batch, naming both and the setting', async () => {
		const before = await store.runIds();
		const words = ['create', 'prompt', 'Fog', lab.videos, '--negative', 'blurred'];
		const other = (await lab.cosmos(words)).stdout.trim();
		const refused = await lab.cosmos(['inference', ids[0] as string, other, '--batch'], quick);
		expect(refused.stderr).toContain(
			`city-street-at-night (${ids[0]}) and fog (${other}) cannot share a batch: the negative prompt is "" for one and "blurred" for the other`,
		);
		expect(refused.code).toBe(2);
		expect(await store.runIds()).toEqual(before);
	});

	it("records each run's own failure if the program continues", async () => {
		const ended = await batch([], {COSMOS_SIMULATE: 'no-output@2'});
		expect(ended.code).toBe(1);
		const runs = await newest();
		expect(statuses(runs)).toEqual(['completed', 'failed', 'completed']);
		expect(reasons(runs)).toEqual(['', 'no-output', '']);
		expect(runs.map(({batch: place}) => place?.exit?.code)).toEqual([0, 0, 0]);
		expect(ended.stderr).toContain(messages(runs)[1]);
	});

	describe('keeps complete results if the program ends at one video', () => {
		it.each([
			['for want of GPU memory', 'oom@2', 1, 'gpu-out-of-memory', /ran out of memory/],
			['late', 'crash-late@2', 1, 'program-error', /CUDA error/],
			['with a code', 'exit@2=7', 7, 'program-error', /code 7/],
			['by SIGKILL', 'killed@2', 137, 'killed', /SIGKILL/],
		])('%s', async (_how, simulate, code, reason, words) => {
			const ended = await batch([], {COSMOS_SIMULATE: simulate});
			expect(ended.code).toBe(1);
			const runs = await newest();
			expect(statuses(runs)).toEqual(['completed', 'failed', 'failed']);
			expect(reasons(runs)).toEqual(['', reason, 'no-output']);
			expect(messages(runs)[1]).toMatch(words);
			expect(messages(runs)[2]).toContain(`(2 of 3, ${runs[1].id}): ${messages(runs)[1]}`);
			expect(ended.stderr).toContain(messages(runs)[1]);
			expect(namesOf(runs[0])).toContain('output.mp4');
			expect(runs.map(({batch: place}) => place?.exit?.code)).toEqual([code, code, code]);
			expectWholeLogs(runs);
		});

		it('by the time limit, which is the sum', async () => {
			const words = ['inference', ...ids.slice(0, 2), '--batch', '--steps', '4'];
			const env = {...quick, COSMOS_SIMULATE: 'hang@2'};
			await lab.cosmos([...words, '--time-limit', '20'], env);
			const runs = (await store.listRuns({limit: 2})).map(({run}) => run).reverse();
			expect(statuses(runs)).toEqual(['completed', 'failed']);
			expect(messages(runs)[1]).toBe('timed out after 40 s');
		});
	});

	it('makes the rest without a run that was blocked, in a second container', async () => {
		const ended = await batch([], {COSMOS_SIMULATE: 'guardrail@2'});
		expect(ended.code).toBe(1);
		const runs = (await store.listRuns({limit: 3})).map(({run}) => run).reverse();
		expect(statuses(runs)).toEqual(['completed', 'failed', 'completed']);
		expect(reasons(runs)).toEqual(['', 'guardrail', '']);
		expect(runs[2]).toMatchObject({restarts: [{failed: runs[1]?.id, batch: {exit: {code: 1}}}]});
		expect(runs[2]?.batch).toBeUndefined();
	});

	it('starts again without each run at which the guardrail ends the process', async () => {
		const ended = await batch([], {COSMOS_SIMULATE: 'guardrail'});
		expect(ended.code).toBe(1);
		const runs = (await store.listRuns({limit: 3})).map(({run}) => run).reverse();
		expect(statuses(runs)).toEqual(['failed', 'failed', 'failed']);
		expect(reasons(runs)).toEqual(['guardrail', 'guardrail', 'guardrail']);
		expect(runs.map(({restarts = []}) => restarts.map(({failed}) => failed))).toEqual([
			[],
			[runs[0]?.id],
			[runs[0]?.id, runs[1]?.id],
		]);
	});

	/** Resolves when so many runs of the newest batch have ended. */
	async function ended(count: number): Promise<[Run, Run, Run]> {
		for (;;) {
			const changed = new Promise<void>(resolve => {
				const unwatch = store.watch(() => {
					unwatch();
					resolve();
				});
			});
			const runs = await newest();
			if (runs.filter(({status}) => status === 'completed').length >= count) {
				return runs;
			}

			await changed;
		}
	}

	it('lists the runs that a kill also stops, and asks first', async () => {
		const words = ['inference', ...ids, '--batch', '--steps', '4', '--stream'];
		const started = lab.start(words, {...quick, COSMOS_SIMULATE: 'hang@2'});
		await started.seen(/Saved video to \S+video_0\/output\.mp4/);
		// The first has its result early, and stays completed whatever happens to the others.
		const [first, second, third] = await ended(1);
		const asked = await lab.cosmos(['kill', second.id]);
		expect(asked.stderr).toContain(
			`${second.id} shares its container with other runs, which stop too:`,
		);
		expect(asked.stderr).toMatch(new RegExp(`${third.id}[\\s\\S]*--yes`));
		expect(asked.stderr).not.toContain(first.id);
		expect(asked.code).toBe(2);
		const killed = await lab.cosmos(['kill', second.id, '--yes']);
		expect(killed.code).toBe(0);
		expect(killed.stderr).toContain(`${third.id}: cancelled`);
		expect((await started.ended).code).toBe(130);
		// What was whole when the stop came is not thrown away.
		expect(statuses(await newest())).toEqual(['completed', 'cancelled', 'cancelled']);
		expect(namesOf((await newest())[0])).toContain('output.mp4');
	});

	describe('has each result as soon as it is complete', () => {
		/** Starts the batch, which waits in one of its videos. */
		async function start(item: number) {
			const words = ['inference', ...ids, '--batch', '--steps', '4', '--stream'];
			const started = lab.start(words, {...quick, COSMOS_SIMULATE: `hold@${item}`});
			await started.seen(/Start creating base model/);
			return started;
		}

		it('while the others still run', async () => {
			const started = await start(3);
			const runs = await ended(2);
			expect(statuses(runs)).toEqual(['completed', 'completed', 'running']);
			expect(lab.docker.containers()).toHaveLength(1);
			expect(runs.slice(0, 2).map(run => textOf(run, 'outputs/output.txt'))).toEqual([
				'A city street at night',
				'A "desert"\nat dusk 🌆',
			]);
			expect(await goOn(lab.checkout, () => started.ended)).toMatchObject({code: 0});
			expect(statuses(await newest())).toEqual(['completed', 'completed', 'completed']);
			expectWholeLogs(await newest());
		});

		it('and keeps it when the others are stopped', async () => {
			const started = await start(3);
			const [first] = await ended(2);
			expect((await lab.cosmos(['kill', first.id])).code).toBe(2);
			const [, , third] = await newest();
			expect((await lab.cosmos(['kill', third.id, '--yes'])).code).toBe(0);
			expect((await started.ended).code).toBe(130);
			expect(statuses(await newest())).toEqual(['completed', 'completed', 'cancelled']);
		});

		it('and looks for what it has missed when it is resumed', async () => {
			const started = await start(2);
			await ended(1);
			started.process.kill('SIGKILL');
			await started.ended;
			expect(statuses(await newest())).toEqual(['completed', 'running', 'running']);
			const recovered = await goOn(lab.checkout, () => lab.cosmos(['recover']));
			expect(recovered.code).toBe(0);
			expect(statuses(await newest())).toEqual(['completed', 'completed', 'completed']);
			expectWholeLogs(await newest());
		});
	});

	it('is resumed by `recover` after its cosmos was killed, all runs by naming one', async () => {
		await startAndKill();
		const killed = await newest();
		const both = [killed[1], killed[2]].map(({id}) => lab.cosmos(['recover', id]));
		// It ends only after one of them has been refused.
		await Promise.race(both);
		const ended = await goOn(lab.checkout, () => Promise.all(both));
		expect(ended.map(({code}) => code).sort()).toEqual([0, 2]);
		const runs = await newest();
		expect(statuses(runs)).toEqual(['completed', 'completed', 'completed']);
		expectWholeLogs(runs);
	});

	it('is downloaded by `recover` if its container has failed meanwhile', async () => {
		await startAndKill({...held, COSMOS_SIMULATE: 'hold@2,exit@3=9'});
		const name = lab.docker.containers()[0] as string;
		await goOn(lab.checkout, async () => lab.docker.run('wait', name));
		const recovered = await lab.cosmos(['recover']);
		expect(recovered.code).toBe(1);
		const runs = await newest();
		expect(statuses(runs)).toEqual(['completed', 'completed', 'failed']);
		expect(messages(runs)[2]).toContain('code 9');
		expectWholeLogs(runs);
	});

	it('keeps the complete videos if its container was removed', async () => {
		await startAndKill({...quick, COSMOS_SIMULATE: 'hang@2'});
		lab.docker.run('rm', '-f', lab.docker.containers()[0] as string);
		const recovered = await lab.cosmos(['recover']);
		expect(recovered.code).toBe(1);
		const runs = await newest();
		expect(statuses(runs)).toEqual(['completed', 'failed', 'failed']);
		expect(reasons(runs)).toEqual(['', 'container-lost', 'no-output']);
	});

	describe('of enhancements', () => {
		const enhance = (env: Env = {}) => lab.cosmos(['prompt-enhance', ...ids], {...quick, ...env});

		it('loads the model once and creates a new prompt for each', async () => {
			const ended = await enhance();
			expect(ended.code).toBe(0);
			const runs = await newest();
			expect(textOf(runs[0], 'batch.log').match(/checkpoint shards: 100%/g)).toHaveLength(1);
			const prompts = (await store.listPrompts(3)).reverse();
			expect(prompts.map(({parentId}) => parentId)).toEqual(ids);
			expect(prompts.map(({enhancedBy}) => enhancedBy)).toEqual(runs.map(({id}) => id));
			expect(ended.stdout.split('\n').map(line => line.split('\t')[0])).toEqual([
				...prompts.map(({id}) => id),
				'',
			]);
			const {results} = JSON.parse(textOf(runs[1], 'outputs/enhanced.json'));
			expect(results).toEqual([{id: ids[1], text: prompts[1]?.text}]);
		});

		it("records each prompt's own failure, and the others get their text", async () => {
			const ended = await enhance({COSMOS_SIMULATE: 'oom@1,empty-answer@2'});
			expect(ended.code).toBe(1);
			const runs = await newest();
			expect(statuses(runs)).toEqual(['failed', 'failed', 'completed']);
			expect(reasons(runs)).toEqual(['gpu-out-of-memory', 'no-output', '']);
		});

		it('keeps the existing texts if the program ends at one', async () => {
			await enhance({COSMOS_SIMULATE: 'exit@2=7'});
			const runs = await newest();
			expect(statuses(runs)).toEqual(['completed', 'failed', 'failed']);
			expect(messages(runs)[1]).toContain('code 7');
		});
	});

	it('works with Cosmos-Transfer2.5, each run with its own outputs', async () => {
		const words = [
			'--model',
			'transfer2.5',
			'--guidance',
			'7',
			'--resolution',
			'480',
			'--edge',
			'1',
		];
		const ended = await batch(words, {COSMOS_SIMULATE: 'guardrail@2'});
		expect(ended.code).toBe(1);
		const runs = await newest();
		expect(statuses(runs)).toEqual(['completed', 'failed', 'completed']);
		expect(reasons(runs)[1]).toBe('guardrail');
		expect(runs.map(({model}) => model)).toEqual(runs.map(() => 'transfer2.5'));
		const controls = ['depth', 'edge', 'seg', 'vis'].map(name => `output_control_${name}.mp4`);
		expect(namesOf(runs[2])).toEqual(
			['output.json', 'output.mp4', 'output.txt', ...controls].sort(),
		);
		expect(textOf(runs[2], 'outputs/output.txt')).toBe('Mountains');
		expect(textOf(runs[0], 'batch.log')).toMatch(/\[3\/3\] Processing sample video_2$/m);
		expect((await lab.cosmos(['show', runs[2].id])).stdout).toMatch(/^ {2}resolution +480$/m);
	});
});
