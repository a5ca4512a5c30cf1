import type {Config, DashboardConfig} from '../config/config.js';
import {flagName} from '../domain/settings/settings.js';
import type {Workflow} from '../workflow/workflow-types.js';

/** One flag of a verb. A `text` flag takes a value, a `switch` none. */
export type Flag = {
	/** As in code; `sigmaMax` is `--sigma-max` for the user. */
	key: string;
	help: string;
	kind: 'text' | 'switch';
	/** What stands for the value in the help, e.g. `NAME`. */
	value?: string;
	/** A switch that is on by default; `--no-…` turns it off. */
	defaultsOn?: boolean;
	/** How many words the flag takes, if more than one. */
	count?: number;
	/** It takes all words that follow, whatever they are. */
	takesRest?: boolean;
	shortFlag?: string;
	/** What a shell offers for the value. */
	completes?: Completes;
};

/**
 * What a shell offers for a word: ids from the store, names from the configuration, files, or the
 * words of a list.
 */
export type Completes =
	| 'run'
	| 'prompt'
	| 'job'
	| 'any-id'
	| 'host'
	| 'target'
	| 'preset'
	| 'recipe'
	| 'filter'
	| 'verb'
	| 'file'
	| 'folder'
	/** A file that is an input of a prompt, perhaps with its role. */
	| 'input'
	| readonly string[];

/** The words of one call, parsed by the verb's flags. Absent flags are undefined. */
export type Words = {
	args: string[];
	text: (key: string) => string | undefined;
	on: (key: string) => boolean;
	/** Whether `--no-…` was given. */
	off: (key: string) => boolean;
	/** @throws CosmosError (usage) for anything but a whole number from `min` on */
	whole: (key: string, min: number) => number | undefined;
	/** The words of a flag that takes the rest. */
	rest: (key: string) => readonly string[] | undefined;
};

/** What a verb has to work with. */
export type CommandContext = {
	/**
	 * Data: standard output. Text is cleaned of everything that a terminal would interpret or hide, for a
	 * pipe too; bytes pass as they are.
	 */
	out: (text: string | Buffer) => void;
	/** Everything else: standard error. */
	note: (text: string) => void;
	/** Errors and questions: standard error, with `--quiet` too. */
	problem: (text: string) => void;
	outIsTerminal: boolean;
	/** Columns of standard output's terminal; undefined in a pipe. */
	columns: number | undefined;
	/** Standard output is a terminal of no columns or no rows. */
	hasNoSize: boolean;
	inIsTerminal: boolean;
	/** A line on the terminal that the next one replaces; empty clears it. */
	live: (text: string) => void;
	/** Whether the user can be asked: standard input and error are a terminal. */
	canAsk: boolean;
	env: NodeJS.ProcessEnv;
	/** Standard input. */
	input: () => AsyncIterable<Uint8Array | string>;
	/** Aborted by Ctrl-C and SIGTERM, which end the process until this is first read. */
	readonly signal: AbortSignal;
	config: () => Promise<Config>;
	/** Opened when first called, closed by the command line's main. */
	workflow: () => Promise<Workflow>;
	/** Shows the dashboard until its user leaves it; loads what only it needs. */
	openDashboard: (
		workflow: Workflow,
		options: Partial<DashboardConfig> & {
			firstStart: boolean;
			readOnly?: boolean;
			firstNotice?: string;
			flags?: readonly string[];
		},
	) => Promise<DashboardEnd>;
	/** Notifies the terminal, as configured, that a job has ended. */
	ring: (text: string) => void;
	/** Lets the process exit when the verb has ended, whatever is still pending. */
	leaveRest: () => void;
};

/** A final message, and the exit code, after the screen is restored. */
export type DashboardEnd = {messages: readonly string[]; exitCode: number};

export type Verb = {
	name: string;
	/** One line for the list of verbs. */
	summary: string;
	/** The words after the verb, e.g. `ID… [flags]`. */
	usage: string;
	/** More than the summary says, for the verb's own help; may be empty. */
	details?: string;
	/** How many words the verb takes: at least, at most. */
	args: [number, number];
	flags: readonly Flag[];
	/** What a shell offers for the words after the verb, one by one; the last counts for the rest. */
	completes?: readonly Completes[];
	/** Words such as `-old` and `+new` are words, not flags. */
	takesSigned?: boolean;
	/** Verbs behind a second word, each with flags and help of its own; then `run` explains them. */
	parts?: readonly Verb[];
	/** It has flags for the settings of recipes: of the one that its words name, or of all. */
	recipeFlags?: 'named' | 'all';
	/** It starts or resumes runs, which go on when the terminal ends. */
	launches?: boolean;
	/** It only prints, and ends when nobody reads it any more. */
	endsWithReader?: boolean;
	/** Exit codes that mean something of its own here. */
	exitCodes?: ReadonlyArray<readonly [number, string]>;
	/** Each a call and what it does. */
	examples: ReadonlyArray<readonly [string, string]>;
	/** Resolves with the exit code, or with nothing for 0. */
	run: (context: CommandContext, words: Words) => Promise<number> | Promise<void>;
};

/** A flag with a value, which the help calls `value`. */
export function textFlag(
	key: string,
	value: string,
	help: string,
	more: Pick<Flag, 'shortFlag' | 'completes' | 'count' | 'takesRest'> = {},
): Flag {
	return {key, kind: 'text', value, help, ...more};
}

/** A flag without a value. */
export function switchFlag(
	key: string,
	help: string,
	more: Pick<Flag, 'shortFlag' | 'defaultsOn'> = {},
): Flag {
	return {key, kind: 'switch', help, ...more};
}

/** The words that a flag is written as: `--quiet`, `-q`. */
export function flagNames({key, shortFlag}: Flag): string[] {
	return [flagName(key), ...(shortFlag === undefined ? [] : [`-${shortFlag}`])];
}

export const commonFlags: readonly Flag[] = [
	textFlag('data', 'DIR', 'folder of prompts, runs and results', {completes: 'folder'}),
	textFlag('config', 'FILE', 'configuration file', {completes: 'file'}),
	textFlag('trustProject', 'HASH', 'trust ./cosmos.toml for this call if its SHA-256 is HASH'),
	switchFlag('quiet', 'print only results and errors', {shortFlag: 'q'}),
	switchFlag('debug', 'show the stack of an error'),
	switchFlag('help', 'this help', {shortFlag: 'h'}),
];

export const jsonFlag = switchFlag('json', 'print JSON');
export const yesFlag = switchFlag('yes', 'do not ask', {shortFlag: 'y'});
export const hostFlag = textFlag('host', 'NAME', 'a configured host', {completes: 'host'});
/** Where a launch may go. */
export const targetFlag = textFlag(
	'host',
	'NAME',
	'a host, a group of hosts, or any: the first free slot that can run it',
	{completes: 'target'},
);
export const acceptKeyFlag = textFlag(
	'acceptHostKey',
	'SHA256:…',
	'trust an unknown host with this key fingerprint',
);
