import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createWorkflow} from '../../source/index.js';
import {samplesFolder} from '../../source/package-root.js';
import {
	archiveOf,
	promptEntry,
	promptId,
	recipe,
	runEntry,
	runId,
} from '../store/hostile-archives.js';
import {openShell, type Shell} from './in-process.js';

const videos = path.join(samplesFolder(), 'city-night');

let shell: Shell;
let file: string;
const cosmos = (...words: string[]) => shell.cosmos(words);

beforeEach(async () => {
	shell = await openShell();
	file = path.join(shell.folder, 'theirs.tar');
});
afterEach(() => shell.close());

async function importing(...entries: readonly Buffer[]): Promise<void> {
	writeFileSync(file, archiveOf(...entries));
	expect((await cosmos('import', file)).code).toBe(0);
}

describe.skipIf(process.platform === 'win32')('a command that came with an archive', () => {
	const mark = () => path.join(shell.folder, 'owned');
	const theirs = () => ({
		...recipe,
		command: ['sh', '-c', 'echo hi >"$1"; cp "$1" "$0/x.mp4"', '{outputs}', mark()],
	});

	beforeEach(async () => {
		await importing(
			promptEntry(),
			runEntry({operation: 'recipe', model: 'denoise', settings: {seed: 1}, recipe: theirs()}),
		);
		expect((await cosmos('edit', promptId, '--videos', videos)).code).toBe(0);
	});

	it('is shown in full and not run without a terminal', async () => {
		const ended = await cosmos('rerun', runId);
		expect(ended).toMatchObject({
			code: 3,
			stderr: expect.stringContaining(`echo hi >"$1"; cp "$1" "$0/x.mp4"' {outputs} ${mark()}`),
		});
		expect(ended.stderr).toContain(`cosmos rerun ${runId} --trust-command`);
		expect(existsSync(mark())).toBe(false);
		expect(await shell.store.runIds()).toEqual([runId]);
	});

	it('is shown by --dry-run, and not run', async () => {
		const ended = await cosmos('rerun', runId, '--dry-run');
		expect(ended).toMatchObject({code: 0, stdout: expect.stringContaining('echo hi')});
		expect(existsSync(mark())).toBe(false);
	});

	it('is rejected by every entry point of the workflow', async () => {
		const workflow = await createWorkflow({
			...{dataDir: shell.data, cwd: shell.folder},
			env: {HOME: shell.folder, XDG_CONFIG_HOME: path.join(shell.folder, 'etc')},
		});
		const request = {
			...({operation: 'recipe', promptId, host: 'demo'} as const),
			recipe: theirs() as never,
		};
		const refused = {
			kind: 'configuration',
			message: expect.stringContaining('echo hi'),
			hint: expect.stringContaining(`cosmos rerun ${runId} --trust-command`),
		};
		await expect(workflow.launch(request)).rejects.toMatchObject(refused);
		await expect(workflow.launchBatch([request])).rejects.toMatchObject(refused);
		await expect(workflow.checkLaunch(request)).rejects.toMatchObject(refused);
		await expect(workflow.checkBatch([request])).rejects.toMatchObject(refused);
		await expect(workflow.queue.add([{requests: [request]}])).rejects.toMatchObject(refused);
		await workflow.close();
		expect(existsSync(mark())).toBe(false);
	});

	it('runs with --trust-command, and is not called simulated', async () => {
		const ended = await cosmos('rerun', runId, '--trust-command');
		expect(ended).toMatchObject({code: 0, stderr: expect.not.stringContaining('simulat')});
		expect(existsSync(mark())).toBe(true);
		const again = (await shell.store.runIds()).at(-1) as string;
		expect((await shell.store.getRun(again))?.run).toMatchObject({simulated: false});
		expect((await shell.store.getRun(again))?.run).not.toHaveProperty('imported');
	});

	it('needs no question when the configuration has the same recipe', async () => {
		mkdirSync(path.join(shell.folder, 'etc', 'cosmos'), {recursive: true});
		const {command, outputs, inputs, timeLimit} = theirs();
		writeFileSync(
			path.join(shell.folder, 'etc', 'cosmos', 'config.toml'),
			`[recipes.denoise]
command = ${JSON.stringify(command)}
outputs = ${JSON.stringify(outputs)}
inputs = ${JSON.stringify(inputs)}
time_limit = ${timeLimit}
`,
		);
		expect((await cosmos('rerun', runId)).code).toBe(0);
		expect(existsSync(mark())).toBe(true);
	});
});

describe('an imported prompt', () => {
	const secret = () => path.join(shell.folder, 'secret.mp4');

	async function importPrompt(input: string, size: number): Promise<void> {
		await importing(
			promptEntry({
				videoDir: path.dirname(input),
				inputs: [{role: 'color', path: input, size, width: 320, height: 176, frames: 48, fps: 24}],
			}),
			runEntry(),
		);
	}

	it('does not upload files that the archive names', async () => {
		writeFileSync(secret(), 'private');
		await importPrompt(secret(), 7);
		const ended = await cosmos('inference', promptId);
		expect(ended).toMatchObject({code: 2, stderr: expect.stringContaining(secret())});
		expect(ended.stderr).toContain(`cosmos edit ${promptId} --videos DIR`);
		expect(existsSync(path.join(shell.data, 'demo-host', 'cosmos-inputs'))).toBe(false);
		expect((await cosmos('show', promptId)).stdout).toContain('not used');
	});

	it('stays unconfirmed in prompts derived from it', async () => {
		await importPrompt(secret(), 7);
		const made = (await cosmos('edit', promptId, '--text', 'Another', '--new')).stdout.trim();
		expect(await cosmos('inference', made)).toMatchObject({code: 2});
		expect(await shell.store.getPrompt(made)).toMatchObject({unconfirmed: true});
	});

	it('can be used with the videos of a folder that the user names', async () => {
		await importPrompt(secret(), 7);
		expect(await cosmos('edit', promptId, '--videos', videos)).toMatchObject({
			code: 0,
			stderr: expect.stringContaining('has the new videos'),
		});
		const prompt = await shell.store.getPrompt(promptId);
		expect(prompt).toMatchObject({videoDir: videos, text: 'A street'});
		expect(prompt).not.toHaveProperty('unconfirmed');
		expect((await cosmos('inference', promptId, '--dry-run')).code).toBe(0);
	});

	it('can be used as it is after an import with --trust-inputs', async () => {
		writeFileSync(file, archiveOf(promptEntry(), runEntry()));
		await cosmos('import', file, '--trust-inputs');
		expect(await shell.store.getPrompt(promptId)).not.toHaveProperty('unconfirmed');
	});

	it('does not upload its video when an upscale is rerun', async () => {
		await importing(
			promptEntry(),
			runEntry({
				...{operation: 'upscale', promptId: undefined, settings: {}},
				inputs: [{role: 'color', path: secret(), size: 7}],
			}),
		);
		expect(await cosmos('rerun', runId)).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('Name the video yourself: cosmos upscale FILE'),
		});
	});
});

describe('an input of a prompt', () => {
	let id: string;
	let folder: string;
	const color = () => path.join(folder, 'color.mp4');

	beforeEach(async () => {
		folder = path.join(shell.folder, 'videos');
		mkdirSync(folder);
		writeFileSync(color(), readFileSync(path.join(videos, 'color.mp4')));
		id = (await cosmos('create', 'prompt', 'A street', folder)).stdout.trim();
	});

	it('is not uploaded if it has become something else since the prompt was created', async () => {
		writeFileSync(color(), 'short');
		const ended = await cosmos('inference', id, '--dry-run');
		expect(ended).toMatchObject({code: 2, stderr: expect.stringContaining('it is a text file')});
		expect(ended.stderr).toContain('an input of street has changed: ');
		expect(ended.stderr).toContain(`cosmos edit ${id} --videos DIR`);
	});

	it.skipIf(process.platform === 'win32')('that is a FIFO is not waited for', async () => {
		expect(spawnSync('sh', ['-c', 'rm "$1" && mkfifo "$1"', 'sh', color()]).status).toBe(0);
		expect(await cosmos('inference', id, '--dry-run')).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('is not a regular file'),
		});
	});
});

describe.skipIf(process.platform === 'win32')('a text that is edited', () => {
	it('is written to a new file in a private folder, whatever the name of the prompt', async () => {
		const {editText} = await import('../../source/workflow/prompts/edit-text.js');
		const names = ['../victim/requirements', '/etc/passwd', '', '..', 'a\nb', '夜'.repeat(300)];
		for (const name of names) {
			const log = path.join(shell.folder, 'log');
			const editor = `sh -c 'echo "$1" >${log}; stat -c %a "$(dirname "$1")" "$1" >>${log}' sh`;
			expect(await editText('words', name, {...process.env, VISUAL: editor})).toBe('words');
			const [edited = '', folderMode, fileMode] = readFileSync(log, 'utf8').trim().split('\n');
			expect(path.basename(path.dirname(edited))).toMatch(/^cosmos-edit-/);
			expect(path.basename(edited)).toMatch(/^[\p{L}\p{N}-]+\.txt$/u);
			expect([folderMode, fileMode]).toEqual(['700', '600']);
			expect(existsSync(edited)).toBe(false);
		}

		expect(readdirSync(shell.folder).sort()).toEqual(['log']);
	});
});
