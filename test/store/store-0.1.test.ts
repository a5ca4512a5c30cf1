import {spawnSync} from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {readKeptView} from '../../source/dashboard/kept-view.js';
import {simulatorFile} from '../../source/package-root.js';
import {schemaVersion} from '../../source/store/documents/schema-version.js';
import {openShell, type Shell} from '../commands/in-process.js';
import {samplePrompt} from './samples.js';

/** A store that version 0.1 has written; README.md beside it says what is in it. */
const packed = path.join(import.meta.dirname, 'store-0.1', 'data.tar.gz');
const tinyVideo = path.join(import.meta.dirname, '..', 'chaos', 'tiny.mp4');
const documents = ['prompts', 'run-index', 'queue', 'jobs'];

let shell: Shell;

beforeEach(async () => {
	shell = await openShell();
	mkdirSync(shell.data);
	const {status} = spawnSync('tar', ['-xzf', packed, '-C', shell.data]);
	expect(status).toBe(0);
	// The hosts of its runs and jobs, all of them this machine with the simulator.
	const etc = path.join(shell.folder, 'etc', 'cosmos');
	mkdirSync(etc, {recursive: true});
	const host = (name: string, more = '') => `[hosts.${name}]
ssh = "local"
engine = "process"
remote_dir = ${JSON.stringify(path.join(shell.folder, name))}
prefix = [${JSON.stringify(process.execPath)}, ${JSON.stringify(simulatorFile())}]
env = ["COSMOS_SIMULATE_STEP"]
simulated = true
${more}
`;
	writeFileSync(path.join(etc, 'config.toml'), host('here') + host('h100', 'groups = ["fast"]'));
});

afterEach(() => shell.close());

/** The output of a call that must succeed. */
async function cosmos(...words: string[]): Promise<string> {
	const answer = await shell.cosmos(words, {env: {COSMOS_SIMULATE_STEP: '0'}});
	expect(answer, words.join(' ')).toMatchObject({code: 0});
	return answer.stdout;
}

const json = async (...words: string[]) => JSON.parse(await cosmos(...words, '--json'));

const readData = (name: string) => readFileSync(path.join(shell.data, name), 'utf8');

function countEach(texts: readonly string[]): Record<string, number> {
	return Object.fromEntries(
		[...new Set(texts)].map(text => [text, texts.filter(one => one === text).length]),
	);
}

/** The documents of a data folder by their files' names. */
function readDocuments(folder: string): Record<string, string> {
	const files = documents.flatMap(name =>
		(existsSync(path.join(folder, name)) ? readdirSync(path.join(folder, name)) : [])
			.filter(file => file.endsWith('.json'))
			.map(file => path.join(name, file)),
	);
	return Object.fromEntries(
		files.map(file => [file, readFileSync(path.join(folder, file), 'utf8')]),
	);
}

/** Every file below a folder with its content. */
function readFolder(folder: string): Record<string, string> {
	const entries = readdirSync(folder, {recursive: true, withFileTypes: true});
	const files = entries
		.filter(entry => entry.isFile())
		.map(entry => path.join(entry.parentPath, entry.name));
	return Object.fromEntries(files.map(file => [file, readFileSync(file, 'latin1')]));
}

/** Makes the documents those of another schema: versions 3 and 4 write these alike. */
function changeVersion(version: number) {
	for (const [file, text] of Object.entries(readDocuments(shell.data))) {
		writeFileSync(
			path.join(shell.data, file),
			text.replace(/^\{"version":\d+/, `{"version":${version}`),
		);
	}
}

/** Gives the prompts videos of this machine: those of the machine that made the store are not here. */
async function bringVideos() {
	const videos = path.join(shell.folder, 'videos');
	mkdirSync(videos);
	for (const name of ['color', 'depth', 'segmentation']) {
		cpSync(tinyVideo, path.join(videos, `${name}.mp4`));
	}

	for (const {id} of await json('list', 'prompts')) {
		await cosmos('edit', id, '--videos', videos);
	}
}

type ListedRun = {
	id: string;
	operation: string;
	model: string;
	status: string;
	settings: Record<string, unknown>;
	batch?: object;
};

const kindOf = ({operation, model}: ListedRun) => `${operation} ${model}`;

/** The states of the jobs, in the order of the list. */
async function jobStates(): Promise<string[]> {
	const {jobs} = await json('queue', 'list');
	return jobs.map(({shown}: {shown: string}) => shown);
}

describe('a store of version 0.1', () => {
	it('is complete, and not changed by reading', async () => {
		const before = readDocuments(shell.data);
		expect(await cosmos('verify', '--deep')).toBe('no problems found\n');
		expect(readDocuments(shell.data)).toEqual(before);
	});

	it('lists prompts, runs of every kind and status, trash, presets and jobs', async () => {
		const prompts: Array<{name: string}> = await json('list', 'prompts');
		expect(prompts.map(({name}) => name)).toEqual([
			'city-night-enhanced',
			'harbour',
			'desert-dusk',
			'city-night',
		]);
		const runs: ListedRun[] = await json('list', 'runs');
		expect(countEach(runs.map(kindOf))).toEqual({
			'transfer transfer1': 23,
			'transfer transfer2.5': 1,
			'upscale transfer1': 2,
			'enhance transfer1': 2,
			'recipe copy': 1,
		});
		const stored = (await shell.store.listRuns()).map(({run}) => run.status);
		expect(countEach(stored)).toEqual({
			...{pending: 1, uploading: 1, starting: 1, running: 1, downloading: 1},
			...{completed: 13, failed: 9, cancelled: 1, uncollected: 1},
		});
		const trash: Array<{kind: string}> = await json('list', 'trash');
		expect(trash.map(({kind}) => kind)).toEqual(['run', 'outputs', 'prompt']);
		expect(await cosmos('presets', 'list')).toBe(
			'best\ttransfer\t--steps 3\ndraft\ttransfer\t--edge 0.5 --steps 12\n',
		);
		expect(await jobStates()).toEqual([
			...['waiting', 'waiting', 'waiting', 'held', 'waiting', 'waiting'],
			...['failed', 'done'],
		]);
	});

	it('shows every prompt and every run', async () => {
		for (const {id} of [...(await json('list', 'prompts')), ...(await json('list', 'runs'))]) {
			expect(await cosmos('show', id)).toContain(id);
		}
	});

	it('has the saved view of the 0.1 dashboard', async () => {
		expect(await readKeptView(shell.data)).toMatchObject({
			subject: 'runs',
			views: {prompts: {sort: 'created'}, runs: {sort: 'status'}},
			filters: {prompts: '', runs: 'city'},
			touring: false,
			lastForms: {transfer: {host: 'here', settings: {steps: 35}}},
		});
	});

	it('restores everything from its trash', async () => {
		const trash: Array<{id: string}> = await json('list', 'trash');
		await cosmos('restore', ...trash.map(({id}) => id));
		expect(await json('list', 'trash')).toEqual([]);
		expect(await cosmos('verify', '--deep')).toBe('no problems found\n');
	});

	it('reruns a run of every kind', async () => {
		await bringVideos();
		const runs: ListedRun[] = await json('list', 'runs');
		const completed = runs.filter(({status}) => status === 'completed');
		const kinds = new Map(completed.map(run => [kindOf(run), run.id]));
		expect(kinds.size).toBe(5);
		for (const id of kinds.values()) {
			await cosmos('rerun', id);
		}
	});

	it('gives a rerun of each transfer by Transfer1 the command and spec that it had', async () => {
		await bringVideos();
		const runs: ListedRun[] = await json('list', 'runs');
		const transfers = runs.filter(run => kindOf(run) === 'transfer transfer1' && !run.batch);
		expect(transfers.length).toBeGreaterThan(3);
		for (const {id, settings} of transfers) {
			const [plan] = await json('rerun', id, '--dry-run');
			const {steps, guidance, sigmaMax, blur, canny, fps, seed} = settings;
			// As 0.1 wrote it, but for torchrun's port: a free one of each job, where it was the usual one.
			expect(plan.command.join(' ')).toBe(
				`torchrun --nproc_per_node=1 --nnodes=1 --standalone cosmos_transfer1/diffusion/inference/transfer.py --checkpoint_dir checkpoints --video_save_folder cosmos-runs/RUN/outputs --controlnet_specs cosmos-runs/RUN/spec.json --num_gpus 1 --num_steps ${steps} --guidance ${guidance} --sigma_max ${sigmaMax} --blur_strength ${blur} --canny_threshold ${canny} --fps ${fps} --seed ${seed}`,
			);
			const before = path.join(shell.data, 'runs', id, 'spec.json');
			if (existsSync(before)) {
				// The prompt may have got more files since; the names of the others are of their content.
				const bare = (text: string) =>
					JSON.parse(text, (key, value) =>
						/^input_(?:control|video_path)$/.test(key) ? undefined : value,
					);
				expect(bare(plan.files[0].text)).toEqual(bare(readFileSync(before, 'utf8')));
			}
		}
	});

	it('keeps the order of its queue, what is held and what is merged when that is changed', async () => {
		type Listed = {id: string; shown: string; note: string; parts: object[]};
		const list = async () =>
			(await json('queue', 'list')).jobs.map(({id, shown, note, parts}: Listed) => {
				return {id, shown, note, parts};
			});
		const before: Listed[] = await list();
		expect(before.map(({parts}) => parts.length)).toContain(2);
		await cosmos('queue', 'resume');
		expect(await list()).toEqual(before);
		expect(await cosmos('verify', '--deep')).toBe('no problems found\n');

		const [first, second] = before as [Listed, Listed];
		await cosmos('queue', 'move', second.id, 'before', first.id);
		expect((await list()).slice(0, 2)).toEqual([second, first]);
		await cosmos('queue', 'undo');
		expect(await list()).toHaveLength(before.length + 1);
	});

	it('runs its queue', async () => {
		await bringVideos();
		await cosmos('queue', 'resume');
		await cosmos('queue', 'run', '--once');
		expect(countEach(await jobStates())).toEqual({held: 1, waiting: 1, failed: 1, done: 5});
	});
});

describe('a store of an older schema', () => {
	const backup = `before-schema-${schemaVersion}`;
	const backups = () => path.join(shell.data, 'backups');

	beforeEach(() => changeVersion(schemaVersion - 1));

	it('is backed up before the first change', async () => {
		const before = readDocuments(shell.data);
		const [presets, view] = ['presets.json', 'dashboard.json'].map(readData);
		expect(await cosmos('verify')).toBe('no problems found\n');
		expect(readDocuments(shell.data)).toEqual(before);
		expect(existsSync(backups())).toBe(false);

		const [{id}] = await json('list', 'prompts');
		const {stderr} = await shell.cosmos(['rate', id, '3']);
		expect(stderr).toContain(path.join(backups(), backup));
		expect(readdirSync(backups())).toEqual([backup]);
		const kept = path.join(backups(), backup);
		expect(readDocuments(kept)).toEqual(before);
		expect(readFileSync(path.join(kept, 'presets.json'), 'utf8')).toBe(presets);
		expect(readFileSync(path.join(kept, 'dashboard.json'), 'utf8')).toBe(view);
		expect(readDocuments(shell.data)).not.toEqual(before);
	});

	it('is backed up before a preset is changed', async () => {
		const presets = readData('presets.json');
		await cosmos('presets', 'delete', 'best');
		expect(readFileSync(path.join(backups(), backup, 'presets.json'), 'utf8')).toBe(presets);
	});

	it('is backed up once: later changes do not touch the backup', async () => {
		const before = readDocuments(shell.data);
		const [{id}] = await json('list', 'prompts');
		for (const stars of ['1', '2', '3']) {
			expect((await shell.cosmos(['rate', id, stars])).code).toBe(0);
		}

		expect(readDocuments(path.join(backups(), backup))).toEqual(before);
	});

	it('is backed up completely although an earlier backup was interrupted', async () => {
		const before = readDocuments(shell.data);
		const partial = path.join(backups(), `${backup}.partial`);
		mkdirSync(path.join(partial, 'prompts'), {recursive: true});
		writeFileSync(path.join(partial, 'prompts', 'half.json'), '{');
		const [{id}] = await json('list', 'prompts');
		await cosmos('rate', id, '3');
		expect(readdirSync(backups())).toEqual([backup]);
		expect(readDocuments(path.join(backups(), backup))).toEqual(before);
	});

	it('is restored by copying the backup back', async () => {
		const [{id}] = await json('list', 'prompts');
		const before = await json('list', 'prompts');
		await cosmos('rate', id, '3');
		for (const name of documents) {
			rmSync(path.join(shell.data, name), {recursive: true, force: true});
		}

		cpSync(path.join(backups(), backup), shell.data, {recursive: true});
		expect(readData('store.json')).toBe(`{"version":${schemaVersion - 1}}\n`);
		expect(await json('list', 'prompts')).toEqual(before);
		expect(await cosmos('verify')).toBe('no problems found\n');
	});
});

describe('a store of a newer schema', () => {
	beforeEach(() => {
		writeFileSync(path.join(shell.data, 'store.json'), `{"version":${schemaVersion + 1}}\n`);
	});

	it.each([
		'list runs',
		'list prompts',
		'list trash',
		'show latest',
		'search city',
		'stats',
		'create prompt words .',
		'edit latest --text words',
		'rate latest 3',
		'inference latest',
		'rerun latest',
		'queue list',
		'queue run --once',
		'presets save one --steps 3',
		'delete run latest --yes',
		'verify',
		'verify --fix',
		'export out.tar',
		'recover',
	])('is rejected in one line, with a hint, and not changed: cosmos %s', async words => {
		const before = readFolder(shell.data);
		const answer = await shell.cosmos(words.split(' '));
		expect(answer).toEqual({
			code: 6,
			stdout: '',
			stderr: `cosmos: ${shell.data} was written by a newer cosmos (schema ${schemaVersion + 1}; this one knows ${schemaVersion})
  Update cosmos. Nothing was changed.
`,
		});
		expect(readFolder(shell.data)).toEqual(before);
	});

	it('is rejected by a program that already has it open', async () => {
		const store = shell.store;
		await expect(store.addPrompt(id => samplePrompt(id))).rejects.toMatchObject({
			kind: 'home',
			message: expect.stringContaining('was written by a newer cosmos'),
		});
	});
});
