import {readdirSync, readFileSync} from 'node:fs';

export type FoundProcess = {pid: number; command: string};

/** The processes of this machine and their command lines, words separated by spaces. */
export function processes(): FoundProcess[] {
	return readdirSync('/proc')
		.filter(name => /^\d+$/.test(name))
		.map(name => ({pid: Number(name), command: commandLine(name)}));
}

function commandLine(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
	} catch {
		return '';
	}
}
