import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import type {Inputs} from '../../../source/domain/models/family.js';
import {describeNeed} from '../../../source/domain/models/gpu-memory.js';
import {
	memoryNeedOf,
	memoryWarning,
	type SizedTask,
} from '../../../source/domain/models/memory-warning.js';
import {resolveSettings} from '../../../source/domain/settings/settings-tables.js';
import type {GpuFacts} from '../../../source/domain/types.js';
import {image, video} from './cosmos3/cosmos3-task.js';

const task = (model: string, mode: string | undefined, given = {}, inputs: Inputs = []) =>
	({
		...{operation: 'transfer', model, ...(mode && {mode})},
		settings: resolveSettings({operation: 'transfer', model, mode}, given, inputs).values,
	}) as unknown as SizedTask;
const nano = (mode: string, given = {}, inputs: Inputs = []) =>
	task('cosmos3', mode, given, inputs);
const need = (one: SizedTask, gpus = 1) => Math.round(memoryNeedOf(one, gpus)?.gibibytes ?? 0);
const cards = (...gibibytes: number[]) =>
	gibibytes.map((size, index): GpuFacts => ({index, name: 'GPU', memoryTotal: size * 1024}));

const depth = [video('depth', {frames: 121})];
const big = {checkpoint: 'Cosmos3-Super'};

describe('the GPU memory of a run', () => {
	// The rows of NVIDIA's NIM in GiB: 58 and 64 for Nano, 150 and 160 for Super on one GPU.
	it.each<[SizedTask, number, number]>([
		[nano('text2video'), 1, 58],
		[nano('transfer', {}, depth), 1, 65],
		[nano('text2video', big), 1, 150],
		[nano('transfer', big, depth), 1, 159],
	])('is for Cosmos 3 what NVIDIA asks for, within 2 %%: %#', (one, gpus, stated) => {
		expect(need(one, gpus)).toBe(stated);
	});

	it.each<[string, SizedTask, number, number]>([
		['with fewer lines', nano('text2video', {resolution: '480'}), 1, 43],
		['with few lines', nano('text2video', {resolution: '256'}), 1, 34],
		['with fewer frames', nano('text2video', {frames: 93}), 1, 45],
		['of a picture', nano('text2image'), 1, 32],
		['of a text', nano('reasoner', {}, [image('image')]), 1, 32],
		['of the small checkpoint', nano('text2video', {checkpoint: 'Cosmos3-Edge'}), 1, 16],
		['with the guardrails offloaded', nano('text2video', {offloadGuardrails: true}), 1, 57],
		['without the guardrails', nano('text2video', {guardrails: false}), 1, 57],
		['with two controls', nano('transfer', {}, [...depth, video('edge', {frames: 121})]), 1, 82],
		['on more GPUs, each of which has all weights', nano('text2video'), 4, 58],
		['of weights that are divided', nano('text2video', big), 4, 61],
		['of weights that are divided by more', nano('text2video', big), 8, 46],
		['of Transfer1', task('transfer1', undefined), 1, 79],
		[
			'of Transfer1 without its text encoder',
			task('transfer1', undefined, {offloadTextEncoder: true}),
			1,
			70,
		],
		[
			'of Transfer1 with one control',
			task('transfer1', undefined, {offloadTextEncoder: true, vis: 0, depth: 0, seg: 0}),
			1,
			66,
		],
		[
			'of Transfer1 with everything offloaded',
			task('transfer1', undefined, {
				...{offloadTextEncoder: true, offloadGuardrails: true, offloadTransformer: true},
			}),
			1,
			57,
		],
		['of Transfer2.5', task('transfer2.5', undefined), 1, 61],
	])('is another %s', (_what, one, gpus, gibibytes) => {
		expect(need(one, gpus)).toBe(gibibytes);
	});

	it('is known of an upscale and an enhancement, not of a recipe', () => {
		const kinds = ['upscale', 'enhance', 'recipe'].map(
			operation => ({operation, model: 'transfer1', settings: {}}) as unknown as SizedTask,
		);
		expect(kinds.map(kind => need(kind))).toEqual([79, 26, 0]);
	});

	it.each([
		['the checkpoint by the reasoner of Cosmos 3', 'reasoner', {}, 32],
		['another checkpoint by the reasoner', 'reasoner', {checkpoint: 'Cosmos3-Edge'}, 9],
		['nothing by a chat endpoint', 'endpoint', {}, 0],
	])('is that of %s when a text is enhanced', (_what, mode, given, gibibytes) => {
		const kind = {operation: 'enhance', model: 'cosmos3', mode} as const;
		const {values: settings} = resolveSettings(kind, given, []);
		expect(need({...kind, settings} as unknown as SizedTask)).toBe(gibibytes);
	});

	it('is said with where it is from', () => {
		expect(describeNeed(memoryNeedOf(task('transfer2.5', undefined), 1) ?? expect.fail())).toBe(
			'61 GiB (stated by NVIDIA in docs/inference.md of cosmos-transfer2.5, for 720 lines and one control)',
		);
		expect(describeNeed(memoryNeedOf(nano('text2video'), 1) ?? expect.fail())).toBe(
			"about 58 GiB (reckoned from the memory that NVIDIA's NIM for Cosmos 3 asks for (support matrix, 2026))",
		);
	});
});

describe('the table of docs/models.md', () => {
	const text = readFileSync('docs/models.md', 'utf8');
	const rows = text
		.split('\n')
		.map(line => line.split('|').map(cell => cell.trim()))
		.filter(cells => /^Cosmos(?:3|-Transfer)/.test(cells[1] ?? '') && /^\d+$/.test(cells[5] ?? ''));

	it('has a row for each model', () => {
		expect(rows.length).toBeGreaterThan(12);
	});

	it.each(rows.map(cells => cells.slice(1, 7)))(
		'says what a launch is warned by: %s, %s controls, %s, %s',
		(model = '', controls = '', size = '', flags = '', gibibytes = '') => {
			const isCosmos3 = model.startsWith('Cosmos3');
			const [, resolution, frames] = /^(\d+), (\d+) frames$/.exec(size) ?? [];
			const offloads = Object.fromEntries(
				[...flags.matchAll(/--offload-(\w+)(?:-(\w+))?/g)].map(([, one = '', two]) => [
					`offload${upper(one)}${two ? upper(two) : ''}`,
					true,
				]),
			);
			const named = ['depth', 'edge', 'seg', 'vis'];
			for (const count of controls === 'none' ? [0] : controls.split(' to ').map(Number)) {
				const weights = Object.fromEntries(
					named.map((name, at) => [name, at < count ? 0.5 : 0] as const),
				);
				const given = isCosmos3
					? {checkpoint: model.split(',')[0], resolution, frames: Number(frames), ...offloads}
					: {...offloads, ...weights};
				const inputs = named.slice(0, count).map(name => video(name, {frames: Number(frames)}));
				const one = isCosmos3
					? nano(count > 0 ? 'transfer' : 'text2video', given, inputs)
					: task(model.replace('Cosmos-Transfer', 'transfer'), undefined, given);
				const gpus = Number(/(\d) GPUs/.exec(model)?.[1] ?? 1);
				expect(Math.ceil(memoryNeedOf(one, gpus)?.gibibytes ?? 0)).toBe(Number(gibibytes));
			}
		},
	);
});

const upper = (word: string) => word[0]?.toUpperCase() + word.slice(1);

describe('the warning of a slot that is too small', () => {
	const warn = (one: SizedTask, ...sizes: number[]) =>
		memoryWarning('h100', cards(...sizes), [one]);

	it('names the card, the need and what would fit', () => {
		expect(warn(nano('text2video'), 45)).toMatch(
			/^GPU 0 of h100 has 45 GiB, and this needs about 58 GiB \(reckoned from .*\); with --checkpoint Cosmos3-Edge about 35 GiB, with --resolution 256 about 34 GiB, with --resolution 480 about 44 GiB$/,
		);
		expect(warn(task('transfer1', undefined), 72)).toMatch(
			/; with --offload-text-encoder about 71 GiB, with --offload-guardrails about 65 GiB$/,
		);
	});

	it('says how far all of it goes where nothing alone is enough', () => {
		expect(warn(task('transfer1', undefined), 24)).toMatch(
			/; with --offload-text-encoder --offload-guardrails about 57 GiB$/,
		);
	});

	it('names the smallest card of the slot, and the largest run of a batch', () => {
		expect(warn(nano('text2video', big), 80, 80, 40, 80)).toMatch(/^GPU 2 of h100 has 40 GiB/);
		const two = [nano('text2image'), nano('text2video')];
		expect(memoryWarning('h100', cards(40), two)).toContain('needs about 58 GiB');
	});

	it('is none where it fits, or the memory or the need is not known', () => {
		expect(warn(nano('text2video'), 80)).toBeUndefined();
		expect(warn(task('transfer1', undefined), 79.6)).toBeUndefined();
		expect(warn(nano('text2video'))).toBeUndefined();
		expect(memoryWarning('h100', [{index: 0, name: 'GPU'}], [nano('text2video')])).toBeUndefined();
	});
});
