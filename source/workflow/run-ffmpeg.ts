import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {CosmosError, messageOf, systemCode} from '../domain/errors.js';

type FfmpegOptions = {
	/** Default: this process's own. */
	cwd?: string;
	/** The message when the signal has ended it. @default cancelled */
	cancelled?: string;
	/** @default it is dropped */
	onOutput?: (chunk: Buffer) => void;
	/** What it reads from `pipe:0`; when this fails, so does the call. */
	input?: AsyncIterable<Uint8Array>;
	onStart?: (pid: number) => void;
	/** Ends it. */
	signal?: AbortSignal;
};

/**
 * Runs ffmpeg to its end.
 * @returns its exit code and the last line that it said
 * @throws CosmosError (home) when it is not there or cannot be started, (cancelled) by the signal
 */
export async function runFfmpeg(
	args: readonly string[],
	{cwd, cancelled = 'cancelled', onOutput = () => undefined, input, onStart, signal}: FfmpegOptions,
): Promise<{code: unknown; lastLine: string}> {
	const child = spawn('ffmpeg', ['-nostdin', '-hide_banner', '-loglevel', 'error', '-y', ...args], {
		cwd,
		stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
		signal,
	});
	if (child.pid !== undefined) {
		onStart?.(child.pid);
	}

	let said = '';
	child.stderr?.setEncoding('utf8').on('data', (text: string) => {
		said = `${said}${text}`.slice(-4000);
	});
	child.stdout?.on('data', onOutput);
	let failure: unknown;
	if (input && child.stdin) {
		pipeline(Readable.from(input, {objectMode: false}), child.stdin).catch(error => {
			// A program that has ended reads no more; why it ended is what it said.
			failure = systemCode(error) === 'EPIPE' ? undefined : error;
			child.kill();
		});
	}

	try {
		const [code] = await once(child, 'close');
		if (failure instanceof CosmosError) {
			throw failure;
		}

		if (!signal?.aborted) {
			return {code, lastLine: said.trim().split('\n').at(-1) ?? ''};
		}
	} catch (error) {
		if (error instanceof CosmosError) {
			throw error;
		}

		if (!signal?.aborted) {
			throw startError(error);
		}
	}

	throw new CosmosError('cancelled', cancelled);
}

function startError(error: unknown): CosmosError {
	return systemCode(error) === 'ENOENT'
		? new CosmosError('program-missing', 'ffmpeg is not installed on this machine', {
				hint: 'Install it: apt-get install ffmpeg, dnf install ffmpeg, brew install ffmpeg or winget install ffmpeg.',
				cause: error,
			})
		: new CosmosError('program-failed', `ffmpeg cannot be started: ${messageOf(error)}`, {
				cause: error,
			});
}
