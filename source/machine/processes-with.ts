import {readdirSync, readFileSync} from 'node:fs';

/**
 * Ids of the living processes of this user that were started with a variable in their environment.
 * Linux shows them (`/proc/PID/environ`, proc_pid_environ(5)); elsewhere none is found.
 */
export function processesWith(name: string, value: string): number[] {
	if (process.platform !== 'linux') {
		return [];
	}

	const ids = readdirSync('/proc').filter(file => /^\d+$/.test(file));
	return ids.filter(id => environmentOf(id).includes(`${name}=${value}`)).map(Number);
}

/** Empty for one that has ended, or is somebody else's. */
function environmentOf(id: string): string[] {
	try {
		return readFileSync(`/proc/${id}/environ`, 'utf8').split('\0');
	} catch {
		return [];
	}
}
