import {isTrusted, readProject, splitUntrusted, writeTrust} from '../config/project-trust.js';
import {CosmosError} from '../domain/errors.js';
import {escapeHidden} from '../domain/log-lines.js';
import {ask} from './ask.js';
import type {Verb} from './verb.js';

export const trust: Verb = {
	name: 'trust',
	summary: "let this folder's cosmos.toml set hosts, commands and recipes",
	usage: '[flags]',
	details: `
Prints what ./cosmos.toml would set, whole, and asks. Until then it may only set the theme, keys,
pictures and notice, and name one of your own hosts as the default. The answer counts for this
content of the file: any change asks again. It is kept in trusted.json beside your config.toml.
Without a terminal nothing is asked: give --trust-project HASH to any verb, and the file is
trusted for that call if its SHA-256 is HASH.`,
	args: [0, 0],
	flags: [{key: 'remove', kind: 'switch', help: 'trust it no longer'}],
	examples: [
		['cosmos trust', 'look at what the file would run, and decide'],
		['cosmos trust --remove', 'trust it no longer'],
	],
	async run(context, words) {
		const project = await readProject(process.cwd());
		if (!project) {
			throw new CosmosError('configuration', 'there is no cosmos.toml in this folder');
		}

		const {file, place, hash, content} = project;
		if (words.on('remove')) {
			await writeTrust(context.env, place, undefined);
			context.note(`${file} is not trusted\n`);
			return 0;
		}

		for (const line of linesOf(splitUntrusted(content, []).keys, content)) {
			context.out(`${line}\n`);
		}

		context.out(`SHA-256 ${hash}\n`);
		if (await isTrusted(project, context.env)) {
			context.note(`${file} is trusted\n`);
			return 0;
		}

		if (!context.canAsk) {
			throw new CosmosError(
				'untrusted-project',
				`${file} is not trusted, and there is no terminal to ask in`,
				{
					hint: `For one call: --trust-project ${hash}`,
				},
			);
		}

		if (!(await ask(context, `Trust this content of ${file}?`))) {
			context.note('nothing was changed\n');
			return 0;
		}

		await writeTrust(context.env, place, hash);
		context.note(`${file} is trusted until it changes\n`);
		return 0;
	},
};

/** Every withheld value in full, one a line; nothing in it is hidden. */
function linesOf(keys: readonly string[], content: object): string[] {
	return keys.flatMap(key => {
		const [table = '', ...rest] = key.split('.');
		const value = (content as Record<string, unknown>)[table];
		const name = rest.join('.');
		return name === ''
			? [`${key} = ${shown(value)}`]
			: Object.entries((value as Record<string, object>)[name] ?? {}).map(
					([word, given]) => `${key}.${word} = ${shown(given)}`,
				);
	});
}

function shown(value: unknown): string {
	return escapeHidden(JSON.stringify(value));
}
