import {CosmosError} from '../../domain/errors.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {quoteWords} from './quote-words.js';
import {isHandle, type Sftp} from './ssh-sftp.js';
import {type HashOptions, recordedFile, recordOf, type Transport, workTime} from './transport.js';

/** Bytes from which on openssl is asked: it starts slower, but then is two to three times faster. */
const large = 32 * 1024 * 1024;

/** Bytes in a millisecond that the slowest disk still reads. */
const slowest = 5000;

/**
 * Prints a line for each file: its hash, `-` when there is none, `!` when it cannot be read. Small
 * files that are all there go to one process: starting one for each would take longer than hashing.
 */
function hashScript(isLarge: boolean, records: HashOptions['records']): string {
	return `command -v sha256sum >/dev/null 2>&1 || sha256sum() { shasum -a 256 "$@"; }
quick() { ${isLarge ? 'openssl dgst -sha256 -r' : 'false'}; }
read_all() { quick <"$1" 2>/dev/null || sha256sum <"$1"; }
${records ? recordScript(records) : 'hash() { read_all "$1"; }'}
each() {
	for file do
		if [ -f "$file" ]; then
			hash "$file" || echo '!'
		else
			echo -
		fi
	done
}
together() {
	for file do [ -f "$file" ] || return 1; done
	lines=$(sha256sum -- "$@" 2>/dev/null) && printf '%s\n' "$lines"
}
${isLarge || records ? '' : 'together "$@" || '}each "$@"`;
}

/** A record is `HASH SIZE INODE TIME`. It is written only of a file that stayed the same while it was read. */
function recordScript(records: NonNullable<HashOptions['records']>): string {
	return `facts() { stat -c '%s %i %y' -- "$1" 2>/dev/null || stat -f '%z %i %Fm' "$1" 2>/dev/null; }
hash() {
	record=$1${recordOf('')}
	before=$(facts "$1")
	line=
	${records === 'use' ? '[ -f "$record" ] && { read -r line <"$record"; } 2>/dev/null' : ''}
	known=\${line%% *}
	case $known in *[!0-9a-f]*) known= ;; esac
	if [ "\${#known}" -eq 64 ] && [ -n "$before" ] && [ "\${line#* }" = "$before" ]; then
		touch -c -- "$record" 2>/dev/null
		printf '%s\n' "$known"
		return
	fi
	line=$(read_all "$1") && printf '%s\n' "$line" || return
	[ -n "$before" ] && [ "$(facts "$1")" = "$before" ] || return 0
	(set -C && printf '%s %s\n' "\${line%% *}" "$before" >"$record.$$" && mv -f -- "$record.$$" "$record") 2>/dev/null || :
}`;
}

/** The transport's `hashes`: one command for all files. */
export async function hashesThere(
	requireSftp: () => Promise<Sftp>,
	exec: Transport['exec'],
	paths: readonly string[],
	{size = 0, touch, signal, ...options}: HashOptions = {},
): Promise<Array<string | undefined>> {
	if (paths.length === 0) {
		return [];
	}

	const records = size >= recordedFile ? options.records : undefined;
	// Through standard input: a line for a login shell has a greatest length, a list of files has none.
	const steps = [
		`set -- ${quoteWords(paths)}`,
		// The time of a file with a record stays what its record says; the record is touched where it is read.
		...(touch && !records ? ['touch -c -- "$@" 2>/dev/null &'] : []),
		hashScript(size >= large, records),
		'wait',
	];
	const {stdout, stderr} = await exec(['sh', '-s'], {
		input: `${steps.join('\n')}\n`,
		signal,
		timeLimit: workTime + (size * paths.length) / slowest,
	});
	const lines = stdout.split('\n');
	const found: Array<string | undefined> = [];
	for (const [index, file] of paths.entries()) {
		const line = lines[index] ?? '';
		// A backslash says that the name behind the hash is an escaped one.
		const hash = /^\\?([0-9a-f]{64})/.exec(line)?.[1];
		if (hash === undefined && line !== '-') {
			throw await unreadable((await requireSftp()).until(signal), file, stderr);
		}

		found.push(hash);
	}

	return found;
}

/** SFTP says better why a file cannot be read. */
async function unreadable(sftp: Sftp, file: string, said: string): Promise<unknown> {
	try {
		const handle = await sftp.request<Buffer>(
			file,
			(raw, done) => raw.open(file, 'r', done),
			isHandle,
		);
		await sftp.request(file, (raw, done) => raw.close(handle, done));
	} catch (error) {
		return error;
	}

	return new CosmosError('host', `${sftp.host}: cannot hash ${file}: ${cleanText(said)}`, {
		hint: 'The host needs sha256sum or shasum.',
	});
}
