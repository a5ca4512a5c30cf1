import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';
import {type Line, parseConfigLines, splitWords} from './ssh-config-lines.js';
import {type MatchQuery, matchHolds} from './ssh-config-match.js';
import type {Directives, SshHome} from './ssh-directives.js';
import {fileNamePattern, matchesList} from './ssh-patterns.js';

/** Deeper nesting of `Include` than OpenSSH takes is a circle. */
const deepestInclude = 16;

const systemConfig =
	process.platform === 'win32' ? 'C:\\ProgramData\\ssh\\ssh_config' : '/etc/ssh/ssh_config';

/** Each line of these adds a value; of all others the first line counts. */
const listed = new Set(['identityfile', 'certificatefile']);

/** These take the rest of the line as it is. */
const whole = new Set(['proxycommand', 'knownhostscommand', 'remotecommand', 'localcommand']);

/** Of these the one that comes first counts, and the other one then says nothing. */
const competing = new Map([
	['proxycommand', 'proxyjump'],
	['proxyjump', 'proxycommand'],
]);

/**
 * Reads the user's and then the system's ssh_config for one host, as OpenSSH does: where no OpenSSH
 * client is there to be asked.
 * @param user the user that is set already, for `Match user`
 * @throws CosmosError (configuration) for a file that cannot be read or understood
 */
export async function readDirectives(
	home: SshHome,
	host: string,
	env: NodeJS.ProcessEnv,
	user?: string,
): Promise<Directives> {
	const reader = createReader(home, {host, user, env, isFinal: false});
	await reader.readAll();
	if (reader.wantsFinal()) {
		// `Match final` looks at what the first reading has found; what is set stays.
		reader.query.isFinal = true;
		await reader.readAll();
	}

	return {values: reader.query.values, notObeyed: [...reader.query.notObeyed]};
}

function createReader(
	{home, sshFolder}: SshHome,
	about: Pick<MatchQuery, 'host' | 'user' | 'env' | 'isFinal'>,
) {
	const values: Record<string, string[]> = {};
	const query: MatchQuery = {...about, home, values, notObeyed: new Set(), wantsFinal: false};

	async function readAll(): Promise<void> {
		for (const file of [path.join(sshFolder, 'config'), systemConfig]) {
			await readOne(file, path.dirname(file), true, 0);
		}
	}

	/** @param outer whether the section that includes the file concerns the host */
	async function readOne(
		file: string,
		folder: string,
		outer: boolean,
		depth: number,
	): Promise<void> {
		const text = await textOf(file);
		if (text === undefined) {
			return;
		}

		if (depth > deepestInclude) {
			throw new CosmosError('configuration', `${file}: Include refers back to itself`, {
				hint: 'Remove the Include line that causes the loop.',
			});
		}

		let active = outer;
		for (const line of parseConfigLines(text, file)) {
			switch (line.keyword) {
				case 'host':
					active = outer && matchesList(splitWords(line), query.host);
					break;
				case 'match':
					active = outer && (await matchHolds(line, query));
					break;
				case 'include':
					for (const included of active ? await includedFiles(line, folder) : []) {
						await readOne(included, folder, active, depth + 1);
					}

					break;
				default:
					if (active) {
						take(line);
					}
			}
		}
	}

	function take(line: Line): void {
		const {keyword} = line;
		const rival = competing.get(keyword);
		const isTaken = values[keyword] !== undefined && !listed.has(keyword);
		if (isTaken || (rival !== undefined && values[rival] !== undefined)) {
			return;
		}

		if (keyword === 'canonicalizehostname' && !/^(?:no|false)$/i.test(line.rest)) {
			query.notObeyed.add(`${line.file}:${line.number}: CanonicalizeHostname`);
		}

		const words = whole.has(keyword) ? [line.rest] : splitWords(line);
		const found = listed.has(keyword) ? [...(values[keyword] ?? []), ...words.slice(0, 1)] : words;
		values[keyword] = found.filter((word, index) => found.indexOf(word) === index);
	}

	/** Wildcards may stand in any part of a path. */
	async function includedFiles(line: Line, folder: string): Promise<string[]> {
		const files: string[] = [];
		for (const pattern of splitWords(line)) {
			const full = path.resolve(folder, pattern.replace(/^~(?=$|[/\\])/, home));
			files.push(...(await expandPath(full)));
		}

		return files;
	}

	return {query, readAll, wantsFinal: () => query.wantsFinal};
}

/** Undefined for what is no file: OpenSSH passes over it. */
async function textOf(file: string): Promise<string | undefined> {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error) ?? '')) {
			return undefined;
		}

		throw new CosmosError('configuration', `cannot read ${file}: ${messageOf(error)}`, {
			hint: 'This is the OpenSSH configuration file; `ssh -G HOST` checks it.',
			cause: error,
		});
	}
}

async function expandPath(pattern: string): Promise<string[]> {
	let found = [path.parse(pattern).root];
	for (const part of path.relative(found[0] as string, pattern).split(path.sep)) {
		const next = found.map(async folder => {
			if (!/[*?[]/.test(part)) {
				return [path.join(folder, part)];
			}

			const names = await readdir(folder).catch(() => []);
			const expression = fileNamePattern(part);
			return names
				.filter(name => expression.test(name))
				.sort()
				.map(name => path.join(folder, name));
		});
		found = (await Promise.all(next)).flat();
	}

	return found;
}
