import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {CosmosError, hasCode, messageOf} from '../../domain/errors.js';
import {isStructured, readableText} from '../../domain/prompts/structured-text.js';
import {readTextFile} from './read-text.js';

/** Characters; a file's name has up to 255 bytes. */
const longestTitle = 60;

/** The editor's command line, as a shell reads it. */
function editorOf(env: NodeJS.ProcessEnv): string {
	return env.VISUAL || env.EDITOR || (process.platform === 'win32' ? 'notepad' : 'vi');
}

/**
 * Lets a person change a text in their editor, a structured one with a line for each of its parts.
 * The editor has the terminal until it ends.
 * @param title what it is the text of: the file's name begins with its letters, for editors show it
 * @returns the text as it was saved, without the line end that editors add
 * @throws CosmosError (home) when the editor cannot be started or ends with another code than 0,
 * (usage) when it has saved what is no text; the file is kept then, and named
 */
export async function editText(
	text: string,
	title: string,
	env: NodeJS.ProcessEnv,
): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-edit-'));
	const file = path.join(folder, fileName(title, isStructured(text) ? 'json' : 'txt'));
	try {
		const shown = readableText(text);
		await writeFile(file, `${shown}\n`, {mode: 0o600, flag: 'wx'});
		await runEditor(editorOf(env), file, env);
		const saved = (await readTextFile(file, {hint: 'Nothing was changed.'})).replace(/\n$/, '');
		await rm(folder, {recursive: true, force: true});
		return saved === shown.replace(/\r\n?/g, '\n') ? text : saved;
	} catch (error) {
		if (!hasCode(error, 'bad-input')) {
			await rm(folder, {recursive: true, force: true});
		}

		throw error;
	}
}

/** Of letters and digits alone, so that no title leads out of the folder. */
function fileName(title: string, ending: string): string {
	const words = title.match(/[\p{L}\p{N}]+/gu) ?? [];
	return `${words.join('-').slice(0, longestTitle) || 'text'}.${ending}`;
}

async function runEditor(editor: string, file: string, env: NodeJS.ProcessEnv): Promise<void> {
	// Through a shell, like git: the variable may contain arguments. The file's name is one word.
	const child =
		process.platform === 'win32'
			? spawn(`${editor} "${file}"`, {shell: true, stdio: 'inherit', env})
			: spawn('/bin/sh', ['-c', `${editor} "$1"`, editor, file], {stdio: 'inherit', env});
	let code: unknown;
	try {
		[code] = await once(child, 'close');
	} catch (error) {
		throw editorError(editor, messageOf(error), error);
	}

	if (code !== 0) {
		throw editorError(
			editor,
			code === null ? 'was killed by a signal' : `exited with code ${code}`,
		);
	}
}

function editorError(editor: string, why: string, cause?: unknown): CosmosError {
	return new CosmosError('program-failed', `the editor \`${editor}\` ${why}; nothing was changed`, {
		hint: 'Set EDITOR to another one, or give the text with --text.',
		cause,
	});
}
