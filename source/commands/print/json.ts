import {reportOf} from '../../domain/errors.js';
import {escapeHidden} from '../../domain/runs/log-lines.js';

/** The version of what `--json` prints; docs/cli.md says what may change within one. */
const jsonVersion = 1;

/** What a record of `--json` is; `schema` in it names it. */
export type JsonKind =
	| 'prompt'
	| 'run'
	| 'plan'
	| 'host-report'
	| 'host'
	| 'server'
	| 'preset'
	| 'recipe'
	| 'search-hit'
	| 'stats'
	| 'config'
	| 'trusted-file'
	| 'doctor'
	| 'job'
	| 'sweep'
	| 'failure'
	| 'dataset'
	| 'dataset-plan'
	| 'dataset-row'
	| 'queue'
	| 'event'
	| 'batching-plan'
	| 'trash'
	| 'verify'
	| 'import'
	| 'prepare'
	| 'report'
	| 'comparison'
	| 'export'
	| 'error';

/**
 * Records as `--json` prints them: an object, or a list of them, each with its `schema`. What a terminal
 * would interpret or hide is escaped, so that the JSON means the same and nothing is lost.
 */
export function jsonText(kind: JsonKind, value: object | readonly object[]): string {
	const shown = Array.isArray(value)
		? value.map(record => withSchema(kind, record))
		: withSchema(kind, value);
	return `${escapeHidden(JSON.stringify(shown, undefined, 2))}\n`;
}

/** One event of a stream, in one line. */
export function eventText(event: object): string {
	return `${escapeHidden(JSON.stringify(withSchema('event', event)))}\n`;
}

/** Anything thrown, as `--json` prints it to standard error: one line, the last one there. */
export function errorText(error: unknown): string {
	return `${escapeHidden(JSON.stringify(withSchema('error', reportOf(error))))}\n`;
}

function withSchema(kind: JsonKind, record: object): object {
	return {schema: `cosmos.${kind}.${jsonVersion}`, ...record};
}
