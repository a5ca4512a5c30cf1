import type {ServerKind} from './server.js';
import {vllmOmni} from './vllm-omni/vllm-omni.js';

/** Every kind of server: a new one is a folder beside this file and a row here. */
export const serverKinds = {
	'vllm-omni': vllmOmni,
} satisfies Readonly<Record<string, ServerKind>>;

export type ServerKindName = keyof typeof serverKinds;

/** The kind of a server that the configuration has accepted. */
export function findServerKind(name: string): ServerKind {
	const kinds: Readonly<Record<string, ServerKind>> = serverKinds;
	const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
	if (!kind) {
		throw new Error(`no kind of server "${name}"`);
	}

	return kind;
}
