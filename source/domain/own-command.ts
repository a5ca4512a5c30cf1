import {nearestWord} from './nearest-word.js';

/** What a command of the user's own works on. */
export const commandSubjects = ['run', 'prompt', 'output', 'queue'] as const;
export type CommandSubject = (typeof commandSubjects)[number];
export const commandOutputs = ['silent', 'notice', 'page'] as const;

/** A command of the configuration: `[commands.NAME]`. */
export type OwnCommand = {
	name: string;
	key?: string;
	on: CommandSubject;
	/** A program and its arguments, with placeholders; no shell reads them. */
	run: readonly string[];
	/** What is asked before, by the name that the answer gets. */
	ask: Readonly<Record<string, string>>;
	/** A question that has to be answered with yes. */
	confirm?: string;
	output: (typeof commandOutputs)[number];
};

const ofRun = ['id', 'name', 'status', 'host', 'folder', 'video', 'text'] as const;

/** What a command gets of what is selected: `{id}` in its words, COSMOS_SELECTED_ID in its environment. */
export const commandValues = {
	run: ofRun,
	output: ofRun,
	prompt: ['id', 'name', 'folder', 'text'],
	queue: ['id', 'name', 'status', 'host'],
} as const satisfies Record<CommandSubject, readonly string[]>;

export type CommandValue = (typeof commandValues)[CommandSubject][number];

const written = /\{((?:ask\.)?[a-z][a-z0-9-]*)\}/g;
export const ownNamePattern = /^[a-z][a-z0-9-]*$/;
/** Programs that read the word after a flag such as `-c` or `-e` as code. */
const interpreters = new Set(
	'sh ash bash dash zsh ksh mksh csh tcsh fish su python python3 perl ruby node'.split(' '),
);
const codeFlag = /^-[a-z]*[cep][a-z]*$|^--(?:command|eval|print)$/i;
/** Programs that give all of their words to a shell. */
const joiners = new Set(['ssh', 'watch']);

/** The placeholders in the words of a command. */
export function namesIn(words: readonly string[]): string[] {
	return words.flatMap(word => [...word.matchAll(written)].map(([, name]) => name as string));
}

/** The words with their placeholders filled in; what is filled in is not looked at again. */
export function fillWords(
	words: readonly string[],
	values: Readonly<Record<string, string | undefined>>,
): string[] {
	return words.map(word =>
		word.replaceAll(written, (whole, name: string) => values[name] ?? whole),
	);
}

/** The environment variable of a placeholder: `COSMOS_SELECTED_ID`, `COSMOS_ASK_FOLDER`. */
export function variableOf(name: string): string {
	const asked = name.startsWith('ask.');
	const word = (asked ? name.slice(4) : name).toUpperCase().replaceAll('-', '_');
	return `${asked ? 'COSMOS_ASK' : 'COSMOS_SELECTED'}_${word}`;
}

/** What is wrong with the words of a command; undefined when nothing is. */
export function wordsProblem({run, on, ask}: Pick<OwnCommand, 'run' | 'on' | 'ask'>) {
	const known: readonly string[] = [
		...commandValues[on],
		...Object.keys(ask).map(name => `ask.${name}`),
	];
	const unknown = namesIn(run).find(name => !known.includes(name));
	if (unknown !== undefined) {
		const nearest = nearestWord(unknown, known);
		const list = known.map(name => `{${name}}`).join(', ');
		return `unknown placeholder {${unknown}}; ${nearest ? `did you mean {${nearest}}?` : `there is ${list}`}`;
	}

	const [inScript] = namesIn(scriptsIn(run));
	return inScript === undefined
		? undefined
		: `{${inScript}} would be read as a part of a script; write "$${variableOf(inScript)}", or name a script file that gets it`;
}

/** The words that a shell or another interpreter reads as code. */
function scriptsIn(run: readonly string[]): readonly string[] {
	const programOf = (word = '') => word.slice(word.lastIndexOf('/') + 1);
	const interpreter = run.findIndex(word => interpreters.has(programOf(word)));
	const isJoined = joiners.has(programOf(run[0]));
	return run.filter(
		(word, at) =>
			(isJoined && at > 0 && word !== '{host}') ||
			(interpreter >= 0 && at > interpreter + 1 && codeFlag.test(run[at - 1] ?? '')),
	);
}
