import {type AnyInput, isMedia} from './inputs/media.js';
import type {ShownJobStatus} from './queue/job.js';
import type {Priority, ShownStatus} from './types.js';

/** The sign that goes with a status word; colour never carries it alone. */
export const statusSigns: Record<ShownStatus, string> = {
	pending: '·',
	uploading: '↑',
	starting: '…',
	running: '▶',
	downloading: '↓',
	completed: '✔',
	failed: '✖',
	uncollected: '⇣',
	cancelled: '■',
	interrupted: '◌',
};

/** The same for a job of the queue; `interrupted`: its worker has died. */
export const jobSigns: Record<ShownJobStatus, string> = {
	waiting: '·',
	held: '‖',
	preparing: '↑',
	working: '▶',
	collecting: '↓',
	done: '✔',
	failed: '✖',
	cancelled: '■',
	interrupted: '◌',
};

/** Columns padded to their widest cell; in a pipe, cells are separated by tabs instead. */
export function formatTable(rows: ReadonlyArray<readonly string[]>, aligned: boolean): string {
	if (!aligned) {
		return rows.map(row => `${row.join('\t')}\n`).join('');
	}

	const widths = (rows[0] ?? []).map((_, column) =>
		Math.max(...rows.map(row => row[column]?.length ?? 0)),
	);
	return rows
		.map(
			row =>
				`${row
					.map((cell, column) => cell.padEnd(widths[column] ?? 0))
					.join('  ')
					.trimEnd()}\n`,
		)
		.join('');
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `1536` is `1.5 KiB`. */
export function formatBytes(count: number): string {
	const unit = unitOf(count);
	return `${formatInUnit(count, unit)} ${units[unit]}`;
}

/** `12.0 of 27.3 MiB`: a part in the unit of the whole. */
export function formatBytesOf(part: number, whole: number): string {
	const unit = unitOf(whole);
	return `${formatInUnit(part, unit)} of ${formatInUnit(whole, unit)} ${units[unit]}`;
}

function unitOf(count: number): number {
	let unit = 0;
	for (let value = count; value >= 1024 && unit < units.length - 1; value /= 1024) {
		unit++;
	}

	return unit;
}

function formatInUnit(count: number, unit: number): string {
	const value = count / 1024 ** unit;
	return unit === 0 || value >= 100 ? String(Math.round(value)) : value.toFixed(1);
}

/** Seconds as `12:40` or `1:02:03`. */
export function formatDuration(seconds: number): string {
	const whole = Math.max(0, Math.round(seconds));
	const two = (value: number) => String(value).padStart(2, '0');
	const minutes = Math.floor(whole / 60) % 60;
	const hours = Math.floor(whole / 3600);
	return hours > 0
		? `${hours}:${two(minutes)}:${two(whole % 60)}`
		: `${minutes}:${two(whole % 60)}`;
}

/** ISO 8601 as `2026-11-24 12:04` in the reader's time zone. */
export function formatLocalTime(iso: string): string {
	const date = new Date(iso);
	const two = (value: number) => String(value).padStart(2, '0');
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `1 run`, `2 runs`, `1,204 lines`: a number of things, by the noun for one of them. */
export function counted(count: number, noun: string): string {
	return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** `a, b or c` */
export function joinWithOr(words: readonly string[]): string {
	return [words.slice(0, -1).join(', '), words.at(-1)].filter(Boolean).join(' or ');
}

/** `1280×704, 121 frames, 24 fps, 3.1 MiB`; an image has neither frames nor a rate. */
export function describeInput(input: AnyInput, separator = ', '): string {
	if (!isMedia(input)) {
		return [input.kind, formatBytes(input.size)].join(separator);
	}

	const {width, height, size} = input;
	const length =
		input.kind === 'image' ? ['image'] : [counted(input.frames, 'frame'), `${input.fps} fps`];
	return [`${width}×${height}`, ...length, formatBytes(size)].join(separator);
}

/** `about 900 jobs of dataset ds_6x0k, low priority, by ada@ws, since Nov 24 12:04`. */
export function waitingText(group: {
	owner: string;
	dataset?: string;
	priority: Priority;
	count: number;
	since: string;
}): string {
	const {owner, dataset, priority, count, since} = group;
	const words = [
		`${count === 1 ? '1 job' : `${count} jobs`}${dataset ? ` of dataset ${dataset}` : ''}`,
		priority !== 'normal' && `${priority} priority`,
		`by ${owner}`,
		`since ${formatLocalTime(since)}`,
	];
	return words.filter(Boolean).join(', ');
}
