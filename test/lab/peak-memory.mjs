// Loaded before the program: writes down at its end how much memory it has needed, in KiB.
import {readFileSync, writeFileSync} from 'node:fs';

process.on('exit', () => {
	const [, peak = ''] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
	writeFileSync(process.env.PEAK_FILE, peak);
});
