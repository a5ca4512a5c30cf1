// Loaded before a program by NODE_OPTIONS: leaves what it has used when it ends, in the file that BENCH_USAGE names.
// A program that it starts is none of it.
import {writeFileSync} from 'node:fs';

const file = process.env.BENCH_USAGE;
delete process.env.BENCH_USAGE;
delete process.env.NODE_OPTIONS;
if (file) {
	process.on('exit', () => {
		const {userCPUTime, systemCPUTime, maxRSS} = process.resourceUsage();
		const seconds = (userCPUTime + systemCPUTime) / 1e6;
		writeFileSync(file, JSON.stringify({seconds, megabytes: maxRSS / 1024}));
	});
}
