/** A file on the host, as a listing gives it. */
export type HostFile = {
	/** Relative to the listed folder, `/` between parts. */
	name: string;
	/** Bytes. */
	size: number;
	/** Seconds since 1970 by the host's clock: when it was last written or touched. */
	modified: number;
};

/** Whom the files and folders that are sent are for; a umask takes its part away. */
export function uploadModes(shared = false): {file: number; folder: number} {
	return shared ? {file: 0o666, folder: 0o777} : {file: 0o600, folder: 0o700};
}

/** What lies in a folder; a link is `other`, wherever it leads. */
export type FolderEntry = HostFile & {kind: 'file' | 'folder' | 'other'};

export type ExecResult = {
	code: number;
	/** Empty when `onOutput` took it. */
	stdout: string;
	stderr: string;
};

/**
 * Takes a part of a command's output. While a promise that it returned is pending nothing more is
 * read, so that a slow taker holds the command back; when it rejects, so does the command.
 */
export type TakeOutput = (chunk: Buffer) => Promise<void> | void;

export type ExecOptions = {
	/** Sent to the command's standard input, which is then closed. */
	input?: string | Buffer;
	/** Sent after `input` when it resolves; until then standard input stays open. When it rejects nothing is sent. */
	moreInput?: Promise<string>;
	/** Receives standard output as it arrives, byte for byte, instead of the result. */
	onOutput?: TakeOutput;
	/** Absolute folder to run in. */
	cwd?: string;
	/** Added to the host's environment. Never secrets: other users there can see them. */
	env?: Readonly<Record<string, string>>;
	/** Ends our side of the command (its channel; a local process gets SIGTERM). */
	signal?: AbortSignal;
	/**
	 * Milliseconds for the whole answer. With `onOutput` the command may take any time once it has begun.
	 * @default answerTime
	 */
	timeLimit?: number;
};

/** Milliseconds in which a host has to answer what is done at once. */
export const answerTime = 20_000;

/** Milliseconds for work that takes a busy host longer: removing much, asking a batch system. */
export const workTime = 120_000;

/** @param grace seconds that a job has to end by itself */
export const stopTime = (grace: number) => workTime + grace * 1000;

/** Bytes of a command's output that are kept, and of what it says on standard error: its end. */
export const mostOutput = 16 * 1024 * 1024;
export const mostErrors = 256 * 1024;

/** Bytes up to which a file costs more in answers that are waited for than in bytes. */
export const smallFile = 1024 * 1024;

export type CopyOptions = {
	/** Bytes at the destination so far, resumed ones included. */
	onProgress?: (done: number) => void;
	/** The bytes themselves as they are written, in order, each with its place in the file. */
	onChunk?: (chunk: Buffer, position: number) => void;
	/** Bytes that the file has, as a listing said; any other number is an error. */
	size?: number;
	signal?: AbortSignal;
};

export type HashOptions = {
	/** Bytes of the largest file, where they are known: a host can be quicker with large ones. */
	size?: number;
	/** Marks the files, or their records, as used now, by the host's clock. One of somebody else is not marked. */
	touch?: boolean;
	/**
	 * Whether large files have records (`recordOf`). `use`: one whose record fits is not read. `renew`: each is
	 * read, and gets a new record. @default there are none
	 */
	records?: 'use' | 'renew';
	signal?: AbortSignal;
};

/**
 * The file beside another one that says its hash, and the size, inode and time that it had when it was
 * read. It fits as long as the file has these; who can write there can write a record too.
 */
export const recordOf = (file: string) => `${file}.verified`;

/** Bytes from which on files have records: to read less takes no longer than to look for one. */
export const recordedFile = 4 * 1024 * 1024;

/** What a listing may bring at most; more is an error. */
export const listingLimits = {
	entries: 100_000,
	/** Bytes of all names. */
	names: 16 * 1024 * 1024,
	/** Folders in folders. */
	depth: 64,
} as const;

/**
 * How we reach a host: commands and files. Paths are absolute POSIX paths on the host (the
 * system's own on the local machine). Every method rejects with a `CosmosError`: of kind
 * `connection` when the host or the line is the trouble (`ConnectionLostError` when it broke in
 * the middle), of kind `host` when the host refuses (permission, disk full). Whatever a host answers,
 * it is bounded in bytes, entries and time: `NoAnswerError` when the time is over.
 */
export type Transport = {
	/** For messages: the host's name in the configuration. */
	readonly host: string;
	/** Whether `close` was called: then it is never opened again. */
	readonly closed: boolean;
	/** Milliseconds since 1970: when the connection in use was opened. Undefined where there is none. */
	readonly connectedSince: number | undefined;
	/** Opens the connection if need be; what it throws says why it cannot be had. */
	connect: () => Promise<void>;
	/**
	 * Runs a command, its arguments passed as they are (quoted in one place for the remote shell).
	 * Anything that the login shell prints by itself before the command is dropped. Any exit code
	 * resolves; a missing one is a `ConnectionLostError`.
	 */
	exec: (command: readonly string[], options?: ExecOptions) => Promise<ExecResult>;
	/** The user's home folder there. */
	home: () => Promise<string>;
	/** Size in bytes, or undefined when there is no such file. */
	fileSize: (path: string) => Promise<number | undefined>;
	isFolder: (path: string) => Promise<boolean>;
	/** Makes the folder and those above it. */
	makeFolder: (path: string) => Promise<void>;
	/** What lies in a folder itself; empty when there is no such folder. */
	listFolder: (folder: string) => Promise<FolderEntry[]>;
	/** Every file below a folder, links left out; empty when there is no such folder. */
	listFiles: (folder: string, signal?: AbortSignal) => Promise<HostFile[]>;
	/** Whole small files: specs, scripts. The mode defaults to 0600. */
	writeFile: (path: string, data: string, mode?: number) => Promise<void>;
	/** Copies a file there, resuming at the size of the destination. */
	upload: (from: string, to: string, options?: CopyOptions) => Promise<void>;
	/** Copies a file here, resuming at the size of the destination. It is synced then. */
	download: (from: string, to: string, options?: CopyOptions) => Promise<void>;
	/** Renames, replacing what has the new name. */
	rename: (from: string, to: string) => Promise<void>;
	/** Gives a file one more name, replacing what has it; both move only with a folder above both. */
	link: (file: string, name: string) => Promise<void>;
	/** Removes files, and folders with all they hold; nothing there is not an error. */
	remove: (...paths: readonly string[]) => Promise<void>;
	/** Hex SHA-256 of each file, in one command for all; undefined where there is no file. */
	hashes: (paths: readonly string[], options?: HashOptions) => Promise<Array<string | undefined>>;
	/** The host's clock: seconds since 1970. Only to be compared with its own files' times. */
	clock: () => Promise<number>;
	/** Bytes that the user may still write below a folder. */
	freeSpace: (folder: string) => Promise<number>;
	/** Ends the connection. The transport can connect again. */
	close: () => Promise<void>;
};

/** The half of a transport that works on files. */
export type FileMethods = Pick<
	Transport,
	| 'fileSize'
	| 'isFolder'
	| 'makeFolder'
	| 'listFolder'
	| 'listFiles'
	| 'writeFile'
	| 'upload'
	| 'download'
	| 'rename'
	| 'link'
	| 'remove'
	| 'hashes'
	| 'clock'
	| 'freeSpace'
>;
