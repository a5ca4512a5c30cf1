import type {Console} from './console.js';

export type Level = 'INFO' | 'SUCCESS' | 'WARNING' | 'ERROR' | 'CRITICAL';

/** Writes one line; `place` is `file.py:line:function` below the program's package. */
export type Log = (level: Level, place: string, message: string) => Promise<void>;

/** The log of the model's programs: time, level, place and message on stdout. */
export function createLog(console: Console, root = 'cosmos_transfer1'): Log {
	return (level, place, message) =>
		console.stdout(logLine(new Date(), level, `${root}/${place}`, message));
}

/** One line with its end, e.g. `[07-01 11:26:33|INFO|cosmos_transfer1/…:543:_run_model] text`. */
export function logLine(
	time: Date,
	level: Level,
	place: string,
	message: string,
	/** What some programs have between time and level. */
	job = '',
): string {
	const two = (number: number) => String(number).padStart(2, '0');
	const day = `${two(time.getMonth() + 1)}-${two(time.getDate())}`;
	const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
	return `[${day} ${clock}|${job}${level}|${place}] ${message}\n`;
}
