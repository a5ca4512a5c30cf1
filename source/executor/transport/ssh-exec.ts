import {randomBytes} from 'node:crypto';
import {constants} from 'node:os';
import type {ClientChannel} from 'ssh2';
import {ConnectionLostError, CosmosError} from '../../domain/errors.js';
import {cleanText} from '../../domain/log-lines.js';
import {abortable, throwIfAborted} from './abortable.js';
import {loginLine, noFolderCode} from './login-line.js';
import {createMarkerFilter, type MarkerFilter} from './marker-filter.js';
import {channelError} from './ssh-channel-error.js';
import type {SshConnection} from './ssh-connection.js';
import {collectTo, takeOutput} from './take-output.js';
import type {ExecOptions, ExecResult} from './transport.js';

/**
 * Runs a command over a connection; the transport's `exec`.
 * @param host for messages: the host's name in the configuration
 */
export async function execOverSsh(
	{client, lifeline}: SshConnection,
	host: string,
	command: readonly string[],
	options: ExecOptions = {},
): Promise<ExecResult> {
	const {input, onOutput, cwd, env, signal} = options;
	throwIfAborted(signal);
	const marker = `cosmos-${randomBytes(12).toString('hex')}`;
	const line = loginLine({command, marker, cwd, env});
	const stdout: Buffer[] = [];
	const stderr: Buffer[] = [];
	const filters = {
		stdout: createMarkerFilter(marker, onOutput ?? collectTo(stdout)),
		stderr: createMarkerFilter(marker, collectTo(stderr)),
	};

	let channel: ClientChannel | undefined;
	let stopped = false;
	const work = openChannel();

	async function openChannel(): Promise<number> {
		channel = await new Promise<ClientChannel>((resolve, reject) => {
			client.exec(line, (error, opened) => (error ? reject(error) : resolve(opened)));
		}).catch(error => {
			throw channelError(host, 'cannot start a command', error);
		});
		if (stopped) {
			channel.close();
		}

		return finish(channel, input, filters, host);
	}

	try {
		const code = await abortable(lifeline.during(work), signal);
		throwIfNotStarted(code, filters, host, cwd);
		return {
			code,
			stdout: Buffer.concat(stdout).toString(),
			stderr: Buffer.concat(stderr).toString(),
		};
	} catch (error) {
		stopped = true;
		channel?.close();
		throw error;
	}
}

/** Resolves with the exit code when all output has been given to the filters. */
async function finish(
	channel: ClientChannel,
	input: string | Buffer | undefined,
	filters: {stdout: MarkerFilter; stderr: MarkerFilter},
	host: string,
): Promise<number> {
	const stdout = takeOutput(channel, filters.stdout.push);
	const stderr = takeOutput(channel.stderr, filters.stderr.push);
	// A command that ends without reading its input; its exit code tells enough.
	channel.on('error', () => undefined);
	channel.end(input);
	const ended = Promise.all([
		new Promise<[code?: number | null, signal?: string]>(resolve => {
			channel.on('close', (...how: [number?, string?]) => resolve(how));
		}),
		new Promise<void>(resolve => {
			channel.stderr.on('close', resolve);
		}),
	]);
	const [[code, signal]] = await Promise.race([ended, stdout.refused, stderr.refused]);
	await stdout.done();
	if (code === undefined) {
		throw new ConnectionLostError(host);
	}

	return code ?? 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
}

/** @throws CosmosError (host) when the login shell ended before our command began */
function throwIfNotStarted(
	code: number,
	{stdout, stderr}: {stdout: MarkerFilter; stderr: MarkerFilter},
	host: string,
	cwd: string | undefined,
): void {
	if (stdout.noise() === undefined) {
		return;
	}

	if (cwd !== undefined && code === noFolderCode) {
		throw new CosmosError('host-folder-missing', `no folder ${cwd} on ${host}`, {
			hint: 'Create it, or choose another one.',
		});
	}

	const said = cleanText(`${stdout.noise()} ${stderr.noise() ?? ''}`.trim()).slice(-500);
	throw new CosmosError(
		'host',
		`the login shell of ${host} ended (code ${code}) before the command ran: ${said || 'it printed nothing'}`,
		{hint: 'The account needs a shell that can run commands, and startup files that do not exit.'},
	);
}
