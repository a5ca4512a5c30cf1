import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import SSHConfig, {glob, type Line} from 'ssh-config';
import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';

/** The user's home folder at home, as OpenSSH's files mean it. */
export type SshHome = {
	home: string;
	/** Folder of `config`, `known_hosts` and the keys. */
	sshFolder: string;
};

/** What the files say of a host: directive in small letters, and its value or values. */
export type Directives = Record<string, string | string[]>;

/** Deeper nesting of `Include` than OpenSSH takes is a circle. */
const deepestInclude = 16;

const systemConfig =
	process.platform === 'win32' ? 'C:\\ProgramData\\ssh\\ssh_config' : '/etc/ssh/ssh_config';

/**
 * Reads the user's and then the system's ssh_config for one host; the first value counts, as in
 * OpenSSH. `Include` is followed, also inside `Host` and `Match`.
 * @param user the user that is set already, for `Match user`
 * @throws CosmosError (configuration) for a file that cannot be read or understood
 */
export async function readDirectives(
	{home, sshFolder}: SshHome,
	host: string,
	user?: string,
): Promise<Directives> {
	const query = {Host: host, ...(user === undefined ? {} : {User: user})};
	const config = new SSHConfig();
	for (const file of [path.join(sshFolder, 'config'), systemConfig]) {
		config.push(...(await readLines(file, {home, folder: path.dirname(file), query, depth: 0})));
	}

	return config.compute(query, {ignoreCase: true});
}

type Reading = {
	home: string;
	/** Where relative paths start: the folder of the outermost file. */
	folder: string;
	query: {Host: string; User?: string};
	depth: number;
};

async function readLines(file: string, reading: Reading): Promise<Line[]> {
	let text: string;
	try {
		text = await readFile(file, 'utf8');
	} catch (error) {
		if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') {
			return [];
		}

		throw unreadable(file, error);
	}

	if (reading.depth > deepestInclude) {
		throw new CosmosError('configuration', `${file}: Include refers back to itself`, {
			hint: 'Remove the Include line that causes the loop.',
		});
	}

	try {
		return await followIncludes(SSHConfig.parse(text), reading);
	} catch (error) {
		throw error instanceof CosmosError ? error : unreadable(file, error);
	}
}

function unreadable(file: string, cause: unknown): CosmosError {
	return new CosmosError('configuration', `cannot read ${file}: ${messageOf(cause)}`, {
		hint: 'This is the OpenSSH configuration file; `ssh -G HOST` checks it.',
		cause,
	});
}

/**
 * Puts the lines of included files in the place of `Include`. A section that includes is cut in
 * two around them, and only when it concerns the host, for a `Host` line inside must not end it.
 */
async function followIncludes(lines: readonly Line[], reading: Reading): Promise<Line[]> {
	const result: Line[] = [];
	for (const line of lines) {
		const patterns = includePatterns(line);
		if (patterns) {
			for (const file of await includedFiles(patterns, reading)) {
				result.push(...(await readLines(file, {...reading, depth: reading.depth + 1})));
			}
		} else if (isSection(line) && line.config.some(includePatterns)) {
			for (const inner of concerns(line, reading.query) ? line.config : []) {
				result.push(
					...(includePatterns(inner)
						? await followIncludes([inner], reading)
						: [{...line, config: sectionOf([inner])}]),
				);
			}
		} else {
			result.push(line);
		}
	}

	return result;
}

type Section = Extract<Line, {config: SSHConfig}>;

function includePatterns(line: Line): string[] | undefined {
	if (!('param' in line) || !/^include$/i.test(line.param)) {
		return undefined;
	}

	return typeof line.value === 'string' ? [line.value] : line.value.map(({val}) => val);
}

function isSection(line: Line): line is Section {
	return 'config' in line;
}

function sectionOf(lines: readonly Line[]): SSHConfig {
	const config = new SSHConfig();
	config.push(...lines);
	return config;
}

/** Whether a `Host` or `Match` line is true: asked of the parser, with a directive of our own. */
function concerns(section: Section, query: Reading['query']): boolean {
	const probe = SSHConfig.parse('CosmosProbe yes');
	return (
		'cosmosprobe' in sectionOf([{...section, config: probe}]).compute(query, {ignoreCase: true})
	);
}

/** Wildcards count in the last part of a path only. */
async function includedFiles(
	patterns: readonly string[],
	{folder, home}: Reading,
): Promise<string[]> {
	const files: string[] = [];
	for (const pattern of patterns) {
		const full = path.resolve(folder, pattern.replace(/^~(?=$|[/\\])/, home));
		if (!/[*?]/.test(path.basename(full))) {
			files.push(full);
			continue;
		}

		const names = await readdir(path.dirname(full)).catch(() => []);
		files.push(
			...names
				.filter(name => glob([path.basename(full)], name) && !name.startsWith('.'))
				.sort()
				.map(name => path.join(path.dirname(full), name)),
		);
	}

	return files;
}
