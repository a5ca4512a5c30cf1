import {createHash} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {writeTrust} from '../source/config/project-trust.js';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** The words with which a call trusts a `cosmos.toml` of the folder it runs in, by its content. */
export function trustWords(text: string): string[] {
	return ['--trust-project', hashOf(text)];
}

/** Writes a `cosmos.toml` into a user's home, trusted as by `cosmos trust` there. */
export async function writeTrusted(home: string, text: string): Promise<void> {
	const file = path.join(home, 'cosmos.toml');
	writeFileSync(file, text);
	await writeTrust({HOME: home}, file, hashOf(text));
}
