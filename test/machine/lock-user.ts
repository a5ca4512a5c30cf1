// A process that uses a lock: `hold LOCK` keeps it until killed, `count LOCK FILE TIMES` adds to a
// number in a file, each time under the lock, and fails when somebody else is there too.
import {readFile, rm, writeFile} from 'node:fs/promises';
import {acquireLock, withLock} from '../../source/machine/file-lock.js';

const [verb, lock = '', file = '', times = '0'] = process.argv.slice(2);
if (verb === 'hold') {
	await acquireLock(lock, {note: 'holding'});
	console.log('held');
	setInterval(() => undefined, 60_000);
} else {
	for (let turn = 0; turn < Number(times); turn++) {
		await withLock(lock, {}, async () => {
			await writeFile(`${file}.inside`, '', {flag: 'wx'});
			const value = Number(await readFile(file, 'utf8'));
			await writeFile(file, String(value + 1));
			await rm(`${file}.inside`);
		});
	}

	console.log('done');
}
