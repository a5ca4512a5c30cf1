import {createHash} from 'node:crypto';
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import type {Prompt, Run} from '../../source/domain/types.js';
import {openStore, type Store} from '../../source/store/store.js';
import {type Ended, runCosmos, type Started, startCosmos} from '../cosmos.js';
import {goOn, held} from '../hold.js';
import {available} from '../lab/available.js';
import {startGpuHost} from '../lab/gpu-host.js';
import {someOf} from '../long-form.js';
import {trustWords} from '../trust-words.js';

type Env = Readonly<Record<string, string>>;

/** A local setup with a host to run on. */
type Place = {
	folder: string;
	/** Where the host's jobs work. */
	checkout: string;
	data: string;
	videos: string;
	cosmos: (words: readonly string[], env?: Env) => Promise<Ended>;
	start: (words: readonly string[], env?: Env) => Started;
	/** Every file that the product keeps on the host. */
	filesThere: () => string[];
	/** Nothing of a run is left on the host. */
	expectClean: () => void;
	stop: () => Promise<void>;
};

const sample = path.join(import.meta.dirname, '..', '..', 'samples', 'city-night');

async function demoPlace(): Promise<Place> {
	const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-operations-'));
	const data = path.join(folder, 'data');
	const videos = path.join(folder, 'shots');
	cpSync(sample, videos, {recursive: true});
	const options = (env: Env = {}) => ({
		cwd: folder,
		env: {HOME: folder, COSMOS_DATA: data, ...env},
	});
	return {
		folder,
		checkout: path.join(data, 'demo-host'),
		data,
		videos,
		cosmos: (words, env) => runCosmos(words, options(env)),
		start: (words, env) => startCosmos(words, options(env)),
		filesThere: () =>
			readdirSync(path.join(data, 'demo-host'), {recursive: true, encoding: 'utf8'}),
		expectClean: () => expect(readdirSync(path.join(data, 'demo-host', 'cosmos-runs'))).toEqual([]),
		stop: async () => rmSync(folder, {recursive: true, force: true}),
	};
}

async function labPlace(): Promise<Place> {
	const lab = await startGpuHost();
	return {
		...lab,
		folder: lab.client.home,
		expectClean() {
			expect(lab.docker.containers()).toEqual([]);
			expect(readdirSync(path.join(lab.checkout, 'cosmos-runs'))).toEqual([]);
		},
	};
}

describe('operations on the demo host', () => operations(demoPlace, 'at home'));
describe.skipIf(!available('docker', 'sshd'))('operations over SSH in a container', () =>
	operations(labPlace, 'on a host'),
);

/** Tests that need no host run locally, model failures on a host. */
function operations(makePlace: () => Promise<Place>, where: 'at home' | 'on a host'): void {
	let place: Place;
	let store: Store;
	let base: Prompt;
	let prompt: Prompt;
	let transferId: string;
	const quick = {COSMOS_SIMULATE_STEP: '0'};

	beforeAll(async () => {
		place = await makePlace();
		store = await openStore({folder: place.data});
		const words = ['A street at night', place.videos, '--model', 'transfer1'];
		await place.cosmos(['create', 'prompt', ...words]);
		base = (await store.listPrompts())[0] as Prompt;
		transferId = (await inference(base.id)).id;
	});

	/** Every test has a prompt that no run has used. */
	beforeEach(async () => {
		prompt = await store.addPrompt(id => ({...base, id}));
	});

	afterAll(async () => {
		store?.close();
		await place?.stop();
	});

	const latestRun = async (): Promise<Run> => (await store.listRuns({limit: 1}))[0]?.run as Run;
	const enhance = (words: readonly string[] = [], env: Env = {}) =>
		place.cosmos(['prompt-enhance', prompt.id, ...words], {...quick, ...env});
	const inference = async (promptId: string, env: Env = {}) => {
		await place.cosmos(['inference', promptId, '--steps', '1'], {...quick, ...env});
		return latestRun();
	};

	async function expectNoNewText(before: readonly Prompt[]) {
		expect(await store.listPrompts()).toEqual(before);
		place.expectClean();
	}

	describe('enhancing a prompt', () => {
		it('creates a new prompt that refers to its source', async () => {
			const ended = await enhance();
			expect(ended.code).toBe(0);
			const run = await latestRun();
			const [newest] = await store.listPrompts();
			expect(ended.stdout.split('\t')[0]).toBe(newest?.id);
			expect(run).toMatchObject({
				operation: 'enhance',
				status: 'completed',
				promptId: prompt.id,
				resultPromptId: newest?.id,
			});
			expect(newest).toMatchObject({
				name: 'street-at-night-enhanced',
				inputs: prompt.inputs,
				parentId: prompt.id,
				enhancedBy: run.id,
			});
			expect(newest?.text).toMatch(/^A street at night\. ./);
			expect((await place.cosmos(['show', newest?.id ?? ''])).stdout).toMatch(
				new RegExp(`enhanced from +${prompt.id}`),
			);
			place.expectClean();
		});

		if (where === 'at home') {
			it('creates a prompt that can be run', async () => {
				const ended = await enhance(['--json']);
				const {resultPromptId} = JSON.parse(ended.stdout);
				expect(await inference(resultPromptId)).toMatchObject({
					status: 'completed',
					promptId: resultPromptId,
				});
			});

			it('enhances several prompts, each in its own run', async () => {
				const other = await store.addPrompt(id => ({...base, id, text: 'A desert'}));
				const ended = await enhance([other.id]);
				expect(ended.code).toBe(0);
				const [second, first] = await store.listPrompts();
				expect([first?.parentId, second?.parentId]).toEqual([prompt.id, other.id]);
				expect(
					ended.stdout
						.trim()
						.split('\n')
						.map(line => line.split('\t')[0]),
				).toEqual([first?.id, second?.id]);
			});
		}

		it('replaces the text with --no-create-new and keeps the old one', async () => {
			const count = (await store.listPrompts()).length;
			const ended = await enhance(['--no-create-new']);
			expect(ended.stdout).toContain(`${prompt.id}\tnew text`);
			const run = await latestRun();
			const changed = (await store.getPrompt(prompt.id)) as Prompt;
			expect(changed.text).toMatch(/^A street at night\. ./);
			expect(changed.history).toEqual([
				{text: prompt.text, replacedAt: expect.any(String), by: run.id},
			]);
			expect(await store.listPrompts()).toHaveLength(count);
			expect((await place.cosmos(['show', prompt.id])).stdout).toContain(
				`before    ${prompt.text}`,
			);
		});

		if (where === 'at home') {
			it('refuses to replace a text that finished runs used, unless forced', async () => {
				const {id} = await inference(prompt.id);
				const runs = await store.runIds();
				const refused = await enhance(['--no-create-new']);
				expect(refused.stderr).toContain(
					`the text of ${prompt.name} was used by a finished run: ${id}`,
				);
				expect(refused.stderr).toContain('--force');
				expect(refused.code).toBe(2);
				expect(await store.runIds()).toEqual(runs);
				const forced = await enhance(['--no-create-new', '--force']);
				expect(forced.code).toBe(0);
				expect(((await store.getPrompt(prompt.id)) as Prompt).history).toMatchObject([
					{text: prompt.text},
				]);
				expect((await store.getRun(id))?.run.promptText).toBe(prompt.text);
			});

			it('shows what would run and runs nothing', async () => {
				const runs = await store.runIds();
				const plan = await enhance(['--dry-run']);
				expect(plan.stdout).toContain('time limit 1800 s');
				expect(plan.stdout).toContain('"text": "A street at night"');
				expect(plan.stdout).toMatch(/python cosmos-runs\/RUN\/upsample\.py --request/);
				expect(await store.runIds()).toEqual(runs);
			});
		}

		if (where === 'on a host') {
			it.each(
				someOf(
					[
						['runs out of GPU memory', 'oom', 'gpu-out-of-memory', 'the GPU ran out of memory', 1],
						['crashes', 'crash-late', 'program-error', 'CUDA error', 1],
						['ends with a code', 'exit=7', 'program-error', 'code 7', 7],
						['is killed', 'killed', 'killed', 'SIGKILL', 137],
						['leaves no answer', 'no-output', 'no-output', 'left no enhanced.json', 0],
						['answers nothing', 'empty-answer', 'no-output', 'an empty text', 0],
						['answers the same text', 'same-answer', 'no-output', 'unchanged', 0],
					],
					'oom',
					'empty-answer',
					'same-answer',
				),
			)('fails with the reason when the model %s', async (_what, simulate, reason, words, code) => {
				const before = await store.listPrompts();
				const ended = await enhance([], {COSMOS_SIMULATE: simulate});
				expect(ended.stderr).toContain(words);
				expect(ended.stdout).toBe('');
				expect(ended.code).toBe(1);
				expect(await latestRun()).toMatchObject({
					status: 'failed',
					exitCode: code,
					failure: {reason},
				});
				await expectNoNewText(before);
			});

			it('keeps the text if the answer is the same, even with --no-create-new', async () => {
				const before = await store.listPrompts();
				const ended = await enhance(['--no-create-new'], {COSMOS_SIMULATE: 'same-answer'});
				expect(ended.code).toBe(1);
				await expectNoNewText(before);
			});

			it('is stopped by its time limit', async () => {
				const before = await store.listPrompts();
				const ended = await enhance(['--time-limit', '10'], {COSMOS_SIMULATE: 'hang'});
				expect(ended.stderr).toContain('timed out after 10 s');
				expect(ended.code).toBe(1);
				await expectNoNewText(before);
			});

			it.each(someOf([['loud=2000'], ['garbage'], ['long-line'], ['bars=2000']], 'garbage'))(
				'finds the answer in a noisy log: %s',
				async simulate => {
					const ended = await enhance([], {COSMOS_SIMULATE: simulate});
					expect(ended.code).toBe(0);
					expect((await store.listPrompts())[0]?.text).toMatch(/^A street at night\. ./);
				},
			);
		}

		it('is cancelled by Ctrl-C and changes no text', async () => {
			const before = await store.listPrompts();
			const started = place.start(['prompt-enhance', prompt.id, '--stream'], {
				COSMOS_SIMULATE: 'hang',
			});
			await started.seen(/Processed prompts/);
			started.process.kill('SIGINT');
			expect((await started.ended).code).toBe(130);
			expect(await latestRun()).toMatchObject({operation: 'enhance', status: 'cancelled'});
			await expectNoNewText(before);
		});

		it.each([[[]], [['--no-create-new']]])(
			'has its text saved once by two processes that recover it after kill -9 %j',
			async flags => {
				const count = (await store.listPrompts()).length;
				const words = ['prompt-enhance', prompt.id, '--stream', ...flags];
				const started = place.start(words, held);
				await started.seen(/Processed prompts: +\d0%/);
				started.process.kill('SIGKILL');
				await started.ended;
				expect(await store.listPrompts()).toHaveLength(count);
				const both = [1, 2].map(() => place.cosmos(['recover', 'latest'], quick));
				// It ends only after one of them has been refused.
				await Promise.race(both);
				const ended = await goOn(place.checkout, () => Promise.all(both));
				expect(ended.map(({code}) => code).sort()).toEqual([0, 2]);
				const run = await latestRun();
				expect(run.status).toBe('completed');
				const made = (await store.listPrompts()).filter(
					({enhancedBy, history}) => enhancedBy === run.id || history?.[0]?.by === run.id,
				);
				expect(made).toHaveLength(1);
				expect(made[0]?.text).toMatch(/^A street at night\. ./);
				place.expectClean();
			},
		);
	});

	describe('upscaling', () => {
		const upscale = (words: readonly string[], env: Env = {}) =>
			place.cosmos(['upscale', ...words], {...quick, ...env});
		const outputOf = (runId: string, name: string) =>
			path.join(place.data, 'runs', runId, 'outputs', name);

		it('upscales the video of a completed run and is linked to it', async () => {
			const ended = await upscale([transferId, '--weight', '0.7', '--prompt', 'sharp "leaves"']);
			expect(ended.code).toBe(0);
			const run = await latestRun();
			expect(run).toMatchObject({
				operation: 'upscale',
				status: 'completed',
				parentId: transferId,
				promptId: base.id,
				promptText: 'sharp "leaves"',
				settings: {weight: 0.7, timeLimit: 15_600},
			});
			const file = outputOf(run.id, 'output_4k.mp4');
			expect(ended.stdout).toContain(file);
			const output = 'outputs' in run && run.outputs?.find(({name}) => name === 'output_4k.mp4');
			const bytes = readFileSync(file);
			expect(output).toMatchObject({
				size: bytes.length,
				sha256: createHash('sha256').update(bytes).digest('hex'),
			});
			expect((await place.cosmos(['show', run.id])).stdout).toMatch(
				new RegExp(`upscale of +${transferId}`),
			);
			place.expectClean();
		});

		it('uses the video of its source on the host, without an upload', async () => {
			const other = await store.addPrompt(id => ({...base, id, text: 'A road in a desert'}));
			const {id} = await inference(other.id);
			const plan = await upscale([id, '--dry-run', '--json']);
			const [{files}] = JSON.parse(plan.stdout);
			const video = JSON.parse(files[0].text).input_video_path;
			expect(place.filesThere()).toContainEqual(expect.stringContaining(video));
		});

		it('upscales any video file', async () => {
			const ended = await upscale([path.join('shots', 'color.mp4')]);
			expect(ended.code).toBe(0);
			const run = await latestRun();
			expect(run).toMatchObject({operation: 'upscale', promptName: 'color', promptText: ''});
			expect(run).not.toHaveProperty('promptId');
			expect((await place.cosmos(['show', run.id])).stdout).toContain(
				`video     ${path.join(place.videos, 'color.mp4')}`,
			);
		});

		if (where === 'at home') {
			it('shows what would run and runs nothing', async () => {
				const runs = await store.runIds();
				const plan = await upscale([transferId, '--dry-run']);
				expect(plan.stdout).toContain('"control_weight": 0.5');
				expect(plan.stdout).toContain('--video_save_name output_4k');
				expect(await store.runIds()).toEqual(runs);
			});
		}

		if (where === 'on a host') {
			it.each(
				someOf(
					[
						['the guardrail blocks', 'guardrail', 'guardrail', 1],
						['the GPU runs out of memory', 'oom', 'gpu-out-of-memory', 1],
						['the model crashes', 'crash-late', 'program-error', 1],
						['it is killed', 'killed', 'killed', 137],
						['there is no result', 'no-output', 'no-output', 0],
					],
					'guardrail',
					'killed',
				),
			)('fails with the reason when %s', async (_what, simulate, reason, code) => {
				const ended = await upscale([transferId], {COSMOS_SIMULATE: simulate});
				expect(ended.code).toBe(1);
				expect(await latestRun()).toMatchObject({
					status: 'failed',
					exitCode: code,
					failure: {reason},
				});
				place.expectClean();
			});
		}

		if (where === 'at home') {
			it('rejects a run without a video, with a remedy', async () => {
				await upscale([transferId], {COSMOS_SIMULATE: 'exit=3'});
				const failed = await latestRun();
				const refused = await upscale([failed.id]);
				expect(refused.stderr).toContain(`${failed.id} is an upscale itself`);
				const {id} = await inference(prompt.id, {COSMOS_SIMULATE: 'exit=3'});
				const again = await upscale(['latest']);
				expect(again.stderr).toContain(`${id} has no video, it is failed: the program exited`);
				expect([refused.code, again.code]).toEqual([2, 2]);
			});

			it('rejects a missing or changed video', async () => {
				const {id} = await inference(prompt.id);
				writeFileSync(outputOf(id, 'output.mp4'), 'short');
				expect((await upscale([id])).stderr).toContain('has a different size');
				rmSync(outputOf(id, 'output.mp4'));
				const gone = await upscale([id]);
				expect(gone.stderr).toContain('is gone');
				expect(gone.code).toBe(2);
			});

			it('rejects a simulated run on a real host', async () => {
				mkdirSync(path.join(place.folder, 'elsewhere'), {recursive: true});
				const file = path.join(place.folder, 'cosmos.toml');
				const text = '[hosts.real]\nremote_dir = "~/x"\nimage = "y"\n';
				writeFileSync(file, text);
				try {
					const refused = await upscale([transferId, '--host', 'real', ...trustWords(text)]);
					expect(refused.stderr).toContain(`${transferId} is simulated, and real is a real host`);
					expect(refused.code).toBe(2);
				} finally {
					rmSync(file);
				}
			});
		}

		it('is resumed after kill -9', async () => {
			const started = place.start(['upscale', transferId, '--stream'], held);
			await started.seen(/ 3\/10 \[/);
			started.process.kill('SIGKILL');
			await started.ended;
			const recovered = await goOn(place.checkout, () =>
				place.cosmos(['recover', 'latest'], quick),
			);
			expect(recovered.code).toBe(0);
			expect(await latestRun()).toMatchObject({operation: 'upscale', status: 'completed'});
			place.expectClean();
		});
	});
}
