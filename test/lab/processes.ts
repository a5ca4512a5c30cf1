import {readdir, readFile} from 'node:fs/promises';

type LabProcess = {pid: number; parent: number; name: string};

/** Every process of this machine, as /proc has them. */
export async function allProcesses(): Promise<LabProcess[]> {
	const processes: LabProcess[] = [];
	for (const entry of await readdir('/proc')) {
		// One that has ended in between is left out.
		const stat = /^\d+$/.test(entry)
			? await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '')
			: '';
		const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(stat) ?? [];
		if (name !== undefined) {
			processes.push({pid: Number(entry), parent: Number(parent), name});
		}
	}

	return processes;
}

/** Children, their children and so on. */
export async function descendantsOf(pid: number): Promise<LabProcess[]> {
	const all = await allProcesses();
	const found: LabProcess[] = [];
	let parents = new Set([pid]);
	while (parents.size > 0) {
		const children = all.filter(one => parents.has(one.parent));
		found.push(...children);
		parents = new Set(children.map(child => child.pid));
	}

	return found;
}

/** A process that has ended already is as good as one that is ended now. */
export function killByPid(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(pid, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
			throw error;
		}
	}
}
