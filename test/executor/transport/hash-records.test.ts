import {createHash, randomBytes} from 'node:crypto';
import {
	mkdir,
	mkdtemp,
	open,
	readdir,
	readFile,
	rename,
	rm,
	stat,
	utimes,
	writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {inputPath, uploadInputs} from '../../../source/executor/transfer.js';
import {localTransport} from '../../../source/executor/transport/local.js';
import {sshTransport} from '../../../source/executor/transport/ssh.js';
import {recordOf, type Transport} from '../../../source/executor/transport/transport.js';
import {available} from '../../lab/available.js';
import {sshHost} from '../../lab/ssh-host.js';
import {type Sshd, startSshd} from '../../lab/sshd.js';

/** Large enough for a record. */
const content = randomBytes(5_000_000);
const sha256 = createHash('sha256').update(content).digest('hex');
/** A hash that no content has: where it is reported, the file was not read. */
const recorded = 'a'.repeat(64);

describe.each(['local', 'ssh2', 'openssh'] as const)('records of hashes by %s', kind => {
	describe.skipIf(kind !== 'local' && !available('sshd'))('on a host', () => {
		let sshd: Sshd | undefined;
		let transport: Transport;
		let folder: string;
		let file: string;

		beforeAll(async () => {
			sshd = kind === 'local' ? undefined : await startSshd();
			transport =
				sshd && kind !== 'local'
					? sshTransport(sshHost('lab', {sshClient: kind}), {env: sshd.client.env})
					: localTransport('here');
		});
		afterAll(async () => {
			await transport?.close();
			await sshd?.stop();
		});
		beforeEach(async () => {
			folder = await mkdtemp(path.join(sshd?.home ?? tmpdir(), "it's a folder-"));
			file = path.join(folder, 'input.mp4');
			await writeFile(file, content);
			// Long ago: a change makes the time another one.
			await utimes(file, 1_000_000, 1_000_000);
		});
		afterEach(() => rm(folder, {recursive: true}));

		const look = async (records: 'use' | 'renew' = 'use') => {
			const [hash] = await transport.hashes([file], {size: content.length, touch: true, records});
			return hash;
		};

		/** Makes the record say what the file never had. */
		async function forge(): Promise<void> {
			await rewrite(line => line.replace(/^[0-9a-f]{64}/, recorded));
		}

		async function rewrite(change: (line: string) => string): Promise<void> {
			await writeFile(recordOf(file), change(await readFile(recordOf(file), 'utf8')));
		}

		it('stand for the content: a file is read once', async () => {
			expect(await look()).toBe(sha256);
			expect((await readdir(folder)).sort()).toEqual(['input.mp4', 'input.mp4.verified']);
			await forge();
			expect(await look()).toBe(recorded);
		});

		it('are marked as used, and not the file, whose time they have', async () => {
			await look();
			await utimes(recordOf(file), 1, 1);
			await look();
			expect((await stat(recordOf(file))).mtimeMs).toBeGreaterThan(1_000_000_000);
			expect((await stat(file)).mtimeMs).toBe(1_000_000_000);
		});

		it('are not believed if files are to be read, and are made anew', async () => {
			await look();
			await forge();
			expect(await look('renew')).toBe(sha256);
			expect(await look()).toBe(sha256);
		});

		it('move with their file', async () => {
			await look();
			await forge();
			const moved = path.join(folder, 'other.mp4');
			await transport.rename(file, moved);
			await transport.rename(recordOf(file), recordOf(moved));
			file = moved;
			expect(await look()).toBe(recorded);
		});

		it.each([
			['its bytes were changed in place', change],
			['its time is another one', async () => utimes(file, 2, 2)],
			['it is another file of the same size and time', replace],
			['it is longer', async () => writeFile(file, Buffer.concat([content, content]))],
			['its record is cut off', async () => writeFile(recordOf(file), recorded)],
			['its record has no hash', async () => rewrite(line => line.replace(/^a/, 'A'))],
			['its record has half a hash', async () => rewrite(line => line.slice(32))],
			['its record is of another kind', async () => writeFile(recordOf(file), 'x y z\n')],
		])('do not count when %s', async (_why, alter) => {
			await look();
			await forge();
			await alter();
			const now = createHash('sha256')
				.update(await readFile(file))
				.digest('hex');
			expect(await look()).toBe(now);
			expect(await readFile(recordOf(file), 'utf8')).toMatch(new RegExp(`^${now} `));
		});

		async function change(): Promise<void> {
			const handle = await open(file, 'r+');
			await handle.write(Buffer.from('tampered'), 0, 8, 1000);
			await handle.close();
		}

		async function replace(): Promise<void> {
			const other = path.join(folder, 'other');
			await writeFile(other, randomBytes(content.length));
			await utimes(other, 1_000_000, 1_000_000);
			await rename(other, file);
		}

		it('are made by an upload, and checked with the next run', async () => {
			const local = path.join(folder, 'local.mp4');
			await rename(file, local);
			const home = path.join(folder, 'checkout');
			await mkdir(path.join(home, 'cosmos-inputs'), {recursive: true});
			const input = {path: local, size: content.length, sha256};
			const upload = (verify: boolean) =>
				uploadInputs(transport, home, [input], {runId: 'run', verify});
			await upload(false);
			file = path.join(home, inputPath(local, sha256));
			const names = [path.basename(file), path.basename(recordOf(file))];
			expect((await readdir(path.dirname(file))).sort()).toEqual(names);
			await change();
			await upload(false);
			// What was changed is found, and replaced.
			expect((await readFile(file)).equals(content)).toBe(true);
			const {mtimeMs} = await stat(file);
			await change();
			await utimes(file, mtimeMs / 1000, mtimeMs / 1000);
			await upload(true);
			expect((await readFile(file)).equals(content)).toBe(true);
		});
	});
});
