import type {Config, loadConfig} from '../config/config.js';
import {CosmosError} from '../domain/errors.js';
import {cleanLines, cleanText} from '../domain/runs/log-lines.js';
import {flagName} from '../domain/settings/settings.js';
import {simulatorFile} from '../package-root.js';
import type {createWorkflow} from '../workflow/workflow.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {askSecret} from './choose/ask.js';
import {type StopSignals, watchStopSignals} from './stop-signals.js';
import type {CommandContext, Verb, Words} from './verb.js';

/** Where a call reads and writes, and its environment: the process, or a test's own. */
export type Streams = {
	stdin: NodeJS.ReadableStream & {isTTY?: boolean};
	stdout: {
		isTTY?: boolean;
		columns?: number;
		rows?: number;
		write: (data: string | Buffer) => unknown;
	};
	stderr: {isTTY?: boolean; columns?: number; write: (text: string) => unknown};
	env: NodeJS.ProcessEnv;
};

/** What the program that makes a call provides. */
export type Caller = {
	/** Loads and shows the dashboard. */
	openDashboard: CommandContext['openDashboard'];
	/** @default loaded when a verb asks for the configuration */
	loadConfig?: typeof loadConfig;
	/** @default loaded when a verb asks for the workflow */
	createWorkflow?: typeof createWorkflow;
	/** Called when the arguments are valid and this verb starts. */
	onVerb?: (verb: Verb) => void;
	/** Called when pending work must not keep this process alive. */
	leaveRest?: () => void;
};

/** The context of a verb, made from a call's streams, environment and this process's signals. */
export function createContext(
	{launches = false}: Pick<Verb, 'launches'>,
	words: Words,
	{openDashboard, leaveRest = () => undefined, ...loaded}: Caller,
	{stdin, stdout, stderr, env}: Streams,
): {context: CommandContext; close: () => Promise<void>} {
	const quiet = words.on('quiet');
	let opened: Promise<Workflow> | undefined;
	let configured: Promise<Config> | undefined;
	let stopping: StopSignals | undefined;
	let lineShown = false;
	/** What must not be printed over the dashboard. */
	let held: string[] | undefined;

	const context: CommandContext = {
		// A pipe may end at a terminal too: `| less -R`, `| head`.
		out: data => stdout.write(typeof data === 'string' ? cleanLines(data) : data),
		note: text => quiet || stderr.write(cleanLines(text)),
		problem: text => stderr.write(cleanLines(text)),
		outIsTerminal: stdout.isTTY === true,
		columns: stdout.isTTY ? widthOf(stdout) : undefined,
		hasNoSize: stdout.isTTY === true && (stdout.columns === 0 || stdout.rows === 0),
		inIsTerminal: stdin.isTTY === true,
		canAsk: stdin.isTTY === true && stderr.isTTY === true,
		live(text) {
			if (stderr.isTTY && !quiet && env.TERM !== 'dumb' && (text !== '' || lineShown)) {
				const room = Math.max(1, widthOf(stderr) - 1);
				stderr.write(`\r\u001b[2K${cleanText(text).slice(0, room)}`);
				lineShown = text !== '';
			}
		},
		env,
		input: () => stdin,
		get signal() {
			stopping ??= watchStopSignals({
				leavesRuns: launches,
				hasTerminal: stdout.isTTY === true || stderr.isTTY === true,
				say: text => stderr.isTTY && env.TERM !== 'dumb' && stderr.write(`\n${text}\n`),
				settle: async () => (await opened)?.stopsRecorded(),
				exit: code => process.exit(code),
			});
			return stopping.signal;
		},
		config() {
			configured ??= loadOwnConfig(words, env, context.problem, loaded.loadConfig);
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
		if (stderr.isTTY && notice !== 'auto') {
			const {noticeSequence} = await import('../domain/notice.js');
			stderr.write(noticeSequence(notice, text));
		}
	}

	async function openWorkflow(): Promise<Workflow> {
		const acceptHostKey = fingerprintIn(words);
		const config = await context.config();
		const create =
			loaded.createWorkflow ?? (await import('../workflow/workflow.js')).createWorkflow;
		return create({
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
	words: Pick<Words, 'text'>,
	env: NodeJS.ProcessEnv,
	report: (text: string) => void,
	loaded?: typeof loadConfig,
): Promise<Config> {
	const load = loaded ?? (await import('../config/config.js')).loadConfig;
	const config = await load({
		env,
		cwd: process.cwd(),
		dataDir: words.text('data'),
		configFile: words.text('config'),
		trustProject: words.text('trustProject'),
		simulator: simulatorFile(),
	});
	if (config.withheld) {
		const {formatWithheld} = await import('../config/project-trust.js');
		report(`cosmos: ${formatWithheld(config.withheld)}\n`);
	}

	return config;
}

/** The configuration of a call whose words have not been parsed yet. */
export async function configFor(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<Config> {
	const text = (key: string) => {
		const flag = flagName(key);
		const at = argv.findIndex(word => word === flag || word.startsWith(`${flag}=`));
		const word = argv[at];
		return word === undefined || word === flag
			? argv[at + 1 || argv.length]
			: word.slice(flag.length + 1);
	};
	return loadOwnConfig({text}, env, () => undefined);
}

/** Columns of a terminal; some say 0 when they do not know. */
function widthOf({columns}: {columns?: number}): number {
	return columns || 80;
}
