import {CosmosError} from '../../domain/errors.js';
import {cleanText} from '../../domain/log-lines.js';
import {quoteWords} from './quote-words.js';
import type {Sftp} from './ssh-sftp.js';
import type {HashOptions, Transport} from './transport.js';

/** Bytes from which on openssl is asked: it starts slower, but then is two to three times faster. */
const large = 32 * 1024 * 1024;

/**
 * Prints a line for each file: its hash, `-` when there is none, `!` when it cannot be read.
 * @param first a command that is tried before the one that every host has
 */
function hashScript(first: string): string {
	return `command -v sha256sum >/dev/null 2>&1 || sha256sum() { shasum -a 256; }
for file do
	if [ -f "$file" ]; then
		${first} <"$file" 2>/dev/null || sha256sum <"$file" || echo '!'
	else
		echo -
	fi
done`;
}

/** The transport's `hashes`: one command for all files. */
export async function hashesThere(
	openedSftp: () => Promise<Sftp>,
	exec: Transport['exec'],
	paths: readonly string[],
	{size = 0, touch}: HashOptions = {},
): Promise<Array<string | undefined>> {
	if (paths.length === 0) {
		return [];
	}

	// Through standard input: a line for a login shell has a greatest length, a list of files has none.
	const quick = size < large ? 'false' : 'openssl dgst -sha256 -r';
	const steps = [
		`set -- ${quoteWords(paths)}`,
		...(touch ? ['touch -c -- "$@" 2>/dev/null &'] : []),
		hashScript(quick),
		'wait',
	];
	const {stdout, stderr} = await exec(['sh', '-s'], {input: `${steps.join('\n')}\n`});
	const lines = stdout.split('\n');
	const found: Array<string | undefined> = [];
	for (const [index, file] of paths.entries()) {
		const line = lines[index] ?? '';
		const hash = /^[0-9a-f]{64}/.exec(line)?.[0];
		if (hash === undefined && line !== '-') {
			throw await unreadable(await openedSftp(), file, stderr);
		}

		found.push(hash);
	}

	return found;
}

/** SFTP says better why a file cannot be read. */
async function unreadable(sftp: Sftp, file: string, said: string): Promise<unknown> {
	try {
		const handle = await sftp.request<Buffer>(file, (raw, done) => raw.open(file, 'r', done));
		await sftp.request(file, (raw, done) => raw.close(handle, done));
	} catch (error) {
		return error;
	}

	return new CosmosError('host', `${sftp.host}: cannot hash ${file}: ${cleanText(said)}`, {
		hint: 'The host needs sha256sum or shasum.',
	});
}
