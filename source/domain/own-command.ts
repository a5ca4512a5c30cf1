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
const shells = new Set('sh bash dash zsh ksh fish'.split(' '));

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

	const [inScript] = namesIn(scriptOf(run));
	return inScript === undefined
		? undefined
		: `the shell would read {${inScript}} as a part of its script; write "$${variableOf(inScript)}"`;
}

/** The script that the words give to a shell, if they do. */
function scriptOf(run: readonly string[]): readonly string[] {
	const shell = run.findIndex(word => shells.has(word.slice(word.lastIndexOf('/') + 1)));
	const flag = run.findIndex((word, at) => at > shell && /^-[a-z]*c$/.test(word));
	return shell < 0 || flag < 0 ? [] : run.slice(flag + 1, flag + 2);
}
