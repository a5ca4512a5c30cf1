import {spawn} from 'node:child_process';
import {stat} from 'node:fs/promises';
import {constants} from 'node:os';
import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';
import {sendInput} from './send-input.js';
import {takeOutput} from './take-output.js';
import type {ExecOptions, TakeOutput} from './transport.js';

const posix = process.platform !== 'win32';

export type LocalProcessOptions = {
	cwd?: string;
	/** Added to our own environment. */
	env?: Readonly<Record<string, string>>;
	input?: ExecOptions['input'];
	moreInput?: ExecOptions['moreInput'];
	onStdout: TakeOutput;
	onStderr: TakeOutput;
};

export type LocalProcess = {
	pid: number;
	/**
	 * Resolves when it has ended and all of its output was given: its code, or 128 + the signal.
	 * Rejects as a taker of its output does; then it still runs.
	 */
	exit: Promise<number>;
	/** Signals the process and its children, where the system has process groups. */
	kill: (signal: 'SIGTERM' | 'SIGKILL') => void;
};

/** A program that could not be started: not there (127) or not executable (126), as shells say it. */
export class StartError extends CosmosError {
	readonly status: 126 | 127;

	constructor(host: string, program: string, status: 126 | 127, cause: unknown) {
		super(
			'host-program-missing',
			`${program}: ${status === 127 ? 'not found' : 'not executable'} on ${host}`,
			{
				cause,
			},
		);
		this.status = status;
	}
}

/**
 * Starts a program of this machine. It leads a process group of its own, so that a Ctrl-C in our
 * terminal does not reach it.
 * @throws StartError when there is no such program
 * @throws CosmosError (host) when it cannot be started for another reason
 */
export async function startLocally(
	host: string,
	command: readonly string[],
	options: LocalProcessOptions,
): Promise<LocalProcess> {
	const {cwd, env, input, moreInput, onStdout, onStderr} = options;
	const [program = '', ...words] = command;
	const child = spawn(program, words, {
		cwd,
		env: {...process.env, ...env},
		detached: posix,
		windowsHide: true,
		stdio: 'pipe',
	});
	const stdout = takeOutput(child.stdout, onStdout);
	const stderr = takeOutput(child.stderr, onStderr);
	sendInput(child.stdin, input, moreInput);
	const ended = new Promise<number>(resolve => {
		child.on('close', async (code, signal) => {
			await stdout.done().catch(() => undefined);
			resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
		});
	});
	try {
		await new Promise((resolve, reject) => {
			child.once('spawn', resolve);
			child.once('error', reject);
		});
	} catch (error) {
		throw await explainStart(host, program, cwd, error);
	}

	const pid = child.pid as number;
	const exit = Promise.race([ended, stdout.refused, stderr.refused]);
	return {pid, exit, kill: signal => killGroup(pid, signal)};
}

async function explainStart(
	host: string,
	program: string,
	cwd: string | undefined,
	error: unknown,
) {
	if (cwd !== undefined && !(await isFolderHere(cwd))) {
		return new CosmosError('host-folder-missing', `no folder ${cwd} on ${host}`, {cause: error});
	}

	switch (systemCode(error)) {
		case 'ENOENT':
			return new StartError(host, program, 127, error);
		case 'EACCES':
			return new StartError(host, program, 126, error);
		default:
			return new CosmosError('host', `cannot start ${program} on ${host}: ${messageOf(error)}`, {
				cause: error,
			});
	}
}

async function isFolderHere(folder: string): Promise<boolean> {
	try {
		return (await stat(folder)).isDirectory();
	} catch {
		return false;
	}
}

type EndSignal = 'SIGTERM' | 'SIGKILL';

/** A group that has ended meanwhile is not an error. */
export function killGroup(pid: number, signal: EndSignal): void {
	killProcess(posix ? -pid : pid, signal);
}

/** A process that has ended meanwhile is not an error. */
export function killProcess(pid: number, signal: EndSignal): void {
	try {
		process.kill(pid, signal);
	} catch (error) {
		if (systemCode(error) !== 'ESRCH') {
			throw error;
		}
	}
}
