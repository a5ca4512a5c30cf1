import {spawn} from 'node:child_process';
import {Duplex} from 'node:stream';
import {CosmosError, messageOf} from '../../domain/errors.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {placeOf, type SshTarget} from './ssh-target.js';

/** Bytes of a proxy's standard error that are kept for the message. */
const keptWords = 4096;

/**
 * Runs the target's `ProxyCommand`, whose standard input and output carry the connection. It gets a
 * session of its own: Ctrl-C in the terminal is for us, and the line is needed to stop what runs.
 * Destroying the stream ends it.
 */
export function openProxy(target: SshTarget, command: string, env: NodeJS.ProcessEnv): Duplex {
	const [shell, ...words] =
		process.platform === 'win32'
			? ['cmd.exe', '/d', '/s', '/c', command]
			: [env.SHELL || '/bin/sh', '-c', `exec ${command}`];
	const proxy = spawn(shell as string, words, {
		env,
		stdio: 'pipe',
		detached: process.platform !== 'win32',
		windowsHide: true,
	});
	let said = '';
	proxy.stderr.on('data', chunk => {
		said = `${said}${chunk}`.slice(-keptWords);
	});

	const stream = new Duplex({
		read: () => {
			proxy.stdout.resume();
		},
		// A proxy that is gone says so by its end.
		write: (chunk, _encoding, done) => {
			proxy.stdin.write(chunk, () => done());
		},
		final(done) {
			proxy.stdin.end(() => done());
		},
		destroy(error, done) {
			end(proxy.pid);
			done(error);
		},
	});
	proxy.stdin.on('error', () => undefined);
	proxy.stdout.on('data', chunk => {
		if (!stream.push(chunk)) {
			proxy.stdout.pause();
		}
	});
	proxy.on('error', error => stream.destroy(proxyError(target, command, messageOf(error))));
	proxy.on('close', (code, signal) => {
		const words = said.trim().split('\n').slice(-3).join('; ');
		const how = `it ended with ${signal ?? `code ${code}`}${words && `: ${words}`}`;
		stream.destroy(proxyError(target, command, how));
	});
	return stream;
}

function proxyError(target: SshTarget, command: string, why: string): CosmosError {
	return new CosmosError(
		'connection',
		`the ProxyCommand for ${placeOf(target)} failed: ${cleanText(why)}`,
		{hint: `Run it in a terminal: ${cleanText(command)}`},
	);
}

function end(pid: number | undefined): void {
	try {
		process.kill(process.platform === 'win32' ? (pid as number) : -(pid as number), 'SIGHUP');
	} catch {
		// It has ended already, or has never begun.
	}
}
