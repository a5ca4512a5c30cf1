import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {homedir, tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {localTransport} from '../../../source/executor/transport/local.js';

const transport = localTransport('here');
const node = process.execPath;
let folder = '';
const at = (...names: string[]) => path.join(folder, ...names);

beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-local-'));
});

afterAll(async () => rm(folder, {recursive: true}));

test.skipIf(process.platform === 'win32')(
	'uploads are private, or follow the umask if the host is shared',
	async () => {
		const modeOf = (...names: string[]) => (statSync(at(...names)).mode & 0o777).toString(8);
		writeFileSync(at('words'), 'words');
		mkdirSync(at('usual'));
		for (const [via, name, modes] of [
			[transport, 'private', ['700', '600']],
			[localTransport('here', true), 'shared', [modeOf('usual'), modeOf('words')]],
		] as const) {
			await via.makeFolder(at(name, 'below'));
			await via.upload(at('words'), at(name, 'file'));
			expect([modeOf(name), modeOf(name, 'file')]).toEqual(modes);
			expect(modeOf(name, 'below')).toBe(modes[0]);
		}
	},
);

describe('commands', () => {
	const run = (script: string, ...words: string[]) =>
		transport.exec([node, '-e', script, ...words]);

	test('return their code and both streams', async () => {
		const script = 'console.log("out"); console.error("err"); process.exitCode = 4';
		expect(await run(script)).toEqual({code: 4, stdout: 'out\n', stderr: 'err\n'});
	});

	test('get their arguments unchanged', async () => {
		const words = ['', 'a b', '$HOME `id`', `"'\\`, 'x\ny', '🚗'];
		const {stdout} = await run('console.log(JSON.stringify(process.argv.slice(1)))', ...words);
		expect(JSON.parse(stdout)).toEqual(words);
	});

	test('have code 127 if they are missing, like in a shell', async () => {
		expect(await transport.exec(['no-such-program'])).toMatchObject({
			code: 127,
			stderr: 'no-such-program: not found on here\n',
		});
	});

	test.skipIf(process.platform === 'win32')('are not executable with 126', async () => {
		writeFileSync(at('plain'), 'text');
		expect((await transport.exec([at('plain')])).code).toBe(126);
	});

	test('a missing folder is named', async () => {
		await expect(transport.exec([node, '-v'], {cwd: at('none')})).rejects.toThrow(
			`no folder ${at('none')} on here`,
		);
	});

	test('run in the given folder with the given environment', async () => {
		const script = 'console.log(process.cwd(), process.env.ADDED, Boolean(process.env.PATH))';
		const {stdout} = await transport.exec([node, '-e', script], {cwd: folder, env: {ADDED: 'yes'}});
		expect(stdout).toBe(`${folder} yes true\n`);
	});

	test('get their input', async () => {
		const script = 'process.stdin.pipe(process.stdout)';
		const {stdout} = await transport.exec([node, '-e', script], {input: 'a\nb'});
		expect(stdout).toBe('a\nb');
	});

	test('may end without reading their input', async () => {
		const input = Buffer.alloc(1 << 20);
		expect(await transport.exec([node, '-e', ''], {input})).toMatchObject({code: 0});
	});

	test('stream their output while they run', async () => {
		const script = `console.log("first"); const fs = require("fs");
			setInterval(() => fs.existsSync("go") && process.exit(0), 20)`;
		let output = '';
		await transport.exec([node, '-e', script], {
			cwd: folder,
			onOutput(chunk) {
				output += chunk;
				writeFileSync(at('go'), '');
			},
		});
		expect(output).toBe('first\n');
	});

	test('are stopped by an abort', async () => {
		const stop = new AbortController();
		const script = 'console.log("on"); setInterval(() => {}, 1000)';
		const ended = transport.exec([node, '-e', script], {
			signal: stop.signal,
			onOutput: () => stop.abort(),
		});
		await expect(ended).rejects.toMatchObject({kind: 'cancelled'});
	});

	test.skipIf(process.platform === 'win32')('take their children along at an abort', async () => {
		const stop = new AbortController();
		// The child keeps the pipe open: the command is over only when it is gone, too.
		const ended = transport.exec(['sh', '-c', 'sleep 86399 & echo on; wait'], {
			signal: stop.signal,
			onOutput: () => stop.abort(),
		});
		await expect(ended).rejects.toMatchObject({kind: 'cancelled'});
	});

	test.skipIf(process.platform === 'win32')('killed ones give 128 and the signal', async () => {
		expect((await transport.exec(['sh', '-c', 'kill -9 $$'])).code).toBe(137);
	});
});

describe('files', () => {
	test('have a size, folders and missing ones have none', async () => {
		writeFileSync(at('five'), '12345');
		const sizes = [at('five'), folder, at('none'), at('five', 'below')];
		expect(await Promise.all(sizes.map(transport.fileSize))).toEqual([
			5,
			...Array(3).fill(undefined),
		]);
	});

	test('are distinguished from folders', async () => {
		writeFileSync(at('file'), '');
		expect(await transport.isFolder(folder)).toBe(true);
		expect(await transport.isFolder(at('file'))).toBe(false);
		expect(await transport.isFolder(at('none'))).toBe(false);
	});

	test('are listed below a folder, with slashes', async () => {
		await transport.makeFolder(at('tree', 'deep'));
		writeFileSync(at('tree', 'a b'), '1');
		writeFileSync(at('tree', 'deep', 'ü'), '22');
		const files = await transport.listFiles(at('tree'));
		expect(files.sort((a, b) => a.size - b.size)).toEqual([
			{name: 'a b', size: 1, modified: expect.any(Number)},
			{name: 'deep/ü', size: 2, modified: expect.any(Number)},
		]);
	});

	test('are none below a missing folder', async () => {
		expect(await transport.listFiles(at('none'))).toEqual([]);
	});

	test.skipIf(process.platform === 'win32')('are written for their owner alone', async () => {
		await transport.writeFile(at('secret'), 'text');
		expect(readFileSync(at('secret'), 'utf8')).toBe('text');
		expect(statSync(at('secret')).mode & 0o777).toBe(0o600);
	});

	test.skipIf(process.platform === 'win32')('lose a wider mode when written anew', async () => {
		writeFileSync(at('open'), 'old and longer', {mode: 0o644});
		await transport.writeFile(at('open'), 'new');
		expect([readFileSync(at('open'), 'utf8'), statSync(at('open')).mode & 0o777]).toEqual([
			'new',
			0o600,
		]);
	});

	test('are renamed over another', async () => {
		writeFileSync(at('from'), 'from');
		writeFileSync(at('to'), 'to');
		await transport.rename(at('from'), at('to'));
		expect([readFileSync(at('to'), 'utf8'), existsSync(at('from'))]).toEqual(['from', false]);
	});

	test('are removed, with all below, and even if missing', async () => {
		await transport.makeFolder(at('gone', 'below'));
		writeFileSync(at('gone', 'below', 'file'), '');
		await transport.remove(at('gone'));
		await transport.remove(at('gone'));
		expect(existsSync(at('gone'))).toBe(false);
	});

	test('have hashes, except a missing one', async () => {
		writeFileSync(at('hash'), 'abc');
		expect(await transport.hashes([at('none'), at('hash')])).toEqual([
			undefined,
			createHash('sha256').update('abc').digest('hex'),
		]);
	});

	test('the disk has free space and the user a home folder', async () => {
		expect(await transport.freeSpace(folder)).toBeGreaterThan(0);
		expect(await transport.home()).toBe(homedir());
	});
});

describe.each(['upload', 'download'] as const)('%s', direction => {
	const content = Buffer.from(Array.from({length: 3_000_000}, (_, i) => i % 251));
	const from = () => at(`${direction}-from`);
	const to = () => at(`${direction}-to`);
	const copy = (options = {}) => transport[direction](from(), to(), options);

	beforeAll(() => writeFileSync(from(), content));

	test('makes the same file', async () => {
		await rm(to(), {force: true});
		await copy();
		expect(readFileSync(to()).equals(content)).toBe(true);
	});

	test('resumes at the existing byte', async () => {
		// Other bytes than the source has show that they were not sent again.
		writeFileSync(to(), Buffer.alloc(1000, 255));
		const seen: number[] = [];
		await copy({onProgress: (done: number) => seen.push(done)});
		const got = readFileSync(to());
		expect(got.subarray(0, 1000).every(byte => byte === 255)).toBe(true);
		expect(got.subarray(1000).equals(content.subarray(1000))).toBe(true);
		expect([seen[0], seen.at(-1)]).toEqual([1000, content.length]);
	});

	test('starts again if the target is too long', async () => {
		writeFileSync(to(), Buffer.alloc(content.length + 1));
		await copy();
		expect(readFileSync(to()).equals(content)).toBe(true);
	});

	test('stops at an abort and keeps the partial file', async () => {
		await rm(to(), {force: true});
		const stop = new AbortController();
		const onProgress = (done: number) => done > 0 && stop.abort();
		await expect(copy({signal: stop.signal, onProgress})).rejects.toMatchObject({
			kind: 'cancelled',
		});
		expect(statSync(to()).size).toBeLessThan(content.length);
	});

	test('names a missing source', async () => {
		const missing = at('no-source');
		await expect(transport[direction](missing, to())).rejects.toThrow(missing);
	});

	test('names a missing folder', async () => {
		const target = at('no-folder', 'file');
		await expect(transport[direction](from(), target)).rejects.toThrow(target);
		expect(readdirSync(folder)).not.toContain('no-folder');
	});
});
