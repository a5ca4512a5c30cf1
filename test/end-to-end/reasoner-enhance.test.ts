import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {structureOf} from '../../source/domain/prompts/structured-text.js';
import type {Run} from '../../source/domain/types.js';
import {openStore, type Store} from '../../source/store/store.js';
import {runCosmos} from '../cosmos.js';
import {available} from '../lab/available.js';
import {startGpuHost} from '../lab/gpu-host.js';
import {type Call, makePrompts, type PromptName} from './cosmos3-modes.js';

type Place = {data: string; inputs: string; cosmos: Call; stop: () => Promise<void>};

async function demoPlace(): Promise<Place> {
	const home = mkdtempSync(path.join(tmpdir(), 'cosmos-reasoner-'));
	const data = path.join(home, 'data');
	return {
		data,
		inputs: path.join(home, 'inputs'),
		cosmos: (words, env) =>
			runCosmos(words, {cwd: home, env: {HOME: home, COSMOS_DATA: data, ...env}}),
		stop: async () => rmSync(home, {recursive: true, force: true}),
	};
}

async function labPlace(): Promise<Place> {
	const lab = await startGpuHost();
	for (const folder of ['cosmos_framework', 'inputs/omni']) {
		mkdirSync(path.join(lab.checkout, folder), {recursive: true});
	}

	return {
		data: lab.data,
		inputs: path.join(lab.client.home, 'inputs'),
		cosmos: (words, env) => lab.cosmos([...words], env),
		stop: () => lab.stop(),
	};
}

describe('enhancement by the reasoner on the demo host', () => enhancements(demoPlace));
describe.skipIf(!available('docker', 'sshd'))(
	'enhancement by the reasoner over SSH in a container',
	() => enhancements(labPlace),
);

function enhancements(makePlace: () => Promise<Place>): void {
	let place: Place;
	let store: Store;
	let prompts: Record<PromptName, string>;
	beforeAll(async () => {
		place = await makePlace();
		prompts = await makePrompts(place.inputs, place.cosmos);
		store = await openStore({folder: place.data});
	});
	afterAll(async () => {
		store?.close();
		await place?.stop();
	});

	const enhance = (words: readonly string[], env = {}) =>
		place.cosmos(['prompt-enhance', ...words, '--model', 'cosmos3'], {
			COSMOS_SIMULATE_STEP: '0',
			...env,
		});
	const latest = async (count: number): Promise<Run[]> =>
		(await store.listRuns({limit: count})).map(({run}) => run).toReversed();

	/** The prompt that has the text of an enhancement. */
	const resultOf = async (run: Run) =>
		run.operation === 'enhance' ? store.getPrompt(run.resultPromptId ?? '') : undefined;

	it('makes structured prompts of a text, a picture and a video, each kind in a container', async () => {
		const ids = [prompts.text, prompts.picture, prompts.video, prompts.controls];
		const {code, stdout, stderr} = await enhance(ids);
		expect({code, stderr}).toMatchObject({code: 0});
		const runs = await latest(4);
		expect(runs.map(({status, model, mode}) => [status, model, mode])).toEqual(
			Array(4).fill(['completed', 'cosmos3', 'reasoner']),
		);
		// The text and the controls have no source to look at: they share a container.
		expect(runs.map(({batch}) => batch?.size)).toEqual([2, 2, undefined, undefined]);
		for (const run of runs) {
			const made = await resultOf(run);
			expect(made).toMatchObject({
				parentId: 'promptId' in run && run.promptId,
				enhancedBy: run.id,
			});
			expect(structureOf(made?.text ?? '')).toHaveProperty('temporal_caption');
			expect(stdout).toContain(`${made?.id}\tnew prompt`);
		}
	});

	it('loses one prompt alone when one answer cannot be used', async () => {
		const {code, stderr} = await enhance([prompts.text, prompts.controls, '--for', 'image'], {
			COSMOS_SIMULATE: 'same-answer@2',
		});
		expect(code).toBe(1);
		const [first, second] = (await latest(2)) as [Run, Run];
		expect(first.status).toBe('completed');
		expect(second).toMatchObject({status: 'failed', failure: {reason: 'bad-answer'}});
		expect(stderr).toContain(
			'the answer of the reasoner cannot be used: there is no JSON object in it',
		);
		const text = (await resultOf(first))?.text ?? '';
		expect(structureOf(text)).not.toHaveProperty('temporal_caption');
	});

	it.each(['empty-answer', 'guardrail', 'oom', 'gated'])(
		'changes nothing when it fails: %s',
		async word => {
			const before = await store.listPrompts();
			const {code} = await enhance([prompts.text, '--no-create-new'], {COSMOS_SIMULATE: word});
			expect(code).toBe(1);
			expect(await store.listPrompts()).toEqual(before);
		},
	);

	it('works through the queue', async () => {
		const words = ['queue', 'add', 'prompt-enhance', prompts.picture, '--model', 'cosmos3'];
		expect(await place.cosmos(words)).toMatchObject({code: 0, stderr: ''});
		const {code} = await place.cosmos(['queue', 'run', '--once'], {COSMOS_SIMULATE_STEP: '0'});
		expect(code).toBe(0);
		expect((await latest(1))[0]).toMatchObject({status: 'completed', mode: 'reasoner'});
	});
}
