import type {FailureReason} from '../failures/failure.js';
import type {InputRole} from '../inputs/media.js';
import type {Provenance} from '../runs/provenance.js';
import type {SettingValue} from '../settings/settings.js';
import type {Membership} from '../types.js';

/** A manifest and the output rows that are made from it. */
export type Dataset = {
	/** `ds_` and twelve characters that sort by time. */
	id: string;
	/** For people: the name of the output file without its ending, unless one was given. */
	name: string;
	/** Absolute path of the manifest, or `-` for standard input. */
	manifest: string;
	/** Absolute path of the file of output rows. There is one dataset for each. */
	out: string;
	/** ISO 8601. */
	createdAt: string;
	/** How many clips it has; a row of the manifest has several where it names several, or is swept. */
	rows: number;
	/** Somebody asked for its end; its process adds no more jobs. ISO 8601. */
	stopRequestedAt?: string;
	/** When its last run of the manifest ended. ISO 8601. */
	endedAt?: string;
};

/** An input of a clip as it was when its row was read. */
export type ClipInput = {
	role: InputRole;
	/** Absolute path. */
	path: string;
	/** Bytes. */
	size: number;
	/** When it was changed last, in milliseconds since 1970. */
	modified: number;
	/** Hex. */
	sha256: string;
};

export const rowStatuses = [
	/** No job of it has ended. */
	'waiting',
	'completed',
	/** It failed as often as the policy allows, or its inputs have changed meanwhile. */
	'failed',
	'cancelled',
	/** The row of the manifest cannot be used; only with `--skip-bad`. */
	'bad',
] as const;
export type RowStatus = (typeof rowStatuses)[number];

/** Why a row has no result: a run's reason, or one that no run has. */
export type RowReason =
	| FailureReason
	/** A rule that the row of the manifest breaks. */
	| 'bad-row'
	/** An input is missing, or is not what it was when the manifest was read. */
	| 'input-changed'
	/** Its job could not start. */
	| 'not-started'
	/** Its run had no new output for too long, and was stopped. */
	| 'stuck';

/** A clip as the store keeps it. */
export type DatasetRow = {
	/** Counted from 0, in the order of the manifest. */
	index: number;
	/** The row of the manifest: its `id`, or its number; then what distinguishes the clips of one row. */
	key: string;
	/** The line of the manifest where it begins; absent for a folder. */
	line?: number;
	/** Hex SHA-256 of what decides the result: operation, model, text, settings, inputs. Absent for a bad row. */
	hash?: string;
	name: string;
	/** Columns that are carried through. */
	columns: Record<string, unknown>;
	inputs: ClipInput[];
	/** The prompt that was made of it. */
	promptId?: string;
	sweep?: Membership['sweep'];
	status: RowStatus;
	reason?: RowReason;
	message?: string;
	/** The last run of it. */
	runId?: string;
	/** Runs of it that have ended, those that were retried included. */
	attempts: number;
};

/** One line of the output file. */
export type OutputRow = Record<string, unknown> & {
	id: string;
	line?: number;
	dataset: string;
	status: RowStatus;
	/** What decides the result, for another run of the manifest. */
	hash?: string;
	name: string;
	text?: string;
	negative?: string;
	operation?: string;
	model?: string;
	mode?: string;
	settings?: Record<string, SettingValue>;
	sweep?: Record<string, SettingValue>;
	inputs: Array<{role: string; path: string; sha256: string}>;
	outputs: Array<{path: string; size: number; sha256: string}>;
	/** What is wrong with the result, in words: it is black, or a limit rejects it. */
	flags?: string[];
	measures?: Record<string, number>;
	reason?: RowReason;
	message?: string;
	/** From the upload to the end of the download. */
	seconds?: number;
	host?: string;
	run?: string;
	/** What made the outputs. */
	madeBy?: Provenance;
	attempts: number;
};

/** Rows of each status. */
export type RowCounts = Record<RowStatus, number>;

export function countRows(rows: ReadonlyArray<Pick<DatasetRow, 'status'>>): RowCounts {
	const counts = Object.fromEntries(rowStatuses.map(status => [status, 0])) as RowCounts;
	for (const {status} of rows) {
		counts[status]++;
	}

	return counts;
}

/** How many failures end a dataset: a number of rows, or a part of all of them. */
export type FailureLimit = {rows: number} | {percent: number};

/** Whether a dataset has failed too often to go on. */
export function isOverLimit(limit: FailureLimit, failed: number, all: number): boolean {
	return 'rows' in limit ? failed > limit.rows : failed * 100 > limit.percent * all;
}

/** A column of a table of output rows, by Parquet's names of types; lists and objects are JSON. */
export type Column = {name: string; type: 'STRING' | 'JSON' | 'INT32' | 'DOUBLE' | 'BOOLEAN'};
