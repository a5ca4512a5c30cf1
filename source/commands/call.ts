import {CosmosError, reportOf} from '../domain/errors.js';
import {nearestWord} from '../domain/nearest-word.js';
import {cleanLines, cleanText} from '../domain/runs/log-lines.js';
import {packageVersion} from '../package-root.js';
import {choosePart} from './choose/choose-part.js';
import {type Caller, configFor, createContext, type Streams} from './context.js';
import {splitLeadingFlags} from './flags/leading-flags.js';
import {parseWords} from './flags/parse-words.js';
import {withRecipeFlags} from './flags/recipe-flags.js';
import {overview, verbHelp} from './help.js';
import {errorText} from './print/json.js';
import type {Verb} from './verb.js';

/**
 * One call of the command line, from its words to its exit code. Prints its errors itself;
 * never throws.
 */
export async function call(
	argv: readonly string[],
	verbs: readonly Verb[],
	caller: Caller,
	streams: Streams = process,
): Promise<number> {
	try {
		return await dispatch(argv, verbs, caller, streams);
	} catch (error) {
		return report(error, argv, streams);
	}
}

async function dispatch(
	argv: readonly string[],
	verbs: readonly Verb[],
	caller: Caller,
	streams: Streams,
): Promise<number> {
	const {leading, words: called} = splitLeadingFlags(argv);
	const [name, ...rest] = called;
	if (name === '--version' || name === '-v') {
		streams.stdout.write(`${await packageVersion()}\n`);
		return 0;
	}

	if (name === '--help' || name === '-h' || name === 'help') {
		const [about] = rest;
		streams.stdout.write(
			about === undefined || about.startsWith('-')
				? overview(verbs, await packageVersion())
				: verbHelp(choosePart(findVerb(verbs, about), rest.slice(1)).verb),
		);
		return 0;
	}

	// A shell calls this at every Tab; its words are not parsed like a normal call.
	if (name === 'completion' && rest[0] === 'words') {
		const {complete, offerText} = await import('./complete.js');
		const offer = await complete(verbs, rest.slice(1), {env: streams.env, cwd: process.cwd()});
		streams.stdout.write(cleanLines(offerText(offer)));
		return 0;
	}

	// Without a verb, or with flags only, the dashboard is opened.
	const isVerb = name !== undefined && !name.startsWith('-');
	const {verb: chosen, rest: own} = choosePart(
		findVerb(verbs, isVerb ? name : 'ui'),
		isVerb ? rest : called,
	);
	const all = [...leading, ...own];
	const verb = await withRecipeFlags(chosen, all, () => configFor(all, streams.env));
	const words = await parseWords(verb, all);
	if (words.on('help')) {
		streams.stdout.write(verbHelp(verb));
		return 0;
	}

	caller.onVerb?.(verb);
	const {context, close} = createContext(verb, words, caller, streams);
	try {
		return (await verb.run(context, words)) ?? 0;
	} finally {
		await close();
	}
}

function findVerb(verbs: readonly Verb[], name: string): Verb {
	const verb = verbs.find(candidate => candidate.name === name);
	if (!verb) {
		const nearest = nearestWord(
			name,
			verbs.map(candidate => candidate.name),
		);
		throw new CosmosError('usage', `there is no verb "${name}"`, {
			hint: nearest ? `Did you mean \`cosmos ${nearest}\`?` : 'See `cosmos --help`.',
		});
	}

	return verb;
}

/** The longest part of a message that is shown: a word of a call may be a whole file. */
const longestMessage = 2000;

/** Prints an error as a line and a hint; returns the exit code. */
export function report(
	error: unknown,
	argv: readonly string[],
	{stderr}: Pick<Streams, 'stderr'> = process,
): number {
	const {message, hint, exitCode} = reportOf(error);
	const debug = argv.includes('--debug');
	if (argv.includes('--json')) {
		stderr.write(errorText(error));
	} else {
		const isKnown = error instanceof CosmosError;
		stderr.write(`cosmos: ${isKnown ? '' : 'internal error: '}${oneLine(message)}\n`);
		const advice = isKnown || debug ? hint : 'Please report it with the output of --debug.';
		if (advice) {
			stderr.write(`  ${oneLine(advice)}\n`);
		}
	}

	if (debug && error instanceof Error) {
		stderr.write(`${cleanLines(String(error.stack))}\n`);
	}

	return exitCode;
}

function oneLine(text: string): string {
	const line = cleanText(text.replaceAll(/\s*\n\s*/g, ' '));
	return line.length > longestMessage ? `${line.slice(0, longestMessage)}…` : line;
}
