import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {openShell, type Shell} from './in-process.js';

let shell: Shell;
let file: string;

beforeEach(async () => {
	shell = await openShell();
	file = path.join(shell.folder, 'new', 'config.toml');
});

afterEach(() => shell.close());

const init = (...words: string[]) => shell.cosmos(['init', ...words, '--config', file]);
const complete = ['--ssh', 'box', '--remote-dir', '~/model', '--image', 'i:1', '--no-test'];
const hosts = async () => (await shell.cosmos(['hosts', '--config', file])).stdout.split('\n')[0];

it('writes a configuration that the program can use', async () => {
	expect(await init('h100', ...complete, '--gpus', '0,1', '--user', 'ada')).toMatchObject({
		code: 0,
		stdout: `${file}\n`,
	});
	expect(await hosts()).toBe('*\th100\tssh ada@box\tdocker\tcosmos3\tgpu0-1\t-\t~/model\ti:1');
});

it('appends to an existing file without changing it', async () => {
	await init('first', ...complete);
	const before = `${readFileSync(file, 'utf8')}# mine`;
	writeFileSync(file, before);
	expect((await init('b.c', ...complete)).code).toBe(0);
	expect(readFileSync(file, 'utf8').startsWith(before)).toBe(true);
	expect((await shell.cosmos(['hosts', '--config', file])).stdout).toMatch(/\tfirst\t.*\n\tb\.c\t/);
});

it('writes a host with Slurm, with the table of its words', async () => {
	const words = [
		'--engine',
		'slurm',
		'--ssh',
		'login',
		'--remote-dir',
		'/scratch/model',
		'--no-test',
	];
	expect((await init('hpc', ...words, '--partition', 'gpu')).code).toBe(0);
	expect(readFileSync(file, 'utf8')).toBe(
		'[hosts.hpc]\nssh = "login"\nengine = "slurm"\nmodel = "cosmos3"\nremote_dir = "/scratch/model"\n\n[hosts.hpc.slurm]\npartition = "gpu"\n',
	);
	expect((await init('other', ...words, '--container', 'apptainer')).stderr).toContain(
		'--image is required',
	);
	expect(await hosts()).toContain('hpc');
});

it('sets the default host if asked to', async () => {
	await init('first', ...complete);
	await init('second', ...complete, '--default');
	expect((await shell.cosmos(['hosts', '--config', file])).stdout).toContain('*\tsecond\t');
});

it.each([
	['a host that is there', ['first', ...complete], 3, 'already has a host "first"'],
	['a name that cannot be one', ['../x', ...complete], 2, 'is not a valid host name'],
	['a list of GPUs that is none', ['x', ...complete, '--gpus', '0;1'], 2, '--gpus must be a list'],
	['an engine that is none', ['x', ...complete, '--engine', 'pbs'], 3, 'there is no engine "pbs"'],
	[
		'a partition without Slurm',
		['x', ...complete, '--partition', 'gpu'],
		2,
		'are for --engine slurm',
	],
	['a missing answer', ['x', '--image', 'i'], 2, '--remote-dir is required'],
])('rejects %s and changes nothing', async (_what, words, code, message) => {
	await init('first', ...complete);
	const before = readFileSync(file, 'utf8');
	const ended = await init(...words);
	expect(ended).toMatchObject({code, stderr: expect.stringContaining(message)});
	expect(readFileSync(file, 'utf8')).toBe(before);
});

it('writes nothing for a host that fails the test, and says why', async () => {
	const words = complete.filter(word => word !== '--no-test');
	// Nothing listens there.
	writeFileSync(path.join(shell.folder, 'key'), 'no key');
	const ended = await init(
		'x',
		...words.slice(2),
		'--ssh',
		'127.0.0.1',
		'--port',
		'1',
		'--key',
		path.join(shell.folder, 'key'),
	);
	expect(ended.code).not.toBe(0);
	expect(ended.stderr).toContain('✖');
	expect(ended.stderr).toContain('nothing was written');
	expect(existsSync(file)).toBe(false);
});
