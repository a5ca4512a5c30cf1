import type {Kind, Setting, SettingValue} from '../settings/settings.js';
import {tableOfKind} from '../settings/settings-tables.js';
import type {RowReason} from './dataset.js';

/** What to do after a failure. */
export type RetryPolicy = {
	/** How often it is tried again. */
	retries: number;
	/**
	 * `offload`: with the settings that save GPU memory; `elsewhere`: on another host, if the target has one;
	 * `fetch`: the outputs are downloaded again, without another run.
	 * @default the same again
	 */
	how?: 'offload' | 'elsewhere' | 'fetch';
};

const never: RetryPolicy = {retries: 0};
const once: RetryPolicy = {retries: 1};
const elsewhere: RetryPolicy = {retries: 2, how: 'elsewhere'};
const busy: RetryPolicy = {retries: 3};

/** What becomes of a row whose run failed, by the reason. docs/datasets.md has the table. */
export const retryPolicies: Readonly<Record<RowReason, RetryPolicy>> = {
	// The same clip fails again, whatever the host.
	guardrail: never,
	'rejected-input': never,
	'bad-answer': once,
	'bad-row': never,
	'input-changed': never,
	'endpoint-refused': never,
	'endpoint-not-found': never,
	'endpoint-redirected': never,
	'endpoint-rejected': never,
	// The host lacks something that only a person can give it.
	check: never,
	'not-started': never,
	// Offloading makes room; without such settings another host may have more.
	'gpu-out-of-memory': {retries: 1, how: 'offload'},
	'host-out-of-memory': elsewhere,
	// The host, or the way to it.
	killed: elsewhere,
	engine: elsewhere,
	upload: elsewhere,
	collect: {retries: 2, how: 'fetch'},
	'container-lost': elsewhere,
	'node-failed': elsewhere,
	// Chance may decide.
	'timed-out': once,
	stuck: {retries: 1, how: 'elsewhere'},
	'no-output': once,
	'program-error': once,
	'endpoint-busy': busy,
	'endpoint-failed': busy,
	'endpoint-timed-out': busy,
	'endpoint-unreachable': busy,
};

/** Whether the same clip would fail again, so that the next run of the manifest leaves it out too. */
export function isFinal(reason: RowReason | undefined): boolean {
	return reason === 'guardrail' || reason === 'rejected-input';
}

/**
 * The settings with which a job needs less memory: every switch that offloads a part of the model.
 * Undefined where it has none, or has them all already.
 */
export function offloadSettings(
	kind: Kind,
	settings: Readonly<Record<string, SettingValue>>,
): Record<string, SettingValue> | undefined {
	const rows = tableOfKind(kind).filter(
		(row: Setting) =>
			row.kind === 'switch' && /^offload/i.test(row.key) && settings[row.key] !== true,
	);
	return rows.length === 0 ? undefined : Object.fromEntries(rows.map(({key}) => [key, true]));
}

/** What a policy does, for people: `twice, elsewhere`. */
export function retryText(reason: RowReason): string {
	const {retries, how} = retryPolicies[reason];
	const times = ['never', 'once', 'twice'][retries] ?? `${retries} times`;
	const ways = {offload: 'with offloading', elsewhere: 'on another host', fetch: 'fetch again'};
	return how ? `${times}, ${ways[how]}` : times;
}
