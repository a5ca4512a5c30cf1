import {spawn} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Client} from 'ssh2';
import {ConnectionLostError, CosmosError} from '../../domain/errors.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {abortable} from './abortable.js';
import {createLifeline} from './lifeline.js';
import {quoteWords} from './quote-words.js';
import {openChildChannel} from './ssh-child-channel.js';
import {timeoutError} from './ssh-connect-errors.js';
import type {DialOptions, SshConnection} from './ssh-connection.js';
import {fingerprintPlain} from './ssh-host-key.js';
import {sftpOver} from './ssh-sftp-channel.js';
import {type SshTarget, sshCommand, sshWords} from './ssh-target.js';

/** Bytes of what `ssh` says that are kept for the message. */
const keptWords = 4096;

/** Settings of the person's that are for interactive use, or that would be repeated for each command. */
const plain = [
	...[
		'ClearAllForwardings=yes',
		'RemoteCommand=none',
		'RequestTTY=no',
		'ForkAfterAuthentication=no',
	],
	...['StdinNull=no', 'EscapeChar=none', 'ForwardAgent=no', 'ForwardX11=no', 'LogLevel=ERROR'],
];

const options = (words: readonly string[]) => words.flatMap(word => ['-o', word]);

export type OpenSshOptions = DialOptions & {
	/** Key that our configuration names. */
	key?: string;
	/** Whether `ssh` may ask in the terminal: for a passphrase, a code, a touch. */
	mayPrompt: boolean;
};

/**
 * Connects by the OpenSSH client of this machine: one connection, over which further `ssh` processes
 * run commands and SFTP. It knows what ssh2 does not: certificates, FIDO, Kerberos, PKCS#11.
 * @throws CosmosError (connection) with what `ssh` said
 */
export async function dialOpenSsh(
	target: SshTarget,
	{host, timing, env, key, mayPrompt, acceptHostKey, signal}: OpenSshOptions,
): Promise<SshConnection> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-ssh-'));
	const socket = path.join(folder, 's');
	const lifeline = createLifeline();
	const master = spawn(
		'sh',
		[
			'-c',
			masterScript,
			'sh',
			'-M',
			'-N',
			...['-S', socket],
			...options(plain),
			...options([
				'ControlPersist=no',
				'PermitLocalCommand=yes',
				'LocalCommand=echo connected',
				`BatchMode=${mayPrompt ? 'no' : 'yes'}`,
				`ConnectTimeout=${Math.ceil(timing.connectTimeout / 1000)}`,
				`ServerAliveInterval=${Math.max(1, Math.round(timing.keepaliveInterval / 1000))}`,
				`ServerAliveCountMax=${timing.keepaliveCount}`,
				...(acceptHostKey === undefined ? [] : [acceptCommand(target, acceptHostKey)]),
			]),
			...(key === undefined ? [] : ['-i', key]),
			...sshWords(target),
		],
		{env, stdio: ['pipe', 'pipe', mayPrompt ? 'inherit' : 'pipe']},
	);
	let said = '';
	master.stderr?.on('data', chunk => {
		said = `${said}${chunk}`.slice(-keptWords);
	});
	master.stdin?.on('error', () => undefined);
	const ended = new Promise<void>(resolve => {
		master.on('close', () => resolve());
		master.on('error', () => resolve());
	});
	/** Asks whether the connection works, once for all who want to know; nothing is asked while it closes. */
	let check: Promise<boolean> | undefined;
	let isClosing = false;
	const close = async (cause?: unknown) => {
		isClosing = true;
		master.stdin?.end();
		await ended;
		await check;
		lifeline.cut(new ConnectionLostError(host, cause));
		await rm(folder, {recursive: true, force: true});
	};

	try {
		const connected = new Promise<void>((resolve, reject) => {
			const timer = mayPrompt
				? undefined
				: setTimeout(
						() => reject(timeoutError(target, timing.connectTimeout)),
						timing.connectTimeout,
					);
			master.stdout?.once('data', () => resolve());
			master.on('error', reject);
			ended.then(() => {
				clearTimeout(timer);
				reject(refused(target, said));
			});
			master.stdout?.once('data', () => clearTimeout(timer));
		});
		await abortable(connected, signal);
	} catch (error) {
		await close();
		throw error;
	}

	const gone = ended.then(() => lifeline.cut(new ConnectionLostError(host, refused(target, said))));
	gone.then(() => close());
	const shared = [
		...['-F', '/dev/null', '-S', socket, '-T'],
		// Without the shared connection there is none: it would not be the one that was asked for.
		...options([...plain, 'ControlMaster=no', 'BatchMode=yes', 'ProxyCommand=false']),
	];
	return {
		client: clientOver(shared, env, async () => {
			check ??= isClosing
				? Promise.resolve(false)
				: isAlive(socket, env).finally(() => {
						check = undefined;
					});
			if (!(await check)) {
				await gone;
			}
		}),
		reportsSignals: false,
		lifeline,
		cut(reason) {
			lifeline.cut(reason);
			void close();
		},
		close,
	};
}

/**
 * Lets `ssh` live as long as we do: our end closes its standard input. Ctrl-C in the terminal is for us.
 */
const masterScript = `trap '' INT QUIT
exec 3<&0
ssh "$@" </dev/null 3<&- &
pid=$!
{ cat <&3; kill "$pid"; } >/dev/null 2>&1 &
exec 3<&- >&-
wait "$pid"`;

/** Prints the presented key, and keeps it, where it is the one that the person accepts. */
function acceptCommand({acceptedKeysFile}: SshTarget, fingerprint: string): string {
	const script =
		'[ "$1" = "$0" ] && mkdir -p "$6" && printf "%%s %%s %%s\\n" "$4" "$2" "$3" | tee -a "$5" || :';
	const words = ['/bin/sh', '-c', script, `SHA256:${fingerprintPlain(fingerprint)}`];
	return `KnownHostsCommand=${quoteWords(words)} %f %t %K %H ${quoteWords([acceptedKeysFile, path.dirname(acceptedKeysFile)])}`;
}

/** Whether the shared connection answers. */
async function isAlive(socket: string, env: NodeJS.ProcessEnv): Promise<boolean> {
	const words = ['-F', '/dev/null', '-S', socket, '-O', 'check', 'host'];
	const child = spawn('ssh', words, {env, stdio: 'ignore'});
	return new Promise(resolve => {
		child.on('error', () => resolve(false));
		child.on('close', code => resolve(code === 0));
	});
}

function clientOver(
	shared: readonly string[],
	env: NodeJS.ProcessEnv,
	whenKnown: () => Promise<void>,
): SshConnection['client'] {
	const client = {
		exec(line: string, done: (error?: Error, channel?: unknown) => void) {
			done(undefined, openChildChannel([...shared, '--', 'host', line], env, whenKnown));
		},
		sftp(done: (error?: Error, sftp?: unknown) => void) {
			const channel = openChildChannel([...shared, '-s', '--', 'host', 'sftp'], env, whenKnown);
			sftpOver(channel).then(
				sftp => done(undefined, sftp),
				error => done(error),
			);
		},
	};
	return client as unknown as Pick<Client, 'exec' | 'sftp'>;
}

function refused(target: SshTarget, said: string): CosmosError {
	const words = said.trim().split('\n').slice(-3).map(cleanText).join('; ');
	return new CosmosError(
		'connection',
		`ssh cannot connect to ${target.alias}${words && `: ${words}`}`,
		{hint: `Try \`${sshCommand(target)}\` in a terminal.`},
	);
}
