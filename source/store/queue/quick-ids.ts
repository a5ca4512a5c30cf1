import {open, readdir, readFile} from 'node:fs/promises';
import path from 'node:path';

/** The folders of segments by what is in them. */
const folders = {run: 'run-index', prompt: 'prompts'} as const;
/** Bytes that hold the line of ids of a full segment. */
const headLength = 8192;

/**
 * The newest ids of a data folder, newest first, as hints for a shell: from the heads of the newest
 * segments, unchecked, and without loading what reads documents. What cannot be read gives none.
 */
export async function quickIds(
	dataDir: string,
	kind: 'run' | 'prompt',
	most: number,
): Promise<string[]> {
	const folder = path.join(dataDir, folders[kind]);
	const names = await readdir(folder).catch(() => []);
	const segments = names.filter(name => /^(?:run|ps)_\w{12}\.json$/.test(name)).sort();
	const ids: string[] = [];
	while (ids.length < most && segments.length > 0) {
		ids.push(...(await idsIn(path.join(folder, segments.pop() as string))).reverse());
	}

	return ids.slice(0, most);
}

/**
 * Names of the newest prompts that a shell needs no quotes for, each once, newest first. As unchecked as
 * the ids.
 */
export async function quickNames(dataDir: string, most: number): Promise<string[]> {
	const folder = path.join(dataDir, folders.prompt);
	const all = await readdir(folder).catch(() => []);
	const segments = all.filter(name => /^ps_\w{12}\.json$/.test(name)).sort();
	const names = new Set<string>();
	while (names.size < most && segments.length > 0) {
		const file = path.join(folder, segments.pop() as string);
		const text = await readFile(file, 'utf8').catch(() => '');
		const found = [...text.matchAll(/^\{"id":"ps_\w{12}","name":"([\p{L}\p{N}._-]+)"/gmu)];
		for (const [, name] of found.reverse()) {
			names.add(name as string);
		}
	}

	return [...names].slice(0, most);
}

async function idsIn(file: string): Promise<string[]> {
	const handle = await open(file).catch(() => undefined);
	if (!handle) {
		return [];
	}

	try {
		const head = Buffer.alloc(headLength);
		const {bytesRead} = await handle.read(head, 0, headLength, 0);
		const line = head.toString('latin1', 0, bytesRead).split('\n')[0] ?? '';
		return [...line.matchAll(/"((?:run|ps)_\w{12})"/g)].map(([, id]) => id as string);
	} catch {
		return [];
	} finally {
		await handle.close();
	}
}
