import {
	closeSync,
	existsSync,
	openSync,
	renameSync,
	rmSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import type {JobRecord} from './job-files.js';

/** Bytes; more than any record needs. */
const recordSize = 4096;
/** Characters of a message that fit beside all else. */
const longestMessage = 500;

/**
 * Creates a writer for a job's record, which replaces it as a whole: under another name, then renamed.
 * The space for the next one is reserved, so that the end of a job can be recorded on a disk that
 * the job has filled.
 */
export function openRecord(file: string): (record: JobRecord) => void {
	const next = `${file}.next`;
	const reserve = () => writeFileSync(next, ' '.repeat(recordSize), {mode: 0o600});
	reserve();
	return record => {
		const ready = existsSync(next);
		// Without a truncation the blocks that are there are written over.
		const opened = openSync(ready ? next : file, 'r+');
		writeSync(opened, textOf(record));
		closeSync(opened);
		if (ready) {
			renameSync(next, file);
		}

		if (!record.exit) {
			reserveIfPossible();
		}
	};

	function reserveIfPossible() {
		try {
			reserve();
		} catch {
			// A full disk: the next record goes in the last one's place.
			rmSync(next, {force: true});
		}
	}
}

function textOf({exit, ...rest}: JobRecord): string {
	const short = exit && {...exit, message: exit.message.slice(0, longestMessage)};
	return JSON.stringify({...rest, exit: short}).padEnd(recordSize);
}
