import {homedir} from 'node:os';
import {throwIfAborted} from './abortable.js';
import {localFiles} from './local-files.js';
import {StartError, startLocally} from './local-process.js';
import {collectTo} from './take-output.js';
import type {ExecOptions, ExecResult, Transport} from './transport.js';

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
	const {input, onOutput, cwd, env, signal} = options;
	throwIfAborted(signal);
	const stdout: Buffer[] = [];
	const stderr: Buffer[] = [];
	try {
		const child = await startLocally(host, command, {
			cwd,
			env,
			input,
			onStdout: onOutput ?? collectTo(stdout),
			onStderr: collectTo(stderr),
		});
		const end = () => child.kill('SIGTERM');
		signal?.addEventListener('abort', end, {once: true});
		if (signal?.aborted) {
			end();
		}

		const code = await child.exit.catch(error => {
			end();
			throw error;
		});
		signal?.removeEventListener('abort', end);
		throwIfAborted(signal);
		return {
			code,
			stdout: Buffer.concat(stdout).toString(),
			stderr: Buffer.concat(stderr).toString(),
		};
	} catch (error) {
		if (error instanceof StartError) {
			return {code: error.status, stdout: '', stderr: `${error.message}\n`};
		}

		throw error;
	}
}
