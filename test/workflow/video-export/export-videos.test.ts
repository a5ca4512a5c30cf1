import {execFileSync} from 'node:child_process';
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {beforeEach, describe, expect, it, onTestFinished} from 'vitest';
import {openShell, type Shell} from '../../commands/in-process.js';
import {available} from '../../lab/available.js';
import {addResult} from '../../store/result-runs.js';
import {samplePrompt} from '../../store/samples.js';

let shell: Shell;
let to: string;
let promptId: string;

/** A completed run of the prompt, whose result is a file with this text. */
async function addRun(text: string, seed: number, promptName: string): Promise<string> {
	const file = path.join(shell.folder, `${seed}.mp4`);
	await writeFile(file, text);
	const run = await addResult(shell.store, file, given => ({
		...{promptId, promptName, inputs: []},
		settings: {...given.settings, seed},
	}));
	return run.id;
}

beforeEach(async () => {
	shell = await openShell();
	onTestFinished(() => shell.close());
	to = path.join(shell.folder, 'client');
	promptId = (await shell.store.addPrompt(id => samplePrompt(id))).id;
});

const filesIn = async (folder: string) =>
	(await readdir(folder, {recursive: true})).filter(name => name.endsWith('.mp4')).sort();

describe('cosmos export videos', () => {
	it('names files by the template, in folders, and keeps their content', async () => {
		await addRun('one', 7, 'city night');
		await addRun('two', 8, 'city night');
		const {code, stdout} = await shell.cosmos([
			...['export', 'videos', promptId, '--to', to, '--name', '{name}/{n}-seed-{seed}'],
		]);
		expect(code).toBe(0);
		expect(stdout).toContain(path.join(to, 'city night', '1-seed-7.mp4'));
		expect(await filesIn(to)).toEqual(['city night/1-seed-7.mp4', 'city night/2-seed-8.mp4']);
		expect(await readFile(path.join(to, 'city night', '2-seed-8.mp4'), 'utf8')).toBe('two');
		// Nothing else is left, and no folder of the work.
		expect(await readdir(to)).toEqual(['city night']);
	});

	it('makes names that every system takes, and each another one', async () => {
		const hostile = ['../../etc: "x"', 'CON', '-rf\u202e\n', 'caf\u0065\u0301', 'CAF\u00c9'];
		for (const [index, name] of hostile.entries()) {
			await addRun(name, index, name);
		}

		await shell.cosmos(['export', 'videos', promptId, '--to', to, '--name', '{name}']);
		expect(await filesIn(to)).toEqual(
			['etc- -x-.mp4', '_CON.mp4', 'rf.mp4', 'caf\u00e9.mp4', 'CAF\u00c9-2.mp4'].sort(),
		);
	});

	it('replaces nothing, and writes nothing then', async () => {
		await addRun('one', 7, 'a');
		await addRun('two', 8, 'b');
		await mkdir(to);
		await writeFile(path.join(to, 'b-2.mp4'), 'mine');
		const refused = await shell.cosmos(['export', 'videos', promptId, '--to', to]);
		expect(refused).toMatchObject({
			code: 2,
			stderr: expect.stringMatching(/b-2\.mp4 exists\n.*--name/),
		});
		expect(await readdir(to)).toEqual(['b-2.mp4']);
		expect(await readFile(path.join(to, 'b-2.mp4'), 'utf8')).toBe('mine');
	});

	it('prints what it would do, and writes nothing, with --dry-run', async () => {
		const id = await addRun('one', 7, 'a');
		const {stdout, stderr} = await shell.cosmos([
			...['export', 'videos', '--where', 'seed:7', '--to', to, '--dry-run'],
		]);
		expect(stdout).toMatch(new RegExp(`^${id}\\s+${path.join(to, 'a-1.mp4')}`, 'm'));
		expect(stderr).toContain('would export 1 file');
		await expect(readdir(to)).rejects.toMatchObject({code: 'ENOENT'});
	});

	it('takes the runs of a sweep', async () => {
		const id = await addRun('one', 7, 'a');
		await addRun('two', 8, 'b');
		await shell.store.updateRun(id, run => ({
			...run,
			sweep: {id: 'sw_0123456789ab', axes: {seed: 7}},
		}));
		await shell.cosmos(['export', 'videos', 'sw_0123456789ab', '--to', to]);
		expect(await filesIn(to)).toEqual(['a-1.mp4']);
	});

	it('refuses a result that is not what was downloaded, and a word that is none', async () => {
		const id = await addRun('one', 7, 'a');
		const wrong = await shell.cosmos(['export', 'videos', id, '--to', to, '--name', '{sead}']);
		expect(wrong).toMatchObject({code: 2, stderr: expect.stringContaining('Did you mean {seed}?')});
		await writeFile(path.join(shell.store.runFolder(id), 'outputs', 'output.mp4'), 'eno');
		const changed = await shell.cosmos(['export', 'videos', id, '--to', to]);
		expect(changed).toMatchObject({code: 2, stderr: expect.stringContaining('has changed since')});
		expect(await readdir(to)).toEqual([]);
		expect((await shell.cosmos(['export', 'videos', id])).code).toBe(2);
	});

	it.skipIf(!available('ffmpeg'))('writes stills of whole size beside videos', async () => {
		const video = path.join(shell.folder, 'a.mp4');
		execFileSync('ffmpeg', [
			...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=12'],
			...['-frames:v', '6', '-pix_fmt', 'yuv420p', video],
		]);
		const run = await addResult(shell.store, video, () => ({
			...{promptId, promptName: 'a', inputs: []},
		}));
		const {code} = await shell.cosmos(['export', 'videos', run.id, '--to', to, '--posters']);
		expect(code).toBe(0);
		expect((await readdir(to)).sort()).toEqual(['a-1.jpg', 'a-1.mp4']);
		const size = execFileSync('ffprobe', [
			...['-v', 'error', '-show_entries', 'stream=width,height', '-of', 'csv=p=0'],
			path.join(to, 'a-1.jpg'),
		]);
		expect(size.toString().trim()).toBe('640,360');
		// A file that is no video has no still: then nothing is exported.
		const text = await addRun('text', 9, 'b');
		const other = path.join(shell.folder, 'other');
		expect((await shell.cosmos(['export', 'videos', text, '--to', other, '--posters'])).code).toBe(
			2,
		);
		expect(await readdir(other)).toEqual([]);
	});
});
