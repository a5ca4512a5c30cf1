import {cpSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createWorkflow} from '../../source/index.js';
import {samplesFolder} from '../../source/package-root.js';
import {openShell, type Shell} from './in-process.js';

let shell: Shell;
/** A prompt that names no family, and one that is for Transfer2.5; both with a mask. */
let plain: string;
let forNew: string;

const config = `
[hosts.old]
remote_dir = "~/cosmos-transfer1"
image = "transfer1:1"

[hosts.new]
remote_dir = "~/cosmos-transfer2.5"
image = "transfer2.5:1"
model = "transfer2.5"
gpus = [0, 1]
`;

beforeAll(async () => {
	shell = await openShell();
	writeFileSync(path.join(shell.folder, 'cosmos.toml'), config);
	const videos = path.join(shell.folder, 'shots');
	mkdirSync(videos);
	for (const [from, to] of [
		['color', 'color'],
		['depth', 'depth'],
		['depth', 'depth_mask'],
	]) {
		cpSync(path.join(samplesFolder(), 'city-night', `${from}.mp4`), path.join(videos, `${to}.mp4`));
	}

	const create = (...words: string[]) =>
		shell.cosmos(['create', 'prompt', 'A street', videos, ...words]);
	plain = (await create()).stdout.trim();
	forNew = (await create('--model', 'transfer2.5')).stdout.trim();
});
afterAll(() => shell.close());

const at = () => ['--config', path.join(shell.folder, 'cosmos.toml')];
async function plan(words: readonly string[], verb = 'inference') {
	const {stdout, stderr} = await shell.cosmos([verb, ...words, ...at(), '--dry-run', '--json']);
	return stdout === '' ? expect.fail(stderr) : [JSON.parse(stdout)].flat()[0];
}

describe('the family of a run', () => {
	it('is set by the run, then the prompt, then the host', async () => {
		const modelOf = async (...words: string[]) => (await plan(words)).task.model;
		expect(await modelOf(plain, '--host', 'old')).toBe('transfer1');
		expect(await modelOf(plain, '--host', 'new')).toBe('transfer2.5');
		expect(await modelOf(forNew, '--host', 'old')).toBe('transfer2.5');
		expect(await modelOf(forNew, '--host', 'new', '--model', 'transfer1')).toBe('transfer1');
		expect((await shell.cosmos(['show', forNew])).stdout).toMatch(/^model +transfer2\.5$/m);
	});

	it('can come from a preset', async () => {
		const save = ['presets', 'save', 'draft', '--model', 'transfer2.5', '--guidance', '1'];
		expect((await shell.cosmos(save)).stderr).toContain('draft: --guidance 1');
		const {task} = await plan([plain, '--host', 'old', '--preset', 'draft']);
		expect(task).toMatchObject({model: 'transfer2.5', settings: {guidance: 1}});
		const words = ['inference', plain, '--preset', 'draft', '--model', 'transfer1', '--dry-run'];
		const refused = await shell.cosmos([...words, ...at()]);
		expect(refused.stderr).toContain('preset "draft" is for transfer2.5');
	});

	it('decides the command and which masks are uploaded', async () => {
		const planned = await plan([plain, '--host', 'new']);
		expect(planned.command.slice(0, 2)).toEqual(['torchrun', '--nproc_per_node=2']);
		const roles = (one: {uploads: Array<{role: string}>}) => one.uploads.map(({role}) => role);
		expect(roles(planned)).toEqual(['color', 'depth', 'depth_mask']);
		expect(JSON.parse(planned.files[0].text).depth.mask_path).toMatch(
			/^\.\.\/\.\.\/cosmos-inputs\//,
		);
		expect(roles(await plan([plain, '--host', 'new', '--no-depth-mask']))).toEqual([
			'color',
			'depth',
		]);
		expect(roles(await plan([plain, '--host', 'old']))).toEqual(['color', 'depth']);
	});

	it('is the same for all runs of a batch', async () => {
		const words = ['inference', plain, forNew, '--batch', '--host', 'old', '--dry-run', ...at()];
		const {code, stderr} = await shell.cosmos(words);
		expect(stderr).toContain('one is of transfer1, the other of transfer2.5');
		expect(code).toBe(2);
	});

	it('keeps transfers of Transfer2.5 with different controls out of one container', async () => {
		const edge = {vis: 0, depth: 0, seg: 0};
		const requests = [
			{promptId: plain, host: 'new'},
			{promptId: forNew, host: 'new', settings: edge},
		];
		const workflow = await createWorkflow({
			...{dataDir: shell.data, cwd: shell.folder, configFile: at()[1]},
			env: {HOME: shell.folder, XDG_CONFIG_HOME: path.join(shell.folder, 'etc')},
		});
		const refused = {
			kind: 'usage',
			message: expect.stringMatching(
				`^\\S+ \\(${plain}\\) and \\S+ \\(${forNew}\\) cannot share a batch: the first uses vis, edge, depth, seg; the second uses edge$`,
			),
			hint: 'Cosmos-Transfer2.5 mixes up the weights of a batch with different controls. Run the others without --batch.',
		};
		await expect(workflow.checkBatch(requests)).rejects.toMatchObject(refused);
		await expect(workflow.planBatch(requests)).rejects.toMatchObject(refused);
		await expect(workflow.launchBatch(requests)).rejects.toMatchObject(refused);
		await expect(workflow.queue.add([{requests}])).rejects.toMatchObject(refused);
		expect(await shell.store.runIds()).toEqual([]);

		const same = {promptId: plain, host: 'new', settings: {...edge, edge: 0.5}};
		await workflow.queue.add([...requests, same].map(request => ({requests: [request]})));
		const {groups} = await workflow.queue.plan({mixed: true});
		expect(groups.map(({jobs, controls}) => [jobs.length, controls])).toEqual([[2, ['edge']]]);
		await workflow.close();
	});

	it('is rejected if it does not exist', async () => {
		const words = [
			'inference',
			plain,
			'--model',
			'transfer2',
			'--host',
			'old',
			'--dry-run',
			...at(),
		];
		expect((await shell.cosmos(words)).stderr).toMatch(
			/there is no model "transfer2"\n.*transfer2?/,
		);
	});
});
