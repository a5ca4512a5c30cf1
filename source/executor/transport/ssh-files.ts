import {randomBytes} from 'node:crypto';
import path from 'node:path';
import type {SFTPWrapper, Stats} from 'ssh2';
import {CosmosError} from '../../domain/errors.js';
import {parseWhole} from '../../domain/reported-number.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {abortable, throwIfAborted} from './abortable.js';
import type {WithConnections} from './far-lanes.js';
import {joinCalls} from './join-calls.js';
import {downloadOverSsh} from './ssh-download.js';
import {hashesThere} from './ssh-hashes.js';
import {listFilesBelow, listFolder} from './ssh-list.js';
import {isHandle, isStats, type Sftp, SftpError} from './ssh-sftp.js';
import {uploadOverSftp} from './ssh-upload.js';
import {
	type FileMethods,
	type HashOptions,
	smallFile,
	type Transport,
	type uploadModes,
	workTime,
} from './transport.js';

/** Commands of a kind that are under way before more calls share one. */
const ownCommands = 2;
/** Files of a call whose hashes share a command with those of others; each is small. */
const fewFiles = 100;

/** Less than one request: a write that fails with so little left failed because of the disk space. */
const asGoodAsFull = 1024 * 1024;

/**
 * The file half of the SSH transport: SFTP, and a command where that does in one step what SFTP
 * does in many.
 */
export function sshFiles(
	host: string,
	requireSftp: () => Promise<Sftp>,
	exec: Transport['exec'],
	modes: ReturnType<typeof uploadModes>,
	withMore: WithConnections,
): FileMethods & Pick<Transport, 'home'> {
	const {posix} = path;

	async function freeSpace(folder: string): Promise<number> {
		const sftp = await requireSftp();
		const existing = await nearestExisting(sftp, folder);
		return (await statvfs(sftp, existing)) ?? df(exec, host, existing);
	}

	/** Says "disk full" where SFTP only says "failure". */
	async function writing<T>(target: string, work: (sftp: Sftp) => Promise<T>): Promise<T> {
		const sftp = await requireSftp();
		try {
			return await work(sftp);
		} catch (error) {
			if (error instanceof SftpError && error.failure && sftp.alive) {
				const folder = posix.dirname(target);
				if ((await freeSpace(folder)) < asGoodAsFull) {
					throw new CosmosError('host-disk-full', `${host}: disk full: ${folder}`, {
						hint: 'Free some space there.',
						cause: error,
					});
				}

				throw new CosmosError(error.code, `${host} could not write ${target} and gave no reason`, {
					hint: 'The disk may have been full, or a quota used up: free some space there.',
					cause: error,
				});
			}

			throw error;
		}
	}

	const remove = joinCalls(ownCommands, async (calls: ReadonlyArray<readonly string[]>) => {
		await removeAll(exec, host, calls.flat());
		return calls.map(() => undefined);
	});

	/** Jobs that start together have inputs in common. */
	const hashTogether = (touch: boolean) =>
		joinCalls(ownCommands, async (calls: ReadonlyArray<readonly string[]>) => {
			const paths = [...new Set(calls.flat())];
			const found = await hashesThere(requireSftp, exec, paths, {size: smallFile, touch});
			const hashOf = new Map(paths.map((file, index) => [file, found[index]]));
			return calls.map(own => own.map(file => hashOf.get(file)));
		});
	const hash = hashTogether(false);
	const hashAndTouch = hashTogether(true);

	async function hashes(paths: readonly string[], options: HashOptions = {}) {
		const {size = Number.POSITIVE_INFINITY, touch, signal} = options;
		if (size > smallFile || paths.length > fewFiles || paths.length === 0) {
			return hashesThere(requireSftp, exec, paths, options);
		}

		throwIfAborted(signal);
		return abortable((touch ? hashAndTouch : hash)(paths), signal);
	}

	return {
		freeSpace,
		hashes,
		home: async () =>
			(await requireSftp()).request('~', (raw, done) => raw.realpath('.', done), isAbsolute),
		async fileSize(file) {
			const stats = await statIfThere(await requireSftp(), file);
			return stats?.isFile() ? stats.size : undefined;
		},
		isFolder: async folder =>
			(await statIfThere(await requireSftp(), folder))?.isDirectory() ?? false,
		makeFolder: folder =>
			writing(folder, sftp => makeFolder(sftp, posix.resolve('/', folder), modes.folder)),
		listFolder: async folder => listFolder(await requireSftp(), folder),
		listFiles: async (folder, signal) =>
			listFilesBelow((await abortable(requireSftp(), signal)).until(signal), folder),
		writeFile: (file, data, mode = 0o600) =>
			writing(file, sftp => writeWhole(sftp, file, data, mode)),
		upload: (from, to, options = {}) =>
			writing(to, sftp =>
				uploadOverSftp(sftp.until(options.signal), from, to, {
					...options,
					mode: modes.file,
					withMore,
				}),
			),
		download: async (from, to, options = {}) => {
			const sftp = await abortable(requireSftp(), options.signal);
			await downloadOverSsh(sftp.until(options.signal), exec, from, to, {...options, withMore});
		},
		rename: async (from, to) => replace(await requireSftp(), from, to),
		link: (file, name) => writing(name, sftp => linkTo(sftp, file, name)),
		remove: (...paths) => remove(paths),
		clock: () => clock(exec, host),
	};
}

async function statIfThere(sftp: Sftp, file: string): Promise<Stats | undefined> {
	try {
		return await sftp.request<Stats>(file, (raw, done) => raw.stat(file, done), isStats);
	} catch (error) {
		if (error instanceof SftpError && error.noSuchFile) {
			return undefined;
		}

		throw error;
	}
}

async function makeFolder(sftp: Sftp, folder: string, mode: number): Promise<void> {
	const mkdir = () => sftp.request(folder, (raw, done) => raw.mkdir(folder, {mode}, done));
	try {
		await mkdir();
	} catch (error) {
		if (!(error instanceof SftpError) || folder === '/') {
			throw error;
		}

		if (error.noSuchFile) {
			await makeFolder(sftp, path.posix.dirname(folder), mode);
			await makeFolder(sftp, folder, mode);
		} else if (!(await statIfThere(sftp, folder))?.isDirectory()) {
			throw error;
		}
	}
}

/** Through a temporary name, so that nobody sees half a file. */
async function writeWhole(sftp: Sftp, file: string, data: string, mode: number): Promise<void> {
	const temporary = `${file}.${randomBytes(6).toString('hex')}.part`;
	try {
		const handle = await sftp.request<Buffer>(
			file,
			(raw, done) => raw.open(temporary, 'wx', {mode}, done),
			isHandle,
		);
		const bytes = Buffer.from(data);
		// The host handles requests in order, so nothing has to wait for an earlier answer.
		const answers: Array<Promise<void>> = [];
		for (let position = 0; position < bytes.length; position += sftp.writeSize) {
			const length = Math.min(sftp.writeSize, bytes.length - position);
			answers.push(
				sftp.request(file, (raw, done) =>
					raw.write(handle, bytes, position, length, position, done),
				),
			);
		}

		// The host's umask may have taken something from the mode.
		answers.push(sftp.request(file, (raw, done) => raw.fchmod(handle, mode, done)));
		answers.push(sftp.request(file, (raw, done) => raw.close(handle, done)));
		await Promise.all(answers);
		await replace(sftp, temporary, file);
	} catch (error) {
		sftp.request(file, (raw, done) => raw.unlink(temporary, done)).catch(() => undefined);
		throw error;
	}
}

/** SFTP's own rename refuses a name that is taken; OpenSSH has a better one. */
async function replace(sftp: Sftp, from: string, to: string): Promise<void> {
	const better = await ifOffered(sftp, from, (raw, done) => raw.ext_openssh_rename(from, to, done));
	if (!better.offered) {
		await sftp.request(to, (raw, done) => raw.unlink(to, done)).catch(() => undefined);
		await sftp.request(from, (raw, done) => raw.rename(from, to, done));
	}
}

/** A relative link: the folder above both has another name in a container. */
async function linkTo(sftp: Sftp, file: string, name: string): Promise<void> {
	const target = path.posix.relative(path.posix.dirname(name), file);
	await sftp.request(name, (raw, done) => raw.unlink(name, done)).catch(() => undefined);
	await sftp.request(name, (raw, done) => raw.symlink(target, name, done));
}

type Done<T> = (error?: Error | null, value?: T) => void;

/** ssh2 throws at once when the host does not offer an extension. */
async function ifOffered<T>(
	sftp: Sftp,
	file: string,
	send: (raw: SFTPWrapper, done: Done<T>) => void,
	isAnswer?: (answer: unknown) => boolean,
): Promise<{offered: false} | {offered: true; value: T}> {
	let offered = true;
	try {
		const trySending = (raw: SFTPWrapper, done: Done<T>) => {
			try {
				send(raw, done);
			} catch (error) {
				offered = false;
				throw error;
			}
		};
		const value = await sftp.request<T>(file, trySending, isAnswer);
		return {offered: true, value};
	} catch (error) {
		if (!offered) {
			return {offered: false};
		}

		throw error;
	}
}

type Space = {f_bavail: number; f_frsize: number};

async function statvfs(sftp: Sftp, folder: string): Promise<number | undefined> {
	const answer = await ifOffered<Space>(
		sftp,
		folder,
		(raw, done) => raw.ext_openssh_statvfs(folder, done),
		isSpace,
	);
	return answer.offered ? answer.value.f_bavail * answer.value.f_frsize : undefined;
}

function isSpace(answer: unknown): boolean {
	const {f_bavail: blocks, f_frsize: size} = (answer ?? {}) as Partial<Space>;
	return [blocks, size].every(value => typeof value === 'number' && value >= 0);
}

function isAbsolute(answer: unknown): boolean {
	return typeof answer === 'string' && answer.startsWith('/') && !/\p{Cc}/u.test(answer);
}

async function nearestExisting(sftp: Sftp, folder: string): Promise<string> {
	let existing = path.posix.resolve('/', folder);
	while (existing !== '/' && !(await statIfThere(sftp, existing))) {
		existing = path.posix.dirname(existing);
	}

	return existing;
}

async function df(exec: Transport['exec'], host: string, folder: string): Promise<number> {
	const {stdout, stderr} = await exec(['df', '-Pk', folder]);
	const free = parseWhole(/^\S.*\s(\d+)\s+\d+%\s+\S.*$/m.exec(stdout)?.[1]);
	if (free === undefined) {
		throw new CosmosError(
			'host',
			`${host}: cannot determine the free space of ${folder}: ${cleanText(stderr)}`,
		);
	}

	return free * 1024;
}

/** In one command: over SFTP it would take a round trip for each file, and follow a moved folder. */
async function removeAll(
	exec: Transport['exec'],
	host: string,
	paths: readonly string[],
): Promise<void> {
	const {code, stderr} = await exec(['rm', '-rf', '--', ...paths], {timeLimit: workTime});
	if (code !== 0) {
		throw new CosmosError('host', `${host}: cannot remove ${paths[0]}: ${cleanText(stderr)}`, {
			hint: 'Check its permissions.',
		});
	}
}

async function clock(exec: Transport['exec'], host: string): Promise<number> {
	const {stdout} = await exec(['date', '+%s']);
	const seconds = parseWhole(stdout.trim());
	if (seconds === undefined) {
		throw new CosmosError('host', `${host}: \`date +%s\` says ${cleanText(stdout) || 'nothing'}`);
	}

	return seconds;
}
