import {homedir} from 'node:os';
import {throwIfAborted} from './abortable.js';
import {startAnswerTimer} from './answer-timer.js';
import {localFiles} from './local-files.js';
import {StartError, startLocally} from './local-process.js';
import {keepErrors, keepOutput} from './take-output.js';
import {answerTime, type ExecOptions, type ExecResult, type Transport} from './transport.js';

/** This machine as a host: child processes and the file system, no shell, no network. */
export function localTransport(hostName: string, shared = false): Transport {
	return {
		host: hostName,
		closed: false,
		connectedSince: undefined,
		async connect() {},
		exec: (command, options) => exec(hostName, command, options),
		home: async () => homedir(),
		...localFiles(hostName, shared),
		async close() {},
	};
}

async function exec(
	host: string,
	command: readonly string[],
	options: ExecOptions = {},
): Promise<ExecResult> {
	const {
		input,
		moreInput,
		onOutput,
		cwd,
		env,
		signal,
		timeLimit = onOutput ? undefined : answerTime,
	} = options;
	throwIfAborted(signal);
	const stdout = keepOutput(host);
	const stderr = keepErrors();
	try {
		const child = await startLocally(host, command, {
			cwd,
			env,
			input,
			moreInput,
			onStdout: onOutput ?? stdout.take,
			onStderr: stderr.take,
		});
		const timer = startAnswerTimer(host, command, timeLimit);
		timer.begun();
		const end = () => child.kill('SIGTERM');
		signal?.addEventListener('abort', end, {once: true});
		if (signal?.aborted) {
			end();
		}

		const code = await Promise.race([child.exit, timer.over])
			.catch(error => {
				end();
				throw error;
			})
			.finally(() => {
				timer.stop();
				signal?.removeEventListener('abort', end);
			});
		throwIfAborted(signal);
		return {code, stdout: stdout.text(), stderr: stderr.text()};
	} catch (error) {
		if (error instanceof StartError) {
			return {code: error.status, stdout: '', stderr: `${error.message}\n`};
		}

		throw error;
	}
}
