import {createHash, randomBytes} from 'node:crypto';
import {
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	rm,
	stat,
	symlink,
	utimes,
	writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {sshTransport} from '../../../source/executor/transport/ssh.js';
import type {Transport} from '../../../source/executor/transport/transport.js';
import {available} from '../../lab/available.js';
import {sshHost} from '../../lab/ssh-host.js';
import {type Sshd, startSshd} from '../../lab/sshd.js';

describe.each(['ssh2', 'openssh'] as const)('by %s', sshClient => {
	/** Not a multiple of any chunk. */
	const content = randomBytes(8 * 1024 * 1024 + 4321);
	const odd = 1_234_567;

	const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);

	/** The same bytes but for the first one: shows whether a copy was resumed or started again. */
	function otherwiseBegun(bytes: Buffer): Buffer {
		const other = Buffer.from(bytes);
		other.writeUInt8(other.readUInt8(0) ^ 0xff, 0);
		return other;
	}

	describe.skipIf(!available('sshd'))('files over SSH', () => {
		let sshd: Sshd;
		let transport: Transport;
		let there: string;
		let here: string;

		beforeAll(async () => {
			// One session for SFTP, one for a command.
			sshd = await startSshd({smallDisk: 2 * 1024 * 1024, config: ['MaxSessions 2']});
			transport = sshTransport(sshHost('lab', {sshClient}), {env: sshd.client.env});
		});
		afterAll(async () => {
			await transport?.close();
			await sshd?.stop();
		});
		beforeEach(async () => {
			there = await mkdtemp(path.join(tmpdir(), 'cosmos-there-'));
			here = await mkdtemp(path.join(tmpdir(), 'cosmos-here-'));
		});
		afterEach(async () => {
			await rm(there, {recursive: true});
			await rm(here, {recursive: true});
		});

		test('home is the home folder of the user there', async () => {
			expect(await transport.home()).toBe(sshd.home);
		});

		test('uploads are private, or follow the umask there if the host is shared', async () => {
			const shared = sshTransport(sshHost('lab', {sshClient, shared: true}), {
				env: sshd.client.env,
			});
			try {
				await writeFile(`${here}/file`, 'words');
				await mkdir(`${there}/usual`);
				const usual = [await modeOf(`${there}/usual`), await modeOf(`${here}/file`)];
				for (const [via, modes] of [
					[transport, ['700', '600']],
					[shared, usual],
				] as const) {
					const folder = `${there}/${modes[0]}-${modes[1]}`;
					await via.makeFolder(`${folder}/below`);
					await via.upload(`${here}/file`, `${folder}/file`);
					expect(await modeOf(folder)).toBe(modes[0]);
					expect(await modeOf(`${folder}/below`)).toBe(modes[0]);
					expect(await modeOf(`${folder}/file`)).toBe(modes[1]);
				}
			} finally {
				await shared.close();
			}
		});

		describe('folders', () => {
			test('are created with their parents, and creating them again is harmless', async () => {
				await transport.makeFolder(`${there}/a/b c/ü`);
				await transport.makeFolder(`${there}/a/b c/ü`);
				expect((await stat(`${there}/a/b c/ü`)).isDirectory()).toBe(true);
			});

			test('cannot be created over a file: the error names the path', async () => {
				await writeFile(`${there}/file`, '');
				await expect(transport.makeFolder(`${there}/file`)).rejects.toMatchObject({
					kind: 'host',
					message: expect.stringContaining(`${there}/file`),
				});
			});

			test('report the path if they may not be created', async () => {
				await expect(transport.makeFolder('/sys/cosmos')).rejects.toMatchObject({
					kind: 'host',
					message: 'gpu: permission denied: /sys/cosmos',
				});
			});

			test('are distinguished from files and missing paths', async () => {
				await writeFile(`${there}/file`, '');
				expect(await transport.isFolder(there)).toBe(true);
				expect(await transport.isFolder(`${there}/file`)).toBe(false);
				expect(await transport.isFolder(`${there}/nothing`)).toBe(false);
			});

			test('are listed recursively', async () => {
				await mkdir(`${there}/a/b`, {recursive: true});
				await writeFile(`${there}/one two`, '12');
				await writeFile(`${there}/a/ü`, '');
				await writeFile(`${there}/a/b/c`, '123');
				expect((await transport.listFiles(there)).sort((a, b) => a.size - b.size)).toEqual([
					{name: 'a/ü', size: 0, modified: expect.any(Number)},
					{name: 'one two', size: 2, modified: expect.any(Number)},
					{name: 'a/b/c', size: 3, modified: expect.any(Number)},
				]);
			});

			test('are not listed through a link', async () => {
				await writeFile(`${there}/secret`, 'secret');
				await symlink(there, `${there}/outputs`);
				expect(await transport.listFiles(`${there}/outputs`)).toEqual([]);
			});

			test('are listed without symbolic links', async () => {
				await symlink('/etc/passwd', `${there}/link`);
				await symlink('/etc', `${there}/folder-link`);
				expect(await transport.listFiles(there)).toEqual([]);
			});

			test('have no files if they are missing', async () => {
				expect(await transport.listFiles(`${there}/nothing`)).toEqual([]);
			});
		});

		test('the size of a file is known, of anything else not', async () => {
			await writeFile(`${there}/file`, '12345');
			expect(await transport.fileSize(`${there}/file`)).toBe(5);
			expect(await transport.fileSize(there)).toBeUndefined();
			expect(await transport.fileSize(`${there}/nothing`)).toBeUndefined();
			expect(await transport.fileSize(`${there}/file/below`)).toBeUndefined();
		});

		describe('writing a file', () => {
			test('replaces the old file and leaves nothing else', async () => {
				await writeFile(`${there}/file`, 'a much longer text than the new one');
				await transport.writeFile(`${there}/file`, 'grün 🎬\n');
				expect(await readFile(`${there}/file`, 'utf8')).toBe('grün 🎬\n');
				expect(await readdir(there)).toEqual(['file']);
			});

			test('takes more than one request', async () => {
				const text = 'x'.repeat(700_001);
				await transport.writeFile(`${there}/file`, text);
				expect((await readFile(`${there}/file`, 'utf8')) === text).toBe(true);
			});

			test.each([undefined, 0o600, 0o755])('with mode %s', async mode => {
				await transport.writeFile(`${there}/file`, '', mode);
				expect((await stat(`${there}/file`)).mode & 0o777).toBe(mode ?? 0o600);
			});

			test('reports the file if its folder is missing', async () => {
				await expect(transport.writeFile(`${there}/no/file`, '')).rejects.toMatchObject({
					kind: 'host',
					message: `gpu: no such file or folder: ${there}/no/file`,
				});
			});
		});

		test('renaming replaces', async () => {
			await writeFile(`${there}/a`, 'new');
			await writeFile(`${there}/b`, 'old');
			await transport.rename(`${there}/a`, `${there}/b`);
			expect(await readdir(there)).toEqual(['b']);
			expect(await readFile(`${there}/b`, 'utf8')).toBe('new');
		});

		describe('removing', () => {
			test('removes a folder with its content, but not the targets of links', async () => {
				await mkdir(`${there}/a/-rf b`, {recursive: true});
				await writeFile(`${there}/kept`, '');
				await symlink(`${there}/kept`, `${there}/a/link`);
				await transport.remove(`${there}/a`);
				expect(await readdir(there)).toEqual(['kept']);
			});

			test('is not an error for a missing path', async () => {
				await expect(transport.remove(`${there}/nothing`)).resolves.toBeUndefined();
			});

			test('reports the path if it is not permitted', async () => {
				await expect(transport.remove('/sys/kernel')).rejects.toMatchObject({
					kind: 'host',
					message: expect.stringContaining('/sys/kernel'),
				});
			});
		});

		test('the hashes of files are their SHA-256, in order, and none for a missing file', async () => {
			await writeFile(`${there}/a\nb`, content);
			await writeFile(`${there}/-c 'd'`, 'abc');
			const paths = [`${there}/a\nb`, `${there}/none`, there, `${there}/-c 'd'`];
			expect(await transport.hashes(paths)).toEqual([
				createHash('sha256').update(content).digest('hex'),
				undefined,
				undefined,
				createHash('sha256').update('abc').digest('hex'),
			]);
		});

		test('hashed files can be marked as used; a missing one is not created', async () => {
			await writeFile(`${there}/old file`, 'abc');
			await utimes(`${there}/old file`, 1, 1);
			const begun = await transport.clock();
			await transport.hashes([`${there}/none`, `${there}/old file`], {touch: true});
			const files = await transport.listFolder(there);
			expect(files.map(({name}) => name)).toEqual(['old file']);
			expect(files[0]?.modified).toBeGreaterThanOrEqual(begun);
		});

		test('more files can be hashed at once than fit on a command line', async () => {
			const paths = Array.from({length: 2000}, (_, index) => `${there}/${'x'.repeat(80)}-${index}`);
			await writeFile(paths[1999] as string, 'abc');
			const hashes = await transport.hashes(paths);
			expect(hashes).toHaveLength(2000);
			expect(hashes.filter(Boolean)).toHaveLength(1);
			expect(hashes[1999]).toBeDefined();
		});

		test('the hash of a file that cannot be read is an error that names it', async () => {
			// Its content is a disk's that is not there: reading it fails, for root too.
			await expect(transport.hashes(['/proc/self/mem'])).rejects.toMatchObject({
				kind: 'host',
				message: expect.stringContaining('/proc/self/mem'),
			});
		});

		test('free space is that of the disk that a folder will be on', async () => {
			expect(await transport.freeSpace(`${sshd.home}/small-disk/not/yet`)).toBe(2 * 1024 * 1024);
		});

		describe('upload', () => {
			beforeEach(() => writeFile(`${here}/video`, content));

			test('uploads a file byte for byte', async () => {
				await transport.upload(`${here}/video`, `${there}/video`);
				expect((await readFile(`${there}/video`)).equals(content)).toBe(true);
			});

			test('uploads only the missing bytes', async () => {
				const begun = otherwiseBegun(content);
				await writeFile(`${there}/video`, begun.subarray(0, odd));
				await transport.upload(`${here}/video`, `${there}/video`);
				expect((await readFile(`${there}/video`)).equals(begun)).toBe(true);
			});

			test('starts again over a longer file', async () => {
				await writeFile(`${there}/video`, Buffer.alloc(content.length + 1));
				await transport.upload(`${here}/video`, `${there}/video`);
				expect((await readFile(`${there}/video`)).equals(content)).toBe(true);
			});

			test('creates an empty file', async () => {
				await writeFile(`${here}/empty`, '');
				await transport.upload(`${here}/empty`, `${there}/empty`);
				expect((await stat(`${there}/empty`)).size).toBe(0);
			});

			test('reports its progress from the start byte to the end', async () => {
				await writeFile(`${there}/video`, content.subarray(0, odd));
				const told: number[] = [];
				await transport.upload(`${here}/video`, `${there}/video`, {
					onProgress: done => told.push(done),
				});
				expect(told.at(0)).toBe(odd);
				expect(told.at(-1)).toBe(content.length);
				expect(told).toEqual(told.toSorted((a, b) => a - b));
			});

			test('leaves a correct partial file if aborted, and can be resumed', async () => {
				const abort = new AbortController();
				await expect(
					transport.upload(`${here}/video`, `${there}/video`, {
						signal: abort.signal,
						onProgress: done => done > 0 && abort.abort(),
					}),
				).rejects.toMatchObject({kind: 'cancelled'});
				const part = await readFile(`${there}/video`);
				expect(content.subarray(0, part.length).equals(part)).toBe(true);
				await transport.upload(`${here}/video`, `${there}/video`);
				expect((await readFile(`${there}/video`)).equals(content)).toBe(true);
			});

			test('reports a full disk', async () => {
				await expect(
					transport.upload(`${here}/video`, `${sshd.home}/small-disk/video`),
				).rejects.toMatchObject({
					kind: 'host',
					message: `gpu: disk full: ${sshd.home}/small-disk`,
				});
				await transport.remove(`${sshd.home}/small-disk/video`);
			});

			test('reports a missing local file', async () => {
				await expect(transport.upload(`${here}/nothing`, `${there}/x`)).rejects.toMatchObject({
					kind: 'home',
					message: expect.stringContaining(`${here}/nothing`),
				});
			});
		});

		describe('download', () => {
			beforeEach(() => writeFile(`${there}/video`, content));

			test('downloads a file byte for byte', async () => {
				await transport.download(`${there}/video`, `${here}/video`);
				expect((await readFile(`${here}/video`)).equals(content)).toBe(true);
			});

			test('downloads many small files in parallel, however few sessions the server allows', async () => {
				const names = Array.from({length: 40}, (_, index) => `${index}.png`);
				await Promise.all(names.map(name => writeFile(`${there}/${name}`, name.repeat(1000))));
				await Promise.all(
					names.map(name => transport.download(`${there}/${name}`, `${here}/${name}`)),
				);
				for (const name of names) {
					expect(await readFile(`${here}/${name}`, 'utf8')).toBe(name.repeat(1000));
				}
			});

			test('downloads only the missing bytes', async () => {
				const begun = otherwiseBegun(content);
				await writeFile(`${here}/video`, begun.subarray(0, odd));
				await transport.download(`${there}/video`, `${here}/video`);
				expect((await readFile(`${here}/video`)).equals(begun)).toBe(true);
			});

			test('starts again over a longer file', async () => {
				await writeFile(`${here}/video`, Buffer.alloc(content.length + 1));
				await transport.download(`${there}/video`, `${here}/video`);
				expect((await readFile(`${here}/video`)).equals(content)).toBe(true);
			});

			test('creates a file that only its owner can read', async () => {
				await transport.download(`${there}/video`, `${here}/video`);
				expect((await stat(`${here}/video`)).mode & 0o777).toBe(0o600);
			});

			test('reports its progress from the start byte to the end', async () => {
				await writeFile(`${here}/video`, content.subarray(0, odd));
				const told: number[] = [];
				await transport.download(`${there}/video`, `${here}/video`, {
					onProgress: done => told.push(done),
				});
				expect(told.at(0)).toBe(odd);
				expect(told.at(-1)).toBe(content.length);
				expect(told).toEqual(told.toSorted((a, b) => a - b));
			});

			test('leaves a correct partial file if aborted, and can be resumed', async () => {
				const abort = new AbortController();
				await expect(
					transport.download(`${there}/video`, `${here}/video`, {
						signal: abort.signal,
						onProgress: done => done > 0 && abort.abort(),
					}),
				).rejects.toMatchObject({kind: 'cancelled'});
				const part = await readFile(`${here}/video`);
				expect(content.subarray(0, part.length).equals(part)).toBe(true);
				await transport.download(`${there}/video`, `${here}/video`);
				expect((await readFile(`${here}/video`)).equals(content)).toBe(true);
			});

			test('reports a missing remote file', async () => {
				await expect(transport.download(`${there}/nothing`, `${here}/x`)).rejects.toMatchObject({
					kind: 'host',
					message: `gpu: no such file or folder: ${there}/nothing`,
				});
			});

			test('reports a full local disk as a local error', async () => {
				await expect(transport.download(`${there}/video`, '/dev/full')).rejects.toMatchObject({
					kind: 'home',
					message: 'local disk is full: /dev/full',
				});
			});
		});
	});
});

describe.each(['ssh2', 'openssh'] as const)('by %s', sshClient => {
	describe.skipIf(!available('sshd'))('an SFTP server', () => {
		let sshd: Sshd;
		let transport: Transport;
		const start = async (sftp: string) => {
			sshd = await startSshd({sftp, smallDisk: 2 * 1024 * 1024});
			transport = sshTransport(sshHost('lab', {sshClient}), {env: sshd.client.env});
		};
		afterEach(async () => {
			await transport.close();
			await sshd.stop();
		});

		test("can rename and report free space without OpenSSH's extensions", async () => {
			await start('internal-sftp -P posix-rename,statvfs');
			const [a, b] = [`${sshd.home}/a`, `${sshd.home}/b`];
			await transport.writeFile(b, 'old');
			await transport.writeFile(a, 'new');
			await transport.rename(a, b);
			expect(await readFile(b, 'utf8')).toBe('new');
			expect(await transport.freeSpace(`${sshd.home}/small-disk`)).toBe(2 * 1024 * 1024);
		});

		test('is started as a command if sshd does not name it', async () => {
			await start('');
			await transport.writeFile(`${sshd.home}/a`, 'text');
			expect(await readFile(`${sshd.home}/a`, 'utf8')).toBe('text');
		});

		test('is reported with a remedy if it is missing, and commands still run', async () => {
			// Nothing of that name is found where the system's folder is hidden.
			await start('');
			await writeFile(`${sshd.home}/.bashrc`, 'mount -t tmpfs none /usr/lib/openssh\n');
			await expect(transport.home()).rejects.toMatchObject({
				kind: 'host',
				message: expect.stringContaining('gpu does not offer SFTP'),
				hint: expect.stringContaining('internal-sftp'),
			});
			expect((await transport.exec(['echo', 'x'])).stdout).toBe('x\n');
		});
	});
});
