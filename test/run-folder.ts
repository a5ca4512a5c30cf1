import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

/**
 * Gives the test run a folder for all its temporary files, and has all removed at its end that names
 * it: however the run ends, no process, mount or file stays.
 */
export default function setUp(): () => Promise<void> {
	// Short: the paths of sockets are below it.
	const folder = mkdtempSync(path.join(tmpdir(), 'ct-'));
	// Some tests go on as another user, who has to get to their folders.
	chmodSync(folder, 0o711);
	const reaper = spawn(
		process.execPath,
		[path.join(import.meta.dirname, 'lab', 'reaper.mjs'), folder],
		{detached: true, stdio: ['pipe', 'ignore', 'inherit']},
	);
	const gone = once(reaper, 'exit');
	// The run may end without waiting for it.
	reaper.unref();
	process.env.TMPDIR = folder;
	return async () => {
		reaper.stdin.end();
		await gone;
	};
}
