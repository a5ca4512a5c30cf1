import {type ChildProcessByStdio, spawn} from 'node:child_process';
import {Duplex, Readable, type Writable} from 'node:stream';
import type {ClientChannel} from 'ssh2';

/** What `ssh` ends with for its own reasons; our commands never do. */
const ownFailure = 255;

/** Bytes of standard error that are looked at when nothing came of a command. */
const keptWords = 4096;

/** A channel that may turn out never to have been opened: nothing was started then. */
export type ChildChannel = ClientChannel & {refusal?: Error};

/**
 * A command that a child `ssh` runs over the shared connection, in the shape of ssh2's channels.
 * @param whenKnown resolves once it is known whether the connection still works: a channel that failed
 * with it closes after it, so that the next command is not given to a connection that is ending
 */
export function openChildChannel(
	words: readonly string[],
	env: NodeJS.ProcessEnv,
	whenKnown: () => Promise<void>,
): ChildChannel {
	// A session of its own: Ctrl-C in the terminal is for us.
	const child = spawn('ssh', [...words], {env, stdio: 'pipe', detached: true});
	const stderr = new Readable({emitClose: false, read: () => child.stderr.resume()});
	const stream = new Duplex({
		emitClose: false,
		read: () => {
			child.stdout.resume();
		},
		write: (chunk, _encoding, done) => {
			child.stdin.write(chunk, () => done());
		},
		final(done) {
			child.stdin.end(() => done());
		},
	});
	const channel = Object.assign(stream, {
		stderr,
		close: () => child.kill(),
	}) as unknown as ChildChannel;
	child.stdin.on('error', () => undefined);
	passOn(child.stdout, stream);
	passOn(child.stderr, stderr);
	let said = '';
	child.stderr.on('data', chunk => {
		said = `${said}${chunk}`.slice(-keptWords);
	});
	child.on('error', error => {
		said = error.message;
	});
	child.on('close', async code => {
		const isOwn = code === ownFailure || code === null || code < 0;
		if (isOwn) {
			channel.refusal = refusalIn(said);
			await (channel.refusal ? undefined : whenKnown());
		}

		stream.push(null);
		stderr.push(null);
		whenRead(stderr, () => stderr.emit('close'));
		whenRead(stream, () => stream.emit('close', isOwn ? undefined : code));
	});
	return channel;
}

/** Like ssh2's error for a channel that the server does not open (RFC 4254, 5.1). */
function refusalIn(said: string): Error | undefined {
	return /session request failed|open refused|open failed/i.test(said)
		? Object.assign(new Error(said.trim()), {reason: 2})
		: undefined;
}

type Output = ChildProcessByStdio<Writable, Readable, Readable>['stdout'];

function passOn(from: Output, to: Readable): void {
	from.on('data', chunk => {
		if (!to.push(chunk)) {
			from.pause();
		}
	});
}

function whenRead(stream: Readable, done: () => void): void {
	if (stream.readableEnded) {
		done();
	} else {
		stream.once('end', done);
	}
}
