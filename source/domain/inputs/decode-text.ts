/** Reads the bytes of a text as the editors and shells of all systems write them. */
import {CosmosError} from '../errors.js';

/** The marks at the beginning of a file, and what each says of it. The longer one counts. */
const marks = [
	{bytes: [0xff, 0xfe, 0, 0], encoding: 'utf-32'},
	{bytes: [0, 0, 0xfe, 0xff], encoding: 'utf-32'},
	{bytes: [0xff, 0xfe], encoding: 'utf-16le'},
	{bytes: [0xfe, 0xff], encoding: 'utf-16be'},
] as const;

/**
 * UTF-8, or UTF-16 with its mark, which PowerShell and Notepad write. The mark is left out, and lines
 * end in a line feed however they ended there.
 * @param name of the file, for messages
 * @throws CosmosError (usage) that names the file and the line of what is no text
 */
export function decodeText(bytes: Uint8Array, name: string): string {
	const mark = marks.find(one => one.bytes.every((byte, at) => bytes[at] === byte));
	const encoding = mark?.encoding ?? 'utf-8';
	if (encoding === 'utf-32') {
		throw new CosmosError('bad-input', `${name} is UTF-32`, {hint: 'Save it as UTF-8.'});
	}

	const text = new TextDecoder(encoding).decode(bytes).replace(/\r\n?/g, '\n');
	const wrong = /[\0\uFFFD]/.exec(text);
	if (wrong) {
		const line = text.slice(0, wrong.index).split('\n').length;
		throw unreadable(`${name}:${line}`, wrong[0] === '\0', encoding);
	}

	return text;
}

function unreadable(place: string, isNul: boolean, encoding: string): CosmosError {
	if (isNul) {
		return new CosmosError('bad-input', `${place} has a NUL character: it is not a plain text`, {
			hint: 'Save it as UTF-8. UTF-16 needs its byte order mark: iconv -f UTF-16LE -t UTF-8 FILE',
		});
	}

	return encoding === 'utf-8'
		? new CosmosError('bad-input', `${place} is not UTF-8`, {
				hint: 'Save it as UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE (or another encoding).',
			})
		: new CosmosError('bad-input', `${place} is damaged UTF-16`, {hint: 'Save it as UTF-8.'});
}
