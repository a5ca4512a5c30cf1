import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest';
import {isMedia} from '../../../source/domain/inputs/media.js';
import {gpuNeedsOf} from '../../../source/domain/models/families.js';
import type {Family, Mode} from '../../../source/domain/models/family.js';
import {jobOf, resultOf} from '../../../source/domain/models/models.js';
import {timeLimit} from '../../../source/domain/settings/settings.js';
import {
	kindName,
	resolveSettings,
	settingValues,
} from '../../../source/domain/settings/settings-tables.js';
import {parentVideo} from '../../../source/workflow/launch/upscale-parent.js';
import {addPromptWithVideo, openShell, type Shell} from '../../commands/in-process.js';

/** A family that does several things, with inputs of its own: as Cosmos 3 is shaped. */
const wide = vi.hoisted((): Family => {
	const limit = {
		key: 'timeLimit',
		label: 'time limit',
		help: 'seconds after which the job is stopped',
		main: true,
		scope: 'sample',
		kind: 'integer',
		default: 60,
		min: 10,
		max: 600,
		step: 10,
	} as const;
	const number = (key: string, scope: 'process' | 'sample') =>
		({
			key,
			label: key,
			help: key,
			main: true,
			scope,
			kind: 'integer',
			default: 1,
			min: 1,
			max: 9,
			step: 1,
		}) as const;
	const size = {
		key: 'checkpoint',
		label: 'checkpoint',
		help: 'which size of the model does it',
		main: true,
		scope: 'process',
		kind: 'choice',
		default: 'Nano',
		choices: ['Nano', 'Super'],
	} as const;
	const mode = (name: string, requires: string[], more: Partial<Mode>): Mode => ({
		name,
		requires,
		settings: [limit],
		conflictIn: () => undefined,
		needs: () => false,
		job: ({promptText, settings}, {runFolder, inputs}) => ({
			files: [{name: 'spec.json', text: JSON.stringify({name, promptText, inputs, settings})}],
			command: ['wide', name, runFolder],
		}),
		result: () => ({title: 'vision.mp4', has: file => file === 'vision.mp4'}),
		sampling: /^Using sampler/,
		...more,
	});
	return {
		name: 'wide3',
		title: 'Wide 3',
		roles: [
			{role: 'edge', kinds: ['video', 'image'], names: ['edge']},
			{role: 'wsm', kinds: ['video'], names: ['wsm', 'world-scenario']},
			{role: 'depth', kinds: ['video'], names: ['depth']},
			{role: 'seg', kinds: ['video'], names: ['seg']},
		],
		modes: [
			mode('transfer', ['wsm'], {
				settings: [number('steps', 'sample'), number('chunk', 'sample'), size, limit],
			}),
			mode('image2video', ['image'], {settings: [number('steps', 'sample'), limit]}),
			mode('follow', [], {
				requiresOne: ['depth', 'seg'],
				settings: [number('fps', 'sample'), number('guide', 'sample'), limit],
				defaultsFor: (inputs, given) => ({
					fps: inputs.length,
					guide: Number(given.fps ?? inputs.length) + 1,
				}),
				unused: ({fps}, inputs): Record<string, string> =>
					inputs.length > 1 || fps === 9 ? {guide: 'two are guide enough'} : {},
				meanings: ({fps}) => ({fps: `${Number(fps) * 10} frames`}),
				refusedInput: ({fps}) => (fps === 8 ? 'depth has too few frames' : undefined),
				needs: () => true,
			}),
			mode('text2image', [], {
				settings: [number('outputs', 'sample'), limit],
				result: () => ({title: 'vision.jpg', has: file => /(^|\/)vision\.jpg$/.test(file)}),
			}),
		],
		checkout: {name: 'wide', needs: 'wide', hint: 'Clone wide there.'},
		checkpoints: [
			{name: 'Nano', memory: 32, gpus: 1},
			{name: 'Super', memory: 60, gpus: 4, defaults: {steps: 7}},
		],
		savesMemory: [],
	};
});

vi.mock('../../../source/domain/models/family-list.js', async original => {
	const {families} = await original<{families: Family[]}>();
	return {families: [...families, wide]};
});

const png = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
	'base64',
);

let shell: Shell;
let text: string;
let image: string;
let control: string;
beforeAll(async () => {
	shell = await openShell();
	const still = path.join(shell.folder, 'still.png');
	writeFileSync(still, png);
	mkdirSync(path.join(shell.folder, 'shots'));
	const create = async (...words: string[]) =>
		(
			await shell.cosmos(['create', 'prompt', 'A street', '--model', 'wide3', ...words])
		).stdout.trim();
	text = await create();
	image = await create(still);
	const prompt = await addPromptWithVideo(shell);
	const [input] = prompt.inputs;
	const made = await shell.store.addPrompt(id => ({
		...prompt,
		id,
		model: 'wide3',
		inputs: [{...(input ?? expect.fail('no input')), role: 'wsm'}],
	}));
	control = made.id;
});
afterAll(() => shell.close());

async function plan(id: string, ...words: string[]) {
	const call = ['inference', id, '--host', 'demo', '--dry-run', '--json', ...words];
	const {code, stdout, stderr} = await shell.cosmos(call);
	return code === 0 ? [JSON.parse(stdout)].flat()[0] : JSON.parse(stderr);
}

describe('a family with several modes', () => {
	it('does what the inputs of a prompt are for', async () => {
		expect((await plan(text)).task).toMatchObject({model: 'wide3', mode: 'text2image', inputs: []});
		expect((await plan(image)).task).toMatchObject({
			mode: 'image2video',
			inputs: [{role: 'image'}],
		});
		expect((await plan(control)).task).toMatchObject({mode: 'transfer', inputs: [{role: 'wsm'}]});
	});

	it('does what a call says', async () => {
		const {task, command} = await plan(image, '--mode', 'text2image', '--outputs', '3');
		expect(task).toMatchObject({mode: 'text2image', settings: {outputs: 3}, inputs: []});
		expect(command).toEqual(['wide', 'text2image', 'cosmos-runs/RUN']);
	});

	it.each([
		['image2video', 'bad-input', 'wide3 image2video needs image, and street has none'],
		['transfer', 'bad-input', 'wide3 transfer needs wsm, and street has none'],
		['video2video', 'unknown-mode', 'wide3 has no mode "video2video"'],
	])('refuses the mode %s for a text alone', async (mode, code, message) => {
		expect(await plan(text, '--mode', mode)).toMatchObject({code, message});
	});

	it('has the settings of its mode alone', async () => {
		expect(await plan(image, '--outputs', '2')).toMatchObject({
			code: 'invalid-setting',
			message: '--outputs is not a setting of wide3 image2video',
		});
		expect((await plan(image, '--steps', '4')).task.settings).toEqual({steps: 4, timeLimit: 60});
	});

	it('has one flag for each setting of its modes, and one for the mode', async () => {
		const {stdout} = await shell.cosmos(['inference', '--help'], {bare: true});
		expect(stdout).toMatch(/--mode NAME +what the model does: transfer, [\w,\s]+ or\s+follow/);
		expect(stdout).toMatch(/--chunk N +wide3 \(transfer\): chunk \(1 to 9; default 1\)/);
	});

	it.each([
		['text2image', {outputs: 2, timeLimit: 60}, '0/vision.jpg'],
		['transfer', {steps: 1, chunk: 5, checkpoint: 'Nano', timeLimit: 60}, 'vision.mp4'],
	])('stores a run of %s with its settings, and knows its result', async (mode, settings, file) => {
		const {task} = await plan(text, '--mode', 'text2image');
		const run = await shell.store.addRun(
			id =>
				({
					...task,
					...{id, mode, settings, host: 'demo', lane: 'gpu0', simulated: true},
					...{createdAt: '2026-11-24T12:00:00Z', times: {}, status: 'pending'},
					owner: {pid: 1, startTime: '', bootId: '', machine: ''},
				}) as never,
		);
		const {run: found} = (await shell.store.getRun(run.id)) ?? expect.fail('no run');
		expect(found).toMatchObject({mode, settings});
		expect(kindName(found)).toBe(`wide3 ${mode}`);
		expect(resultOf(found).has(file)).toBe(true);
		expect(jobOf(found, {runFolder: 'r', inputs: {}, gpuCount: 1}).command[1]).toBe(mode);
		const {stdout} = await shell.cosmos([
			'rerun',
			run.id,
			'--dry-run',
			'--json',
			'--mode',
			'text2image',
		]);
		expect([JSON.parse(stdout)].flat()[0].task.mode).toBe('text2image');
	});

	describe('with values that follow from the inputs', () => {
		const kind = {operation: 'transfer', model: 'wide3', mode: 'follow'} as const;
		let one: string;
		let two: string;
		beforeAll(async () => {
			const prompt = await addPromptWithVideo(shell);
			const [input] = prompt.inputs;
			const withRoles = async (...roles: string[]) => {
				const inputs = roles.map(role => ({...(input ?? expect.fail('no input')), role}));
				return (await shell.store.addPrompt(id => ({...prompt, id, model: 'wide3', inputs}))).id;
			};

			one = await withRoles('depth');
			two = await withRoles('depth', 'seg');
		});

		it('sends them all', async () => {
			expect((await plan(one, '--mode', 'follow')).task.settings).toMatchObject({fps: 1, guide: 2});
			expect((await plan(two, '--mode', 'follow')).task.settings).toMatchObject({fps: 2, guide: 3});
			expect((await plan(one, '--mode', 'follow', '--fps', '4')).task.settings).toMatchObject({
				fps: 4,
				guide: 5,
			});
		});

		it('refuses what would do nothing, unless it says what is so anyway', async () => {
			expect(await plan(two, '--mode', 'follow', '--guide', '5')).toMatchObject({
				code: 'invalid-setting',
				message: '--guide: two are guide enough',
			});
			expect((await plan(two, '--mode', 'follow', '--guide', '3')).task.settings.guide).toBe(3);
		});

		it('refuses an input, and the lack of all of several', async () => {
			expect(await plan(one, '--mode', 'follow', '--fps', '8')).toMatchObject({
				code: 'bad-input',
				message: 'wide3 follow: depth has too few frames',
			});
			expect(await plan(text, '--mode', 'follow')).toMatchObject({
				code: 'bad-input',
				message: 'wide3 follow needs depth or seg, and street has none',
			});
		});

		it('tells a form all of it while it is filled in', async () => {
			const inputs = ((await shell.store.getPrompt(two))?.inputs ?? []).filter(isMedia);
			expect(resolveSettings(kind, {fps: 3}, inputs)).toMatchObject({
				values: {fps: 3, guide: 4},
				unused: {guide: 'two are guide enough'},
				meanings: {fps: '30 frames'},
			});
			expect(resolveSettings(kind, {fps: 'x'}, inputs)).toMatchObject({
				values: {fps: 'x', guide: 3},
				unused: {},
				meanings: {},
			});
		});
	});

	it('has the defaults of the checkpoint', async () => {
		expect((await plan(control)).task.settings).toMatchObject({checkpoint: 'Nano', steps: 1});
		const large = (await plan(control, '--checkpoint', 'Super')).task.settings;
		expect(large).toMatchObject({checkpoint: 'Super', steps: 7});
		expect(await plan(control, '--checkpoint', 'Super', '--steps', '2')).toMatchObject({
			task: {settings: {steps: 2}},
		});
		expect(gpuNeedsOf('wide3', large)).toEqual({memory: 60, gpus: 4, who: 'wide3 Super'});
		const changed = settingValues({operation: 'transfer', model: 'wide3', settings: large}).filter(
			one => one.changed,
		);
		expect(changed.map(({row}) => row.key)).toEqual(['checkpoint']);
	});

	it('keeps a preset for one of its modes', async () => {
		const save = [
			'presets',
			'save',
			'many',
			'--model',
			'wide3',
			'--mode',
			'text2image',
			'--outputs',
			'4',
		];
		expect((await shell.cosmos(save)).code).toBe(0);
		const {task} = await plan(image, '--preset', 'many');
		expect(task).toMatchObject({mode: 'text2image', settings: {outputs: 4}});
	});

	it('is queued with the mode that it had when it was added', async () => {
		const added = await shell.cosmos([
			'queue',
			'add',
			'inference',
			image,
			'--host',
			'demo',
			'--json',
		]);
		const [job] = [JSON.parse(added.stdout)].flat();
		expect(job.parts[0].request).toMatchObject({model: 'wide3', mode: 'image2video'});
	});
});

describe('what a run has made', () => {
	const files = (...names: string[]) =>
		names.map(name => ({name, size: 5, sha256: 'ab'.repeat(32)}));

	async function completed(model: string, mode: string | undefined, ...names: string[]) {
		const id = model === 'wide3' ? text : (await addPromptWithVideo(shell)).id;
		const {task} = await plan(id, '--model', model);
		return shell.store.addRun(
			id =>
				({
					...task,
					...(mode && {mode, settings: {timeLimit: 60}}),
					...{id, host: 'demo', lane: 'gpu0', simulated: true, times: {}},
					...{
						createdAt: '2026-11-24T12:00:00Z',
						owner: {pid: 1, startTime: '', bootId: '', machine: ''},
					},
					...{status: 'completed', exitCode: 0, outputs: files(...names)},
				}) as never,
		);
	}

	const opened = async (...words: string[]) => {
		const {stdout, stderr} = await shell.cosmos(['open', ...words, '--print']);
		return stdout.trim().split('/outputs/').at(-1) || stderr.split('\n')[0];
	};

	it.each([
		[
			'transfer1',
			undefined,
			['depth_input_control_0.mp4', 'output.mp4', 'output.txt'],
			'output.mp4',
		],
		['wide3', 'text2image', ['0/vision.jpg', '1/vision.jpg', '0/sample.json'], '0/vision.jpg'],
		['wide3', 'transfer', ['control_edge.mp4', 'vision.mp4'], 'vision.mp4'],
	])('is opened by its result: %s %s', async (model, mode, names, file) => {
		const {id} = await completed(model, mode, ...names);
		expect(await opened(id)).toBe(file);
		for (const name of names) {
			expect(await opened(id, '--output', name)).toBe(name);
		}

		expect(await opened(id, '--output', 'other.mp4')).toBe(`cosmos: ${id} has no output other.mp4`);
	});

	it('is upscaled where it is a video, whatever its name', async () => {
		const {id} = await completed('wide3', 'transfer', 'control_edge.mp4', 'vision.mp4');
		const folder = path.join(shell.store.runFolder(id), 'outputs');
		mkdirSync(folder, {recursive: true});
		writeFileSync(path.join(folder, 'vision.mp4'), 'video');
		const {input} = await parentVideo(shell.store, id);
		expect(input).toEqual({role: 'color', path: path.join(folder, 'vision.mp4'), size: 5});
		const image = await completed('wide3', 'text2image', 'vision.jpg');
		await expect(parentVideo(shell.store, image.id)).rejects.toThrow('made no video');
	});
});

it('leaves a family with one mode without a word of it', async () => {
	const {id} = await addPromptWithVideo(shell);
	const {task} = await plan(id, '--model', 'transfer1');
	expect(task).not.toHaveProperty('mode');
	expect(timeLimit(task.settings.timeLimit).default).toBe(3600);
});
