import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {dataPlace, namedConfig, userConfig} from '../config/places.js';
import {isTrusted, readProjectText} from '../config/project-trust.js';
import {enhancerName} from '../domain/hosts/endpoint.js';
import {flagName} from '../domain/settings/settings.js';
import {quickIds, quickNames} from '../store/queue/quick-ids.js';
import {splitLeadingFlags} from './flags/leading-flags.js';
import {type Completes, commonFlags, type Flag, flagNames, type Verb} from './verb.js';

/** What a shell offers: words with their help, or file names. */
export type Offer = {
	kind: 'words' | 'file' | 'folder';
	words: ReadonlyArray<readonly [word: string, help: string]>;
};

/** The situation of a call: where its files would be. */
export type Surroundings = {env: NodeJS.ProcessEnv; cwd: string};

/** How many ids of each kind are offered, the newest ones. */
const mostIds = 100;
const nothing: Offer = {kind: 'words', words: []};

/**
 * Completions for the words of a call. Never throws, and loads next to nothing: the user waits for
 * it at every Tab.
 * @param typed the words after `cosmos`; the last one is being typed and may be empty
 */
export async function complete(
	verbs: readonly Verb[],
	typed: readonly string[],
	surroundings: Surroundings,
): Promise<Offer> {
	const words = withoutEquals(typed);
	// A shell may pass on the quote with which a word begins.
	const current = (words.at(-1) ?? '').replace(/^['"]/, '');
	const {leading, words: called} = splitLeadingFlags(words.slice(0, -1));
	const [name, ...rest] = called;
	const verb = verbs.find(candidate => candidate.name === name);
	const offer = verb
		? await offerAfter(verb, rest, current, words, surroundings, verbs)
		: name === undefined || name === 'help'
			? ((await offerForFlag(leading.at(-1), words, surroundings, verbs)) ?? verbOffer(verbs))
			: nothing;
	return {...offer, words: offer.words.filter(([word]) => word.startsWith(current))};
}

/** For the value of a flag that stands before the verb; undefined where the word before is none. */
async function offerForFlag(
	word: string | undefined,
	words: readonly string[],
	surroundings: Surroundings,
	verbs: readonly Verb[],
): Promise<Offer | undefined> {
	const flag = commonFlags.find(one => one.kind === 'text' && flagNames(one).includes(word ?? ''));
	return flag && offerOf(flag.completes ?? [], words, verbs, surroundings);
}

/** After a verb, or after one that it has of its own: `cosmos queue add …`. */
async function offerAfter(
	verb: Verb,
	rest: readonly string[],
	current: string,
	words: readonly string[],
	surroundings: Surroundings,
	verbs: readonly Verb[],
): Promise<Offer> {
	const {parts = []} = verb;
	const part = parts.find(({name}) => name === `${verb.name} ${rest[0]}`);
	if (part) {
		return offerAfter(part, rest.slice(1), current, words, surroundings, verbs);
	}

	if (parts.length > 0 && rest.length === 0 && !current.startsWith('-')) {
		const own = parts.map(({name, summary}) => [lastWord(name), summary] as const);
		return {kind: 'words', words: own};
	}

	const whole = await withOwnFlags(verb, [...rest, current], words, surroundings);
	return offerOf(findExpected(whole, rest, current), words, verbs, surroundings);
}

/** The verb with the flags of the recipes that its words name; the configuration is read for these alone. */
async function withOwnFlags(
	verb: Verb,
	given: readonly string[],
	words: readonly string[],
	{env, cwd}: Surroundings,
): Promise<Verb> {
	if (!verb.recipeFlags || !given.some(word => word.startsWith('-'))) {
		return verb;
	}

	const {withRecipeFlags} = await import('./flags/recipe-flags.js');
	const asksForFlags = given.at(-1)?.startsWith('-') ? ['--help'] : [];
	return withRecipeFlags(verb, [...given.slice(0, -1), ...asksForFlags], async () => {
		const {loadConfig} = await import('../config/config.js');
		return loadConfig({
			...{env, cwd, simulator: ''},
			dataDir: givenBy(words, '--data'),
			configFile: givenBy(words, '--config'),
			trustProject: givenBy(words, '--trust-project'),
		});
	});
}

function lastWord(name: string): string {
	return name.slice(name.lastIndexOf(' ') + 1);
}

/** Bash parts `--host=x` into three words. */
function withoutEquals(typed: readonly string[]): string[] {
	const words = typed.filter((word, index) => !(word === '=' && index > 0));
	return typed.at(-1) === '=' ? [...words, ''] : words;
}

function verbOffer(verbs: readonly Verb[]): Offer {
	const words = verbs.map(({name, summary}) => [name, summary] as const);
	return {kind: 'words', words: [...words, ['help', 'explain a verb']]};
}

/** What a word may be: a flag, or what a flag or the verb accepts there. */
function findExpected(
	verb: Verb,
	before: readonly string[],
	current: string,
): Completes | readonly Flag[] | undefined {
	const flags = [...verb.flags, ...commonFlags];
	const textFlag = (word: string | undefined) =>
		flags.find(flag => flag.kind === 'text' && flagNames(flag).includes(word ?? ''));
	const flag = textFlag(before.at(-1));
	if (flag) {
		return flag.completes ?? [];
	}

	if (current.startsWith('-')) {
		return flags;
	}

	const place = before.filter(
		(word, index) => !word.startsWith('-') && !textFlag(before[index - 1]),
	).length;
	const {completes = []} = verb;
	return completes[Math.min(place, completes.length - 1)];
}

async function offerOf(
	what: Completes | readonly Flag[] | undefined,
	words: readonly string[],
	verbs: readonly Verb[],
	surroundings: Surroundings,
): Promise<Offer> {
	if (what === undefined) {
		return nothing;
	}

	if (typeof what !== 'string') {
		return {kind: 'words', words: what.flatMap(one => wordsOf(one))};
	}

	switch (what) {
		case 'file':
		case 'folder':
			return {kind: what, words: []};
		case 'input':
			return inputOffer(words.at(-1) ?? '', surroundings.cwd);
		case 'verb':
			return verbOffer(verbs);
		default:
			return {kind: 'words', words: await namesOf(what, words, surroundings)};
	}
}

function wordsOf(one: string | Flag): Array<readonly [string, string]> {
	if (typeof one === 'string') {
		return [[one, '']];
	}

	const name = flagName(one.key);
	return one.defaultsOn
		? [
				[name, one.help],
				[name.replace('--', '--no-'), one.help],
			]
		: [[name, one.help]];
}

async function namesOf(
	what: Exclude<Completes, readonly string[] | 'verb' | 'file' | 'folder' | 'input'>,
	words: readonly string[],
	{env, cwd}: Surroundings,
): Promise<Array<readonly [string, string]>> {
	const dataDir = dataPlace(env, cwd, givenBy(words, '--data')).path;
	switch (what) {
		case 'run':
		case 'prompt':
			return [
				['latest', `the newest ${what}`],
				...(await idWords(dataDir, what)),
				...(what === 'prompt' ? await nameWords(dataDir) : []),
			];
		case 'any-id':
			return [
				['latest', 'the newest run'],
				...(await idWords(dataDir, 'run')),
				...(await idWords(dataDir, 'prompt')),
				...(await nameWords(dataDir)),
			];
		case 'job':
			return [['latest', 'the newest job'], ...(await jobWords(dataDir))];
		case 'preset':
			return namesIn(await textOf(path.join(dataDir, 'presets.json')), /^\s*"name": "([^"]+)"/gm);
		case 'filter':
			return filterWords(words);
		case 'recipe':
			return tablesIn(await textsOf(words, {env, cwd}), 'recipes');
		case 'host':
		case 'target': {
			const texts = await textsOf(words, {env, cwd});
			const hosts = tablesIn(texts, 'hosts');
			const groups = what === 'target' ? groupWords(texts, hosts.length > 1) : [];
			const isEnhancer = texts.some(text => /^[ \t]*\[[ \t]*enhancer[ \t]*\]/m.test(text));
			return [
				...hosts,
				['demo', 'this machine, simulated'],
				...(isEnhancer ? [[enhancerName, 'the chat endpoint'] as const] : []),
				...groups,
			];
		}
	}
}

/** Files, or the role before one, where a role and no file begins with what is typed. */
async function inputOffer(current: string, cwd: string): Promise<Offer> {
	const {roleRows} = await import('../domain/models/roles.js');
	const files = await readdir(cwd).catch(() => []);
	const fitting = roleRows.filter(({role}) => role.startsWith(current));
	return current === '' || fitting.length === 0 || files.some(file => file.startsWith(current))
		? {kind: 'file', words: []}
		: {kind: 'words', words: fitting.map(({role, kinds}) => [`${role}=`, kinds.join(' or ')])};
}

/** How the filter that is being typed may go on. */
async function filterWords(
	words: readonly string[],
): Promise<Array<readonly [word: string, help: string]>> {
	const [{completeFilter}, {promptFields, runFields}] = await Promise.all([
		import('../domain/filter/complete-filter.js'),
		import('../domain/filter/record-fields.js'),
	]);
	const typed = (words.at(-1) ?? '').replace(/^['"]/, '');
	const offers = words.includes('prompts')
		? completeFilter(typed, promptFields)
		: completeFilter(typed, runFields());
	return offers.map(({text, help}) => [text, help]);
}

/** The texts of the configuration's files; of a project's file that is trusted alone. */
async function textsOf(words: readonly string[], {env, cwd}: Surroundings): Promise<string[]> {
	const named = namedConfig(env, cwd, givenBy(words, '--config'));
	const own = await textOf(named ?? userConfig(env));
	try {
		const project = await readProjectText(cwd);
		const counts = project && (await isTrusted(project, env, givenBy(words, '--trust-project')));
		return counts ? [own, project.text] : [own];
	} catch {
		// A file that is refused: the verb will say so.
		return [own];
	}
}

/** The names of the tables `[kind.NAME]`. */
function tablesIn(
	texts: readonly string[],
	kind: 'hosts' | 'recipes',
): Array<readonly [string, string]> {
	const tables = new RegExp(
		`^[ \\t]*\\[[ \\t]*${kind}[ \\t]*\\.[ \\t]*["']?([\\w.-]+?)["']?[ \\t]*\\]`,
		'gm',
	);
	return texts.flatMap(text => namesIn(text, tables));
}

async function idWords(
	dataDir: string,
	kind: 'run' | 'prompt',
): Promise<Array<readonly [string, string]>> {
	return (await quickIds(dataDir, kind, mostIds)).map(id => [id, kind] as const);
}

async function nameWords(dataDir: string): Promise<Array<readonly [string, string]>> {
	return (await quickNames(dataDir, mostIds)).map(name => [name, 'a prompt'] as const);
}

/** What else a launch may name. */
function groupWords(
	texts: readonly string[],
	areSeveral: boolean,
): Array<readonly [string, string]> {
	const lists = texts.flatMap(text => namesIn(text, /^[ \t]*groups[ \t]*=[ \t]*\[([^\]]*)\]/gm));
	const names = lists.flatMap(([list]) => list.match(/[\w.-]+/g) ?? []);
	return [
		...[...new Set(names)].map(name => [name, 'a group of hosts'] as const),
		...(areSeveral ? [['any', 'the first free slot of all hosts'] as const] : []),
	];
}

/** The jobs of the queue, which is one small document; newest first. */
async function jobWords(dataDir: string): Promise<Array<readonly [string, string]>> {
	const folder = path.join(dataDir, 'queue');
	const files = (await readdir(folder).catch(() => [])).filter(name => name.endsWith('.json'));
	const found = await Promise.all(
		files.map(async name =>
			namesIn(await textOf(path.join(folder, name)), /"id":\s*"(job_\w{12})"/g),
		),
	);
	const ids = found.flat().map(([id]) => id);
	return ids
		.sort()
		.reverse()
		.map(id => [id, 'job'] as const);
}

function givenBy(words: readonly string[], flag: string): string | undefined {
	const at = words.indexOf(flag);
	return at < 0 ? undefined : words[at + 1];
}

/** The text of a file; empty when it cannot be read. */
function textOf(file: string): Promise<string> {
	return readFile(file, 'utf8').catch(() => '');
}

/** Every name that a pattern finds. */
function namesIn(text: string, pattern: RegExp): Array<readonly [string, string]> {
	return [...text.matchAll(pattern)].map(([, name]) => [name as string, ''] as const);
}

/** As the shells' scripts read it: the kind, then a word and its help in each line. */
export function offerText({kind, words}: Offer): string {
	return [kind, ...words.map(([word, help]) => `${word}\t${help}`), ''].join('\n');
}
