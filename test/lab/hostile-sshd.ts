import {spawn} from 'node:child_process';
import {once} from 'node:events';
import fs from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {type AddressInfo, createServer, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import ssh2, {type FileEntry, type ServerChannel, type SFTPWrapper} from 'ssh2';
import {makeKey, makeSshClientHome, type SshClientHome} from './ssh-client-home.js';

const {STATUS_CODE, flagsToString} = ssh2.utils.sftp;

type Opened = {place: string; file?: number; isListed?: boolean};

/** A request of SFTP: its number, and what it is about. */
type Request = (sftp: SFTPWrapper, id: number, place: string, raw: readonly unknown[]) => void;

type RequestName =
	| 'OPENDIR'
	| 'READDIR'
	| 'STAT'
	| 'LSTAT'
	| 'FSTAT'
	| 'READ'
	| 'WRITE'
	| 'OPEN'
	| 'REALPATH';

/** What this host does wrong from now on. What is not named it does as a real one. */
export type Lies = {
	/** Speaks with whoever connects, in place of an SSH server. */
	connection?: (socket: Socket) => void;
	/** Answers a command whose line (with its input) matches, in place of a shell. */
	exec?: {when: RegExp; answer: (channel: ServerChannel, marker: string, line: string) => void};
	/** Answers requests about a path that matches. */
	sftp?: Partial<Record<RequestName, Request>>;
	/** Which paths the lies of SFTP are about. @default every path with `/outputs` */
	about?: RegExp;
	/** Changes what a listing says. */
	entries?: (entries: FileEntry[], folder: string) => FileEntry[];
};

/**
 * An SSH server that does what it is told to, and lies where a test wants it to. It is made of ssh2's
 * server, a shell and a folder of this machine: any user, any key, no safety at all.
 */
export type HostileSshd = {
	alias: string;
	client: SshClientHome;
	/** The home folder there. */
	home: string;
	/** Sets the lies; resolves when the first of them is told. */
	lie: (lies: Lies) => Promise<void>;
	/** From now on it does everything right. */
	beHonest: () => void;
	stop: () => Promise<void>;
};

export async function startHostileSshd(): Promise<HostileSshd> {
	const home = await mkdtemp(path.join(tmpdir(), 'cosmos-hostile-'));
	const client = await makeSshClientHome();
	const keyFile = path.join(client.home, 'host-key');
	// Of 3,000 pairs that ssh2 itself made, it could not read 16.
	const publicKey = await makeKey(keyFile, 'ed25519');
	let lies: Lies = {};
	let told: () => void = () => undefined;
	const sockets = new Set<Socket>();

	const server = new ssh2.Server({hostKeys: [fs.readFileSync(keyFile)]}, connection => {
		connection.on('error', () => undefined);
		connection.on('authentication', context => context.accept());
		connection.on('session', acceptSession => {
			const session = acceptSession();
			session.on('exec', (accept, _reject, {command}) => runCommand(accept(), command));
			session.on('sftp', accept => serveFiles(accept()));
		});
	});

	function runCommand(channel: ServerChannel, command: string): void {
		const marker = /cosmos-[0-9a-f]{24}/.exec(command)?.[0] ?? '';
		const chunks: Buffer[] = [];
		channel.on('error', () => undefined);
		channel.on('data', (chunk: Buffer) => chunks.push(chunk));
		channel.on('end', () => {
			const input = Buffer.concat(chunks);
			const {exec} = lies;
			const line = `${command}\n${input}`;
			if (exec?.when.test(line)) {
				told();
				exec.answer(channel, marker, line);
				return;
			}

			const shell = spawn('/bin/sh', ['-c', command], {
				env: {PATH: process.env.PATH, HOME: home, COSMOS_LOCK_DIR: home},
			});
			shell.stdin.on('error', () => undefined);
			shell.stdin.end(input);
			shell.stdout.pipe(channel, {end: false});
			shell.stderr.pipe(channel.stderr, {end: false});
			shell.on('close', code => {
				channel.exit(code ?? 1);
				channel.end();
			});
		});
	}

	/** Everything at once and in order, as the clients of a real one can rely on. */
	function serveFiles(sftp: SFTPWrapper): void {
		const handles = new Map<string, Opened>();
		const open = (place: string, file?: number): Buffer => {
			const name = String(handles.size);
			handles.set(name, {place, file});
			return Buffer.from(name);
		};
		// A lie may have given a handle of its own: the path.
		const opened = (handle: unknown): Opened =>
			handles.get(String(handle)) ?? {place: String(handle)};
		const done = (id: number) => sftp.status(id, STATUS_CODE.OK);
		sftp.on('error', () => undefined);

		/** Serves a request, or lies. */
		function on(name: string, serve: (id: number, ...words: never[]) => void): void {
			sftp.on(name as 'OPEN', (...given: unknown[]) => {
				const [id, subject] = given as [number, unknown];
				const place = Buffer.isBuffer(subject) ? opened(subject).place : String(subject);
				const lie = lies.sftp?.[name as RequestName];
				if (lie && (lies.about ?? /\/outputs/).test(place)) {
					told();
					lie(sftp, id, place, given);
					return;
				}

				try {
					serve(id, ...(given.slice(1) as never[]));
				} catch (error) {
					const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
					sftp.status(id, missing ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE);
				}
			});
		}

		on('REALPATH', (id, place: string) =>
			sftp.name(id, [{filename: path.resolve(home, place), longname: '', attrs: noAttributes}]),
		);
		on('STAT', (id, place: string) => sftp.attrs(id, attributes(fs.statSync(place))));
		on('LSTAT', (id, place: string) => sftp.attrs(id, attributes(fs.lstatSync(place))));
		on('OPEN', (id, place: string, flags: number) =>
			sftp.handle(id, open(place, fs.openSync(place, flagsOf(flags)))),
		);
		on('FSTAT', (id, handle: Buffer) =>
			sftp.attrs(id, attributes(fs.fstatSync(opened(handle).file as number))),
		);
		on('READ', (id, handle: Buffer, offset: number, length: number) => {
			const bytes = Buffer.alloc(Math.min(length, 32_768));
			const read = fs.readSync(opened(handle).file as number, bytes, 0, bytes.length, offset);
			if (read === 0) {
				sftp.status(id, STATUS_CODE.EOF);
			} else {
				sftp.data(id, bytes.subarray(0, read));
			}
		});
		on('WRITE', (id, handle: Buffer, offset: number, bytes: Buffer) => {
			fs.writeSync(opened(handle).file as number, bytes, 0, bytes.length, offset);
			done(id);
		});
		on('CLOSE', (id, handle: Buffer) => {
			const {file} = opened(handle);
			if (file !== undefined) {
				fs.closeSync(file);
			}

			done(id);
		});
		on('OPENDIR', (id, place: string) => {
			fs.readdirSync(place);
			sftp.handle(id, open(place));
		});
		on('READDIR', (id, handle: Buffer) => {
			const folder = opened(handle);
			if (folder.isListed) {
				sftp.status(id, STATUS_CODE.EOF);
				return;
			}

			folder.isListed = true;
			const entries = fs
				.readdirSync(folder.place)
				.map(name => entry(name, attributes(fs.lstatSync(path.join(folder.place, name)))));
			const {entries: change} = lies;
			if (change && (lies.about ?? /\/outputs/).test(folder.place)) {
				told();
				sftp.name(id, change(entries, folder.place));
			} else {
				sftp.name(id, entries);
			}
		});
		on('MKDIR', (id, place: string) => {
			fs.mkdirSync(place, {mode: 0o700});
			done(id);
		});
		on('RENAME', (id, from: string, to: string) => {
			fs.renameSync(from, to);
			done(id);
		});
		on('REMOVE', (id, place: string) => {
			fs.unlinkSync(place);
			done(id);
		});
		on('SYMLINK', (id, place: string, target: string) => {
			fs.symlinkSync(target, place);
			done(id);
		});
		on('FSETSTAT', done);
		on('SETSTAT', done);
	}

	const door = createServer(socket => {
		socket.setNoDelay(true);
		sockets.add(socket);
		socket.on('error', () => undefined);
		socket.on('close', () => sockets.delete(socket));
		if (lies.connection) {
			told();
			lies.connection(socket);
		} else {
			server.injectSocket(socket);
		}
	}).listen(0, '127.0.0.1');
	await once(door, 'listening');
	const {port} = door.address() as AddressInfo;
	await client.addConfig(`Host hostile\n  HostName 127.0.0.1\n  Port ${port}\n  User anybody\n`);
	await client.addKnownHost(`[127.0.0.1]:${port} ${publicKey}`);

	return {
		alias: 'hostile',
		client,
		home,
		lie(given) {
			lies = given;
			return new Promise<void>(resolve => {
				told = resolve;
			});
		},
		beHonest() {
			lies = {};
		},
		async stop() {
			for (const socket of sockets) {
				socket.destroy();
			}

			door.close();
			await client.remove();
			await rm(home, {recursive: true, force: true});
		},
	};
}

type Attributes = FileEntry['attrs'];
const noAttributes: Attributes = {mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0};

/** A regular file that is said to have so many bytes. */
export function fileAttributes(size: number): Attributes {
	return {...noAttributes, mode: fs.constants.S_IFREG | 0o600, size};
}

/** A folder. */
export const folderAttributes: Attributes = {...noAttributes, mode: fs.constants.S_IFDIR | 0o700};

/** A line of a listing. */
export function entry(filename: string, attrs: Attributes): FileEntry {
	return {filename, longname: filename, attrs};
}

function attributes({mode, size, mtimeMs}: fs.Stats): Attributes {
	return {...noAttributes, mode, size, mtime: Math.floor(mtimeMs / 1000)};
}

function flagsOf(flags: number): number {
	const known = flagsToString(flags);
	const {O_RDONLY, O_RDWR, O_CREAT, O_EXCL} = fs.constants;
	if (known === 'r') {
		return O_RDONLY;
	}

	return O_RDWR | O_CREAT | (known?.includes('x') ? O_EXCL : 0);
}

/** Sends bytes for ever, as fast as they are taken. */
export function flood(channel: NodeJS.WritableStream, bytes: Buffer): void {
	const send = () => {
		while (channel.writable && channel.write(bytes)) {
			// Until it has to wait.
		}
	};

	channel.on('drain', send);
	send();
}
