import {execFile} from 'node:child_process';
import {hostname, userInfo} from 'node:os';
import {type Line, splitWords} from './ssh-config-lines.js';
import {expandTokens} from './ssh-directives.js';
import {matchesList} from './ssh-patterns.js';

/** Milliseconds that the command of a `Match exec` may take. */
const execLimit = 20_000;

/** What a `Match` line is held against, and what it leaves behind. */
export type MatchQuery = {
	/** The name as the person gave it. */
	host: string;
	user?: string;
	env: NodeJS.ProcessEnv;
	home: string;
	/** The second reading, for `Match final`. */
	isFinal: boolean;
	/** Set when a line asks for the second reading. */
	wantsFinal: boolean;
	/** What the lines before have said. */
	values: Record<string, string[]>;
	notObeyed: Set<string>;
};

/** Whether a `Match` line concerns the host. One that cannot be followed does not, and is noted. */
export async function matchHolds(line: Line, query: MatchQuery): Promise<boolean> {
	const words = splitWords(line);
	let holds = true;
	while (words.length > 0) {
		const [written = '', attached] = (words.shift() as string).split(/=(.*)/s);
		const isNegated = written.startsWith('!');
		const criterion = written.replace(/^!/, '').toLowerCase();
		if (criterion === 'all') {
			continue;
		}

		if (criterion === 'final' || criterion === 'canonical') {
			query.wantsFinal ||= criterion === 'final';
			holds &&= query.isFinal !== isNegated;
			continue;
		}

		const argument = attached ?? words.shift() ?? '';
		// As in OpenSSH, no command runs once the line cannot hold any more.
		if (holds) {
			const met = await isMet(criterion, argument, query);
			if (met === undefined) {
				query.notObeyed.add(`${line.file}:${line.number}: Match ${criterion}`);
			}

			holds = met !== undefined && met !== isNegated;
		}
	}

	return holds;
}

/** Undefined if this program cannot decide. */
async function isMet(
	criterion: string,
	argument: string,
	query: MatchQuery,
): Promise<boolean | undefined> {
	const patterns = argument.split(',');
	const {host, user, values} = query;
	switch (criterion) {
		case 'host':
			return matchesList(patterns, currentName(query));
		case 'originalhost':
			return matchesList(patterns, host);
		case 'user':
			return matchesList(patterns, user ?? values.user?.[0] ?? localUser());
		case 'localuser':
			return matchesList(patterns, localUser());
		case 'exec':
			return runsWell(expandTokens(argument, tokensOf(query)), query.env);
		case 'tagged':
			return matchesList(patterns, values.tag?.[0] ?? '');
		default:
			return undefined;
	}
}

function currentName({host, values}: MatchQuery): string {
	return expandTokens(values.hostname?.[0] ?? host, {h: host});
}

function tokensOf(query: MatchQuery): Record<string, string> {
	const {host, user, home, values} = query;
	return {
		d: home,
		h: currentName(query),
		i: String(process.getuid?.() ?? ''),
		k: values.hostkeyalias?.[0] ?? host,
		L: hostname().split('.')[0] ?? '',
		l: hostname(),
		n: host,
		p: values.port?.[0] ?? '22',
		r: user ?? values.user?.[0] ?? localUser(),
		u: localUser(),
	};
}

function localUser(): string {
	try {
		return userInfo().username;
	} catch {
		return '';
	}
}

/** The user's own file says so, as for OpenSSH. */
function runsWell(command: string, env: NodeJS.ProcessEnv): Promise<boolean> {
	const [shell, ...words] =
		process.platform === 'win32' ? ['cmd.exe', '/c'] : [env.SHELL || '/bin/sh', '-c'];
	return new Promise(resolve => {
		const child = execFile(shell as string, [...words, command], {env, timeout: execLimit}, error =>
			resolve(error === null),
		);
		child.stdin?.end();
	});
}
