import {createHash} from 'node:crypto';
import {mkdirSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import path from 'node:path';
import ssh2, {type ServerChannel, type SFTPWrapper} from 'ssh2';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import type {Started} from '../cosmos.js';
import {
	entry,
	fileAttributes,
	flood,
	folderAttributes,
	type HostileSshd,
	type Lies,
	startHostileSshd,
} from '../lab/hostile-sshd.js';
import {makeUserHome, type UserHome} from '../lab/user-home.js';

const {STATUS_CODE} = ssh2.utils.sftp;
const largeSize = 3_000_000;
const mostMemory = 250 * 1024;
/** Far below every time limit, and far above what a loaded machine needs for two seconds' work. */
const soon = 15_000;

describe.skipIf(process.platform !== 'linux')('a hostile host', () => {
	let host: HostileSshd;
	let user: UserHome;
	let prompt: string;
	let before: string[];
	const peakFile = () => path.join(host.client.home, 'peak');

	beforeAll(async () => {
		host = await startHostileSshd();
		user = makeUserHome(host.client);
		mkdirSync(path.join(host.home, 'model'));
		user.configure(`default_host = "evil"
[hosts.evil]
ssh = "${host.alias}"
remote_dir = "~/model"
engine = "process"
gpus = []
[hosts.slow]
ssh = "${host.alias}"
remote_dir = "~/model"
image = "model"
gpus = []
[recipes.make]
command = ["sh", "-c", "head -c ${largeSize} /dev/zero >$1/large.bin; echo small >$1/small.txt", "sh", "{outputs}"]
outputs = ["*.bin"]
`);
		const made = await user.cosmos(['create', 'prompt', 'A street', user.videos]);
		prompt = made.stdout.trim();
		before = outside();
	});

	afterEach(() => host.beHonest());

	afterAll(() => host?.stop());

	/**
	 * Every file of the user's home that is no run's, with its size; the store's own documents grow, and
	 * the program keeps its own compiled code.
	 */
	function outside(): string[] {
		const {home} = host.client;
		return readdirSync(home, {recursive: true, encoding: 'utf8'})
			.filter(name => !/^data(\/|$)|^peak$|^\.cache(\/cosmos(\/compiled(\/.*)?)?)?$/.test(name))
			.map(name => `${name} ${statSync(path.join(home, name)).size}`)
			.sort();
	}

	function start(words: readonly string[]): Started {
		rmSync(peakFile(), {force: true});
		const monitor = path.join(import.meta.dirname, '..', 'lab', 'peak-memory.mjs');
		return user.start(words, {NODE_OPTIONS: `--import=${monitor}`, PEAK_FILE: peakFile()});
	}

	/** What has to be true whatever the host did. */
	async function harmless(started: Started) {
		const ended = await started.ended;
		expect(ended.stderr).not.toContain('internal error');
		expect(Number(readFileSync(peakFile(), 'utf8'))).toBeLessThan(mostMemory);
		expect(outside()).toEqual(before);
		return ended;
	}

	const latest = async () =>
		JSON.parse((await user.cosmos(['show', 'latest', '--json'])).stdout) as {
			id: string;
			status: string;
			shown?: string;
			failure?: {message: string};
			outputs?: Array<{name: string; sha256: string}>;
			refused?: Array<{name: string; why: string}>;
		};

	/** Once the host is honest again, the outputs that it kept come home. */
	async function fetchHonestly(): Promise<void> {
		host.beHonest();
		const {id} = await latest();
		const fetched = await user.cosmos(['fetch', id]);
		expect(fetched.stderr).not.toContain('internal error');
		expect(fetched.code).toBe(0);
		const large = createHash('sha256').update(Buffer.alloc(largeSize)).digest('hex');
		expect((await latest()).outputs).toMatchObject([
			{name: 'large.bin', sha256: large},
			{name: 'small.txt'},
		]);
		expect(readdirSync(path.join(user.data, 'runs', id))).not.toContain('outputs.parts');
	}

	/** Lies that the program sees through by itself, while it collects. */
	const seenThrough: ReadonlyArray<[string, Lies, RegExp]> = [
		[
			'listing: a folder without end',
			{
				sftp: {
					READDIR: (sftp, id) => sftp.name(id, many(200)),
				},
			},
			/lists more than 100000 files/,
		],
		[
			'listing: folders in folders without end',
			{sftp: {OPENDIR: openAll, READDIR: listFolderInFolder()}},
			/64 folders in one another/,
		],
		[
			'listing: answers with nothing in them, without end',
			{sftp: {READDIR: (sftp, id) => sftp.name(id, [])}},
			/lists more than 100000 files/,
		],
		[
			'stat: a file of a terabyte that was listed with 100 bytes',
			{
				entries: () => [entry('large.bin', fileAttributes(100))],
				sftp: {FSTAT: (sftp, id) => sftp.attrs(id, fileAttributes(1e12))},
			},
			/has 1000000000000 bytes, not 100/,
		],
		[
			'stat: a file that shrinks after it was listed',
			{sftp: {FSTAT: (sftp, id) => sftp.attrs(id, fileAttributes(1))}},
			/has 1 bytes, not (3000000|6)/,
		],
		[
			'stat: a word in place of what a file is',
			{sftp: {FSTAT: (sftp, id) => sftp.status(id, STATUS_CODE.OK)}},
			/broke the SSH protocol: it answers something else/,
		],
		[
			'stat: sizes beyond the disk',
			{entries: () => [entry('large.bin', fileAttributes(2 ** 50))]},
			/the outputs need/,
		],
		[
			'read: the end of a file in its middle',
			{
				entries: list => list.filter(({filename}) => filename === 'small.txt'),
				sftp: {READ: (sftp, id) => sftp.status(id, STATUS_CODE.EOF)},
			},
			/has 0 bytes, not 6/,
		],
		[
			'read: a byte at a time',
			{
				entries: () => [entry('large.bin', fileAttributes(500_000))],
				sftp: {
					FSTAT: (sftp, id) => sftp.attrs(id, fileAttributes(500_000)),
					READ: (sftp, id) => sftp.data(id, Buffer.alloc(1)),
				},
			},
			/has 0 bytes, not 500000/,
		],
		[
			'read: more than was listed',
			{exec: {when: /exec cat /, answer: begin(channel => flood(channel, Buffer.alloc(65_536)))}},
			/has \d+ bytes, not 3000000/,
		],
		[
			'hash: of another content',
			{
				exec: {
					when: hashing,
					answer: begin(channel => say(channel, `${'0'.repeat(64)}\n${'1'.repeat(64)}\n`)),
				},
			},
			/was not downloaded correctly/,
		],
		[
			'hash: lines without end',
			{
				exec: {
					when: hashing,
					answer: begin(channel => flood(channel, Buffer.from(`${'a'.repeat(64)}\n`.repeat(900)))),
				},
			},
			/printed more than 16/,
		],
		[
			'hash: no hash at all',
			{exec: {when: hashing, answer: begin(channel => say(channel, 'hello\nhello\n'))}},
			/cannot hash/,
		],
		[
			'names: a path in place of a name',
			{entries: () => [entry('../../../../evil', fileAttributes(6))]},
			/broke the SSH protocol: it lists "..\/..\/..\/..\/evil"/,
		],
	];

	it.each(seenThrough)('is seen through: %s', async (_kind, lies, says) => {
		const lying = host.lie(lies);
		const ended = await harmless(start(['recipe', 'make', prompt]));
		await lying;
		expect(ended.stderr).toMatch(says);
		expect(ended.code).toBe(1);
		expect(await latest()).toMatchObject({
			status: 'uncollected',
			failure: {message: expect.stringMatching(says)},
		});
		await fetchHonestly();
	});

	it('names: keeps what cannot have its name here, and brings the rest', async () => {
		const evil = ['..\\x.mp4', 'a\u001b]52;c;cHduZWQ=\u0007b', 'line\nbreak', 'x'.repeat(300)];
		host.lie({
			entries: list => [...list, ...evil.map(name => entry(name, fileAttributes(6)))],
		});
		const ended = await harmless(start(['recipe', 'make', prompt]));
		expect(ended.stderr).toContain('not downloaded from evil: "..\\\\x.mp4" and 3 more');
		expect(ended.stderr).not.toContain('\u001b]52');
		expect(ended.code).toBe(0);
		const run = await latest();
		expect(run.status).toBe('completed');
		expect(run.refused?.map(({why}) => why)).toEqual([
			'it contains a backslash',
			'it contains a control character',
			'it contains a control character',
			'it is too long',
		]);
		// The only copy of what was refused.
		expect(readdirSync(path.join(host.home, 'model', 'cosmos-runs'))).toContain(run.id);
	});

	it('names: takes one of several files with the same name', async () => {
		host.lie({entries: list => [...list, ...list]});
		const ended = await harmless(start(['recipe', 'make', prompt]));
		expect(ended.code).toBe(0);
		expect((await latest()).refused?.map(({why}) => why)).toEqual([
			'another output has this name',
			'another output has this name',
		]);
	});

	/** Lies that last until a signal ends the waiting, and what becomes of the run. */
	const lasting: ReadonlyArray<[string, Lies, string | undefined]> = [
		['banner: lines without end', {connection: socket => flood(socket, lines)}, undefined],
		['banner: a line without end', {connection: socket => flood(socket, noLine)}, undefined],
		['silence: no SSH server behind the port', {connection: () => undefined}, undefined],
		['exec output: a byte a second', {exec: {when: /command -v/, answer: begin(drip)}}, undefined],
		[
			'silence: a command that never begins',
			{exec: {when: /./, answer: () => undefined}},
			undefined,
		],
		['silence: an upload without an answer', {about: /model/, sftp: {OPEN: silent}}, 'cancelled'],
		['silence: a listing without an answer', {sftp: {READDIR: silent}}, 'uncollected'],
		['silence: a file whose size is not told', {sftp: {FSTAT: silent}}, 'uncollected'],
		['silence: bytes that do not come', {sftp: {READ: silent}}, 'uncollected'],
		[
			'silence: a hash that is never ready',
			{exec: {when: hashing, answer: begin(() => undefined)}},
			'uncollected',
		],
		[
			'read: a large file a byte a second',
			{exec: {when: /exec cat /, answer: begin(drip)}},
			'uncollected',
		],
	];

	it.each(lasting)('ends with a signal: %s', async (_kind, lies, status) => {
		const known = await countRuns();
		const lying = host.lie(lies);
		const started = start(['recipe', 'make', prompt]);
		await Promise.race([lying, started.ended]);
		const signalled = performance.now();
		started.process.kill('SIGTERM');
		const ended = await harmless(started);
		expect(performance.now() - signalled).toBeLessThan(soon);
		if (status === undefined) {
			// Nothing was begun.
			expect(ended.code).not.toBe(0);
			expect(await countRuns()).toBe(known);
			return;
		}

		expect((await latest()).status).toBe(status);
		if (status === 'uncollected') {
			await fetchHonestly();
		}
	});

	it('exec output: is not kept beyond its bound', async () => {
		host.lie({
			exec: {when: /./, answer: begin(channel => flood(channel, Buffer.alloc(65_536, 'A')))},
		});
		const ended = await harmless(start(['status']));
		expect(ended.code).toBe(5);
		expect(ended.stderr).toContain('printed more than 16');
	});

	it('exec output: on standard error is not kept beyond its bound', async () => {
		host.lie({
			exec: {
				when: /./,
				answer: begin(channel => {
					const noise = Buffer.alloc(65_536, 'A');
					let rest = 500;
					const send = () => {
						while (rest-- > 0 && channel.stderr.write(noise)) {
							// Until it has to wait.
						}

						if (rest < 0) {
							channel.exit(1);
							channel.end();
						}
					};
					channel.stderr.on('drain', send);
					send();
				}),
			},
		});
		const ended = await harmless(start(['status']));
		expect(ended.code).toBe(5);
	});

	it('silence, or a byte a second: of commands ends by itself, with a message', async () => {
		host.lie({
			exec: {
				when: /./,
				answer: (channel, marker, line) =>
					/docker/.test(line) ? begin(drip)(channel, marker) : undefined,
			},
		});
		const asked = performance.now();
		const timed = async <T>(work: Promise<T>) => [await work, performance.now() - asked] as const;
		const [[silent, whole], [slow, each]] = await Promise.all([
			timed(harmless(start(['status']))),
			timed(user.cosmos(['status', '--host', 'slow'])),
		]);
		expect(silent.stderr).toContain('the login shell of evil did not start a command within 20 s');
		expect(silent.code).toBe(4);
		expect(slow.stderr).toMatch(/slow did not (finish|start) a command within 20 s/);
		expect(slow.code).toBe(4);
		// Of everything that a status asks, not of each question.
		expect(each / whole).toBeLessThan(3);
	});

	it('silence: of files ends by itself, with a message', async () => {
		host.lie({about: /./, sftp: {STAT: silent}});
		const ended = await harmless(start(['recipe', 'make', prompt]));
		expect(ended.stderr).toContain('the SFTP server of evil did not answer within 20 s');
		expect(ended.code).toBe(4);
	});

	async function countRuns(): Promise<number> {
		const listed = await user.cosmos(['list', 'runs', '--json']);
		return (JSON.parse(listed.stdout) as unknown[]).length;
	}
});

/** Only that of the outputs: an upload is hashed, too. */
const hashing = /\/outputs\/.*sha256sum/s;
const lines = Buffer.from(`${'not SSH yet '.repeat(10)}\r\n`.repeat(500));
const noLine = Buffer.alloc(65_536, 'a');

/** The command seems to begin; then the lie follows. */
function begin(lie: (channel: ServerChannel) => void) {
	return (channel: ServerChannel, marker: string) => {
		channel.write(marker);
		channel.stderr.write(marker);
		lie(channel);
	};
}

function say(channel: ServerChannel, text: string): void {
	channel.write(text);
	channel.exit(0);
	channel.end();
}

function drip(channel: ServerChannel): void {
	const timer = setInterval(() => channel.write('a'), 1000);
	channel.on('close', () => clearInterval(timer));
}

function silent(): void {}

let count = 0;
function many(length: number) {
	return Array.from({length}, () => entry(`f${count++}.mp4`, fileAttributes(1)));
}

function openAll(sftp: SFTPWrapper, id: number, place: string): void {
	sftp.handle(id, Buffer.from(place));
}

/** Each folder holds one more; every second answer ends a folder. */
function listFolderInFolder() {
	const ended = new Set<string>();
	return (sftp: SFTPWrapper, id: number, _place: string, [, handle]: readonly unknown[]) => {
		const folder = String(handle);
		if (ended.has(folder)) {
			sftp.status(id, STATUS_CODE.EOF);
		} else {
			ended.add(folder);
			sftp.name(id, [entry('d', folderAttributes)]);
		}
	};
}
