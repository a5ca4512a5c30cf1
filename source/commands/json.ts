import {escapeHidden} from '../domain/log-lines.js';

/** The version of what `--json` prints; docs/cli.md says what may change within one. */
const jsonVersion = 1;

/** What a record of `--json` is; `schema` in it names it. */
export type JsonKind =
	| 'prompt'
	| 'run'
	| 'plan'
	| 'host-report'
	| 'host'
	| 'preset'
	| 'recipe'
	| 'search-hit'
	| 'stats'
	| 'config'
	| 'doctor'
	| 'job'
	| 'queue'
	| 'batching-plan'
	| 'trash'
	| 'verify'
	| 'import'
	| 'prepare';

/**
 * Records as `--json` prints them: an object, or a list of them, each with its `schema`. What a terminal
 * would obey or hide is escaped, so that the JSON means the same and nothing is lost.
 */
export function jsonText(kind: JsonKind, value: object | readonly object[]): string {
	const marked = (record: object) => ({schema: `cosmos.${kind}.${jsonVersion}`, ...record});
	const shown = Array.isArray(value) ? value.map(marked) : marked(value);
	return `${escapeHidden(JSON.stringify(shown, undefined, 2))}\n`;
}
