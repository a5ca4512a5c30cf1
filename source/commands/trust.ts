import path from 'node:path';
import {expandHome, projectConfig} from '../config/places.js';
import {
	isTrusted,
	listTrusted,
	readProject,
	readTrusted,
	splitUntrusted,
	trustPlace,
	writeTrust,
} from '../config/project-trust.js';
import {CosmosError} from '../domain/errors.js';
import {escapeHidden} from '../domain/runs/log-lines.js';
import {ask} from './choose/ask.js';
import {printList} from './print/print-list.js';
import {type CommandContext, jsonFlag, switchFlag, type Verb, type Words} from './verb.js';

export const trust: Verb = {
	name: 'trust',
	summary: "let a folder's cosmos.toml set hosts, commands and recipes",
	usage: '[FOLDER] [flags]',
	details: `
Prints everything that the cosmos.toml of the folder (default: the current one) would set, and asks. Until
then it can only set the theme, keys, pictures and notice, and name one of your own hosts as the default. The
answer applies to this content of the file: after any change you are asked again. It is saved in trusted.json
next to your config.toml. Without a terminal nothing is asked: give --trust-project HASH to any verb, and the
file is trusted for that call if its SHA-256 is HASH.`,
	args: [0, 1],
	completes: ['folder'],
	flags: [
		switchFlag('list', 'list the files that you have trusted'),
		switchFlag('remove', 'revoke the trust'),
		jsonFlag,
	],
	examples: [
		['cosmos trust', 'look at what the file would run, and decide'],
		['cosmos trust --list', 'the files that you have trusted, and whether they have changed since'],
		['cosmos trust ~/old --remove', 'revoke the trust'],
	],
	async run(context, words) {
		const [given] = words.args;
		const folder = path.resolve(given === undefined ? '.' : expandHome(given));
		if (words.on('list')) {
			return list(context, words);
		}

		if (words.on('remove')) {
			return remove(context, folder);
		}

		const project = await readProject(folder);
		if (!project) {
			throw new CosmosError('configuration', `there is no cosmos.toml in ${folder}`);
		}

		const {file, place, hash, content} = project;
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
				{hint: `For one call: --trust-project ${hash}`},
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

async function list(context: CommandContext, words: Words): Promise<number> {
	await printList(context, words, await listTrusted(context.env), {
		kind: 'trusted-file',
		head: ['STATE', 'FILE', 'SHA-256'],
		row: ({file, state, hash}) => [state, file, hash],
	});
	return 0;
}

/** Also of a file that no longer exists, or that would be refused. */
async function remove({env, note}: CommandContext, folder: string): Promise<number> {
	const file = projectConfig(folder);
	const place = await trustPlace(folder).catch(() => file);
	if ((await readTrusted(env))[place] === undefined) {
		throw new CosmosError('not-found', `${file} is not among the trusted files`, {
			hint: 'See `cosmos trust --list`.',
		});
	}

	await writeTrust(env, place, undefined);
	note(`${file} is no longer trusted\n`);
	return 0;
}

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
