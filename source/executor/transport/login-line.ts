import {CosmosError} from '../../domain/errors.js';
import {quoteWords} from './quote-words.js';

/** Folders that PATH may lack in a shell that is not interactive. */
const usualFolders = ['/usr/local/bin', '/usr/bin', '/bin', '/snap/bin'];

/** Linux takes no longer argument (MAX_ARG_STRLEN), and sshd gives the line as one. */
const longestLine = 128 * 1024 - 1;

/** Exit code, with no marker before it, when `cwd` cannot be entered. */
export const noFolderCode = 67;

export type LoginLine = {
	command: readonly string[];
	/** Printed to both streams just before the command starts. */
	marker: string;
	/** Absolute folder to run in. */
	cwd?: string;
	env?: Readonly<Record<string, string>>;
	/**
	 * For a client that has only a code for the end: one that a signal ends has 128 and more, as in a
	 * shell. No command ends with 255, which is the client's own.
	 */
	waits?: boolean;
};

/**
 * The line to send to a host, whatever shell its user logs in with. That shell only has to start
 * `/bin/sh` with one argument in single quotes; sh, bash, zsh, fish and csh agree on those as long
 * as there is no quote, backslash, `!` or newline inside (csh ends at a newline, fish interprets a
 * backslash), so these go as octal numbers and `/bin/sh` turns them back.
 * @throws CosmosError (usage) when the words cannot be sent
 */
export function loginLine(options: LoginLine): string {
	const encoded = script(options).replaceAll(/[^ -~]|['\\!]/gu, character =>
		[...Buffer.from(character)].map(octal).join(''),
	);
	const line = `exec /bin/sh -c 'eval "$(printf %b "$1")"' sh '${encoded}'`;
	if (line.length > longestLine) {
		throw new CosmosError(
			'usage',
			`the command is too long for a remote shell (${line.length} characters)`,
			{hint: `The limit is ${longestLine}; pass long texts in files.`},
		);
	}

	return line;
}

/** A byte as `printf %b` reads it. */
function octal(byte: number): string {
	return `\\0${byte.toString(8).padStart(3, '0')}`;
}

function script({command, marker, cwd, env = {}, waits = false}: LoginLine): string {
	const steps: string[] = [];
	for (const [name, value] of Object.entries(env)) {
		if (!/^[A-Za-z_]\w*$/.test(name)) {
			throw new CosmosError('usage', `invalid environment variable name: ${name}`);
		}

		steps.push(`export ${name}=${quoteWords([value])}`);
	}

	for (const folder of usualFolders) {
		steps.push(`case ":$PATH:" in *:${folder}:*) ;; *) PATH="\${PATH:+$PATH:}${folder}" ;; esac`);
	}

	steps.push('export PATH');
	if (cwd !== undefined) {
		steps.push(`cd ${quoteWords([cwd])} 2>/dev/null || exit ${noFolderCode}`);
	}

	steps.push(`printf %s ${marker}`, `printf %s ${marker} >&2`);
	steps.push(
		...(waits
			? [quoteWords(command), 'code=$?', '[ "$code" -ne 255 ] || code=254', 'exit "$code"']
			: [`exec ${quoteWords(command)}`]),
	);
	return steps.join('\n');
}
