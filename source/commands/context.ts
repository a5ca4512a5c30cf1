import type {Config} from '../config/config.js';
import {exitCodes} from '../domain/error-codes.js';
import {CosmosError} from '../domain/errors.js';
import {cleanLines, cleanText} from '../domain/log-lines.js';
import {simulatorFile} from '../package-root.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {askSecret} from './ask.js';
import type {CommandContext, Words} from './verb.js';

/** Where a call reads and writes, and its environment: the process, or a test's own. */
export type Streams = {
	stdin: NodeJS.ReadableStream & {isTTY?: boolean};
	stdout: {isTTY?: boolean; columns?: number; write: (data: string | Buffer) => unknown};
	stderr: {isTTY?: boolean; columns?: number; write: (text: string) => unknown};
	env: NodeJS.ProcessEnv;
};

/** The context of a verb, made from a call's streams, environment and this process's signals. */
export function createContext(
	words: Words,
	openDashboard: CommandContext['openDashboard'],
	{stdin, stdout, stderr, env}: Streams,
	leaveRest: () => void,
): {context: CommandContext; close: () => Promise<void>} {
	const quiet = words.on('quiet');
	let opened: Promise<Workflow> | undefined;
	let configured: Promise<Config> | undefined;
	let stopping: Stopping | undefined;
	let lineShown = false;
	/** What must not be printed over the dashboard. */
	let held: string[] | undefined;

	const context: CommandContext = {
		// A pipe may end at a terminal too: `| less -R`, `| head`.
		out: data => stdout.write(typeof data === 'string' ? cleanLines(data) : data),
		note: text => quiet || stderr.write(cleanLines(text)),
		problem: text => stderr.write(cleanLines(text)),
		outIsTerminal: stdout.isTTY === true,
		columns: stdout.isTTY ? (stdout.columns ?? 80) : undefined,
		noteIsTerminal: stderr.isTTY === true,
		inIsTerminal: stdin.isTTY === true,
		canAsk: stdin.isTTY === true && stderr.isTTY === true,
		live(text) {
			if (stderr.isTTY && !quiet && (text !== '' || lineShown)) {
				const room = Math.max(1, (stderr.columns ?? 80) - 1);
				stderr.write(`\r\u001b[2K${cleanText(text).slice(0, room)}`);
				lineShown = text !== '';
			}
		},
		env,
		async input() {
			const {text} = await import('node:stream/consumers');
			return text(stdin);
		},
		get signal() {
			stopping ??= stopOnSignals(env);
			return stopping.signal;
		},
		config() {
			configured ??= loadOwnConfig(words, env, context.problem);
			return configured;
		},
		workflow() {
			opened ??= openWorkflow();
			return opened;
		},
		async openDashboard(workflow, options) {
			held = [];
			const end = await openDashboard(workflow, options);
			const messages = [...held, ...end.messages];
			held = undefined;
			return {...end, messages};
		},
		// The configuration has been read by now, or the verb could not have done anything.
		ring: text => void ring(text).catch(() => undefined),
		leaveRest,
	};

	async function ring(text: string): Promise<void> {
		const {notice} = await context.config();
		if (stderr.isTTY && notice !== 'off') {
			const {noticeSequence} = await import('../domain/notice.js');
			stderr.write(noticeSequence(notice, text));
		}
	}

	async function openWorkflow(): Promise<Workflow> {
		const acceptHostKey = fingerprintIn(words);
		const config = await context.config();
		const {createWorkflow} = await import('../workflow/workflow.js');
		return createWorkflow({
			config,
			env,
			onNotice: message => (held ? held.push(message) : context.note(`${message}\n`)),
			acceptHostKey,
			mayPrompt: () => context.canAsk && held === undefined,
			askPassphrase: context.canAsk
				? (keyPath, isRetry) =>
						askSecret(context, `${isRetry ? 'Wrong. ' : ''}Passphrase of ${keyPath}: `)
				: undefined,
		});
	}

	return {
		context,
		async close() {
			const workflow = await opened?.catch(() => undefined);
			await workflow?.close();
			stopping?.forget();
		},
	};
}

/** @throws CosmosError (usage) for what is no fingerprint; it would only seem not to fit */
function fingerprintIn(words: Words): string | undefined {
	const given = words.text('acceptHostKey');
	if (given !== undefined && !/^(SHA256:)?[A-Za-z0-9+/]{43}=?$/i.test(given)) {
		throw new CosmosError('usage', `--accept-host-key "${given}" is not a fingerprint`, {
			hint: 'A fingerprint is SHA256: and 43 characters, as ssh shows it on the first connection.',
		});
	}

	return given;
}

async function loadOwnConfig(
	words: Words,
	env: NodeJS.ProcessEnv,
	tell: (text: string) => void,
): Promise<Config> {
	const {loadConfig} = await import('../config/config.js');
	const config = await loadConfig({
		env,
		cwd: process.cwd(),
		dataDir: words.text('data'),
		configFile: words.text('config'),
		trustProject: words.text('trustProject'),
		simulator: simulatorFile(),
	});
	if (config.withheld) {
		const {formatWithheld} = await import('../config/project-trust.js');
		tell(`cosmos: ${formatWithheld(config.withheld)}\n`);
	}

	return config;
}

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Stopping = {signal: AbortSignal; forget: () => void};

/**
 * Aborted by Ctrl-C and by the end of the terminal or the session. Another Ctrl-C ends the process
 * immediately and leaves what runs on the host running.
 */
function stopOnSignals(env: NodeJS.ProcessEnv): Stopping {
	const controller = new AbortController();
	const stop = () => {
		if (controller.signal.aborted) {
			process.exit(exitCodes.cancelled);
		}

		controller.abort();
		if (process.stderr.isTTY && env.TERM !== 'dumb') {
			process.stderr.write('\nstopping; press again to quit now and leave the job running\n');
		}
	};

	for (const name of stopSignals) {
		process.on(name, stop);
	}

	return {
		signal: controller.signal,
		forget() {
			for (const name of stopSignals) {
				process.off(name, stop);
			}
		},
	};
}
