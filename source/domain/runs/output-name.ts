/** Bytes of a whole name, and of each part of it: what every file system takes. */
const longestName = 1024;
const longestPart = 255;
/** Folders that a file may lie in below that of the outputs. */
export const deepestOutput = 15;

/** Whether a name is relative and stays in the folder it is put into, on every system. */
export function isRelativeName(name: string): boolean {
	return !/[\\\0]/.test(name) && name.split('/').every(part => !['', '.', '..'].includes(part));
}

/**
 * Why a file of a host or an archive cannot have this name here; undefined when it can. Whoever
 * brings a file asks this before anything is written.
 * @param name relative, `/` between parts
 * @param windows whether the file goes to a disk of Windows, where a colon names a drive or a stream
 */
export function outputNameProblem(name: string, windows: boolean): string | undefined {
	const parts = name.split('/');
	if (/\p{Cc}/u.test(name)) {
		return 'it contains a control character';
	}

	if (name.includes('\\')) {
		return 'it contains a backslash';
	}

	if (/[\uFFFD\p{Cs}]/u.test(name)) {
		return 'it is not valid UTF-8';
	}

	if (windows && name.includes(':')) {
		return 'it contains a colon';
	}

	if (!isRelativeName(name)) {
		return 'it is not a relative path';
	}

	if (parts.length > deepestOutput + 1) {
		return `it lies in more than ${deepestOutput} folders`;
	}

	return bytes(name) > longestName || parts.some(part => bytes(part) > longestPart)
		? 'it is too long'
		: undefined;
}

const bytes = (text: string) => new TextEncoder().encode(text).length;
