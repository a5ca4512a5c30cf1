import {createHash} from 'node:crypto';

/** The words with which a call trusts a `cosmos.toml` of the folder it runs in, by its content. */
export function trustWords(text: string): string[] {
	return ['--trust-project', createHash('sha256').update(text).digest('hex')];
}
