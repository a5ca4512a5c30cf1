import {randomBytes} from 'node:crypto';
import {constants} from 'node:os';
import type {Readable} from 'node:stream';
import type {ClientChannel} from 'ssh2';
import {ConnectionLostError, CosmosError, NoAnswerError} from '../../domain/errors.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {abortable, throwIfAborted} from './abortable.js';
import {startAnswerTimer} from './answer-timer.js';
import {loginLine, noFolderCode} from './login-line.js';
import {createMarkerFilter, type MarkerFilter} from './marker-filter.js';
import {sendInput} from './send-input.js';
import {brokenProtocol, channelError} from './ssh-channel-error.js';
import type {ChildChannel} from './ssh-child-channel.js';
import type {SshConnection} from './ssh-connection.js';
import {keepErrors, keepOutput, takeOutput} from './take-output.js';
import {answerTime, type ExecOptions, type ExecResult} from './transport.js';

/** Bytes that a server may send ahead of what is read; ssh2 itself allows it two million. */
const mostAhead = 8 * 1024 * 1024;

/**
 * Runs a command over a connection; the transport's `exec`.
 * @param host for messages: the host's name in the configuration
 */
export async function execOverSsh(
	connection: SshConnection,
	host: string,
	command: readonly string[],
	options: ExecOptions = {},
): Promise<ExecResult> {
	const {client, lifeline} = connection;
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
	const marker = `cosmos-${randomBytes(12).toString('hex')}`;
	const line = loginLine({command, marker, cwd, env, waits: !connection.reportsSignals});
	const stdout = keepOutput(host);
	const stderr = keepErrors();
	const timer = startAnswerTimer(host, command, timeLimit);
	const filters = {
		stdout: createMarkerFilter(marker, onOutput ?? stdout.take, timer.begun),
		stderr: createMarkerFilter(marker, stderr.take),
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
			abandon(channel);
		}

		sendInput(channel, input, moreInput);
		return finish(connection, channel, filters, host);
	}

	try {
		const code = await abortable(lifeline.during(Promise.race([work, timer.over])), signal);
		throwIfNotStarted(code, filters, host, cwd);
		return {code, stdout: stdout.text(), stderr: stderr.text()};
	} catch (error) {
		stopped = true;
		if (channel) {
			abandon(channel);
		} else if (error instanceof NoAnswerError) {
			// Not even a channel: the server itself is silent.
			connection.cut(error);
		}

		throw error;
	} finally {
		timer.stop();
	}
}

/** Closes our side; what the host still sends goes nowhere. */
function abandon(channel: ClientChannel): void {
	channel.close();
	for (const stream of [channel, channel.stderr]) {
		stream.removeAllListeners('data');
		stream.resume();
	}
}

/** ssh2 keeps all that comes while nobody reads, also what a server must not send yet. */
function guardMemory(stream: Readable, onFlood: () => void): void {
	const push = stream.push.bind(stream);
	stream.push = (chunk, encoding) => {
		if (stream.readableLength > mostAhead) {
			onFlood();
			return false;
		}

		return push(chunk, encoding);
	};
}

/** Resolves with the exit code when all output has been given to the filters. */
async function finish(
	connection: SshConnection,
	channel: ClientChannel,
	filters: {stdout: MarkerFilter; stderr: MarkerFilter},
	host: string,
): Promise<number> {
	for (const stream of [channel, channel.stderr]) {
		guardMemory(stream, () =>
			connection.cut(brokenProtocol(host, 'it sends more than it may at once')),
		);
	}

	const stdout = takeOutput(channel, filters.stdout.push);
	const stderr = takeOutput(channel.stderr, filters.stderr.push);
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
		const {refusal} = channel as ChildChannel;
		throw refusal
			? channelError(host, 'cannot start a command', refusal)
			: new ConnectionLostError(host);
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
