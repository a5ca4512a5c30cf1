import {readFileSync} from 'node:fs';

/** Megabytes of a process that are in memory now, shared pages included (Linux). */
export function residentMegabytes(pid: number): number {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');
	return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

/** Clock ticks of a second, as Linux counts a process's time for everyone. */
const ticks = 100;

/** Seconds that a process has computed so far, in itself and in the kernel (Linux). */
export function computedSeconds(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	const [user, system] = stat
		.slice(stat.lastIndexOf(')') + 2)
		.split(' ')
		.slice(11, 13);
	return (Number(user) + Number(system)) / ticks;
}
