import {appendFileSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {Console} from '../python/console.js';
import {type Level, logLine} from '../python/log.js';

/** The framework's logger: stdout, and from `open` on two files in the output folder. */
export type Log = {
	/** @param place `file.py:line:function` below `cosmos_framework` */
	line: (level: Level, place: string, message: string) => Promise<void>;
	/** A line that every rank prints. */
	rankLine: (level: Level, place: string, message: string, rank?: number) => Promise<void>;
	open: (outputDir: string) => Promise<void>;
};

/** @param quiet prints nothing at all; the files have every line */
export function createLog(console: Console, quiet = false): Log {
	let files: {console: string; debug: string} | undefined;
	const print = async (level: Level, place: string, message: string, rank?: number) => {
		// As in the original every sink puts the rank before the line once more.
		const line = (times: number) =>
			logLine(
				new Date(),
				level,
				`cosmos_framework/${place}`,
				(rank === undefined ? '' : `[RANK ${rank}] `).repeat(times) + message,
				'job=|',
			);
		if (files) {
			appendFileSync(files.console, line(2));
			appendFileSync(files.debug, line(3));
		}

		if (!quiet) {
			await console.stdout(line(1));
		}
	};

	return {
		line: (level, place, message) => print(level, place, message),
		rankLine: (level, place, message, rank = 0) => print(level, place, message, rank),
		async open(outputDir) {
			mkdirSync(outputDir, {recursive: true});
			const paths = {
				console: path.join(outputDir, 'console.log'),
				debug: path.join(outputDir, 'debug.log'),
			};
			const place = 'inference/common/init.py';
			await print('INFO', `${place}:124:_init_log_files`, `Console log saved to ${paths.console}`);
			await print('INFO', `${place}:125:_init_log_files`, `Debug log saved to ${paths.debug}`);
			writeFileSync(paths.console, '');
			writeFileSync(paths.debug, '');
			files = paths;
		},
	};
}
