import {systemCode} from '../../source/domain/errors.js';

/** A line of a traceback: where in the model's program, relative to the checkout, and its code. */
export type Frame = {file: string; line: number; name: string; code: string};

/** Ends the program as an exception in Python does: a traceback on stderr and status 1. */
export class PythonError extends Error {
	/** @param type with its module, as Python prints it, e.g. `torch.cuda.OutOfMemoryError` */
	constructor(
		readonly type: string,
		message: string,
		readonly frames: readonly Frame[] = [],
		/**
		 * What other processes end with, by their number; a text is of each of them. torchrun ends them before
		 * they have printed it.
		 */
		readonly others: ReadonlyMap<number, string> | string = new Map(),
		/** The process that ends first, and prints why. */
		readonly rank = 0,
	) {
		super(message);
	}
}

/** Ends the program with a status and, before it, a text on stderr; `sys.exit` in Python. */
export class ExitError extends Error {
	constructor(
		readonly status: number,
		readonly stderr = '',
		/** The rank of which torchrun says that it failed first, and how. */
		readonly root?: {rank: number; exitcode: number},
	) {
		super(`exit ${status}`);
	}
}

/** The last line of a traceback. */
export function lastLine({type, message}: PythonError): string {
	return message === '' ? type : `${type}: ${message}`;
}

/** What each of several processes that ends with an exception ends with, by its number. */
export function endsOf(error: PythonError, processes: number): Map<number, string> {
	const {others, rank} = error;
	const all = Array.from({length: processes}, (_, one): [number, string | undefined] => [
		one,
		one === rank ? lastLine(error) : typeof others === 'string' ? others : others.get(one),
	]);
	return new Map(all.flatMap(([one, text]) => (text === undefined ? [] : [[one, text]])));
}

/** The traceback as Python prints it, with a line end. */
export function traceback(error: PythonError, checkout: string): string {
	const frames = error.frames.map(
		({file, line, name, code}) =>
			`  File "${checkout}/${file}", line ${line}, in ${name}\n    ${code}\n`,
	);
	return `Traceback (most recent call last):\n${frames.join('')}${lastLine(error)}\n`;
}

const systemErrors: Readonly<Record<string, readonly [string, number, string]>> = {
	ENOENT: ['FileNotFoundError', 2, 'No such file or directory'],
	EACCES: ['PermissionError', 13, 'Permission denied'],
	EEXIST: ['FileExistsError', 17, 'File exists'],
	ENOTDIR: ['NotADirectoryError', 20, 'Not a directory'],
	EISDIR: ['IsADirectoryError', 21, 'Is a directory'],
	ENOSPC: ['OSError', 28, 'No space left on device'],
	EROFS: ['OSError', 30, 'Read-only file system'],
	ENAMETOOLONG: ['OSError', 36, 'File name too long'],
};

/** A system error of Node's as Python words it; anything else is given back as it is. */
export function toPythonError(error: unknown, file: string, frames: readonly Frame[]): unknown {
	const known = systemErrors[systemCode(error) ?? ''];
	return known
		? new PythonError(known[0], `[Errno ${known[1]}] ${known[2]}: ${repr(file)}`, frames)
		: error;
}

/** A text as Python's `repr` writes it; only what file names and messages need. */
export function repr(text: string): string {
	const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
	const inner = text
		.replaceAll('\\', '\\\\')
		.replaceAll('\n', '\\n')
		.replaceAll('\r', '\\r')
		.replaceAll('\t', '\\t')
		.replaceAll(/(?! )[\p{C}\p{Z}]/gu, character => {
			const code = (character.codePointAt(0) ?? 0).toString(16);
			const length = code.length <= 2 ? 2 : code.length <= 4 ? 4 : 8;
			return `\\${{2: 'x', 4: 'u', 8: 'U'}[length]}${code.padStart(length, '0')}`;
		})
		.replaceAll(quote, `\\${quote}`);
	return quote + inner + quote;
}

/** The name of a JSON value's type in Python. */
export function typeName(value: unknown): string {
	if (value === null || value === undefined) {
		return 'NoneType';
	}

	if (Array.isArray(value)) {
		return 'list';
	}

	const names: Record<string, string> = {string: 'str', boolean: 'bool', object: 'dict'};
	return names[typeof value] ?? (Number.isInteger(value) ? 'int' : 'float');
}
