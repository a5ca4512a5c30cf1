import {chmodSync, cpSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {readText} from '../../source/workflow/prompts/read-text.js';
import {openShell, type Shell} from './in-process.js';

const sample = path.join(import.meta.dirname, '..', '..', 'samples', 'city-night');
const mark = '\uFEFF';
const utf16 = (text: string) => Buffer.from(mark + text, 'utf16le');

/** The two texts of a file of prompts, in the encodings of editors and shells. */
const encodings: ReadonlyArray<[string, (text: string) => Buffer]> = [
	['UTF-8', text => Buffer.from(text)],
	['UTF-8 with a byte order mark', text => Buffer.from(mark + text)],
	['UTF-16 of PowerShell', text => utf16(text.replaceAll('\n', '\r\n'))],
	['UTF-16 in big-endian order', text => utf16(text).swap16()],
	['carriage returns', text => Buffer.from(text.replaceAll('\n', '\r'))],
	['carriage returns and line feeds', text => Buffer.from(text.replaceAll('\n', '\r\n'))],
];

/** Files that are no text, and what is said of each. */
const refused: ReadonlyArray<[string, Buffer, string]> = [
	['Latin-1', Buffer.from('A street\nA café\n', 'latin1'), ':2 is not UTF-8'],
	['a NUL', Buffer.from('A\rstreet\0\n'), ':2 has a NUL character'],
	['a lost character', Buffer.from('A\n\nstr\uFFFDet\n'), ':3 is not UTF-8'],
	['UTF-16 without its mark', Buffer.from('A street', 'utf16le'), ':1 has a NUL character'],
	['half a character of UTF-16', utf16('A street').subarray(0, -1), ':1 is damaged UTF-16'],
	['UTF-32', Buffer.from('fffe000041000000', 'hex'), ' is UTF-32'],
];

let shell: Shell;
let file: string;
let videos: string;
beforeAll(async () => {
	shell = await openShell();
	file = path.join(shell.folder, 'text');
	videos = path.join(shell.folder, 'videos');
	cpSync(sample, videos, {recursive: true});
});
afterAll(() => shell.close());

async function textsOf(...words: string[]): Promise<string[]> {
	const {code, stdout, stderr} = await shell.cosmos(['create', 'prompt', ...words, '--json']);
	expect(stderr).toBe('');
	expect(code).toBe(0);
	return [...stdout.matchAll(/"text": "(.*)"/g)].map(([, text]) => text as string);
}

describe('a file of prompts', () => {
	it.each(encodings)('is read in %s', async (_name, encode) => {
		writeFileSync(file, encode('# of today\nA café at night\n\nA forest\n'));
		expect(await textsOf('--prompts-file', file, videos)).toEqual(['A café at night', 'A forest']);
	});

	it('may have a text that begins with #', async () => {
		writeFileSync(file, '{"text": "#1 of the series"}\n');
		expect(await textsOf('--prompts-file', file, videos)).toEqual(['#1 of the series']);
	});

	it.each(refused)('is refused by its line with %s', async (_name, bytes, message) => {
		writeFileSync(file, bytes);
		const {code, stdout, stderr} = await shell.cosmos(['create', 'prompt', '--prompts-file', file]);
		expect({code, stdout}).toEqual({code: 2, stdout: ''});
		expect(stderr).toContain(`${file}${message}`);
	});
});

describe('@FILE', () => {
	it.each(encodings)('is read in %s', async (_name, encode) => {
		writeFileSync(file, encode('A café\nat night\n'));
		expect(await readText(`@${file}`)).toBe('A café\nat night');
	});

	it.each(refused)('is refused by its line with %s', async (_name, bytes, message) => {
		writeFileSync(file, bytes);
		await expect(readText(`@${file}`)).rejects.toMatchObject({
			code: 'bad-input',
			message: expect.stringContaining(`${file}${message}`),
			hint: expect.stringContaining('Save it as UTF-8'),
		});
	});

	it('is refused when it is too long for a text, without being read to its end', async () => {
		await expect(readText('@/dev/zero')).rejects.toThrow('/dev/zero is longer than 1 MiB');
	});

	it('is refused when it is not there', async () => {
		await expect(readText('@/no/such')).rejects.toThrow('there is no file /no/such');
	});
});

it('refuses what is no text on standard input', async () => {
	const words = ['create', 'prompt', '-', videos];
	const {code, stderr} = await shell.cosmos(words, {input: 'A\nstreet\0'});
	expect(code).toBe(2);
	expect(stderr).toContain('standard input:2 has a NUL character');
});

describe('an edit', () => {
	/** An editor that saves these bytes. */
	function editor(saved: Buffer): Record<string, string> {
		const script = path.join(shell.folder, 'editor.sh');
		writeFileSync(path.join(shell.folder, 'saved'), saved);
		writeFileSync(script, `#!/bin/sh\ncp '${path.join(shell.folder, 'saved')}' "$1"\n`);
		chmodSync(script, 0o700);
		return {EDITOR: script};
	}

	const create = async () => (await shell.cosmos(['create', 'prompt', 'A street'])).stdout.trim();

	it('takes what an editor saves as UTF-16', async () => {
		const id = await create();
		const env = editor(utf16('A café\r\nat night\r\n'));
		expect(await shell.cosmos(['edit', id], {env})).toMatchObject({code: 0});
		expect((await shell.store.getPrompt(id))?.text).toBe('A café\nat night');
	});

	it('changes nothing when the editor saved no text, and keeps the file', async () => {
		const id = await create();
		const env = editor(Buffer.from('A café\n', 'latin1'));
		const {code, stderr} = await shell.cosmos(['edit', id], {env});
		expect(code).toBe(2);
		const [, kept = ''] = /(\/\S+):1 is not UTF-8/.exec(stderr) ?? [];
		expect(existsSync(kept) && readFileSync(kept, 'latin1')).toBe('A café\n');
		expect((await shell.store.getPrompt(id))?.text).toBe('A street');
	});
});
