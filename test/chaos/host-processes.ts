import {readdirSync, readFileSync, readlinkSync} from 'node:fs';

type HostProcess = {pid: number; words: string[]};

/** Every process of this machine with its command line. */
function allProcesses(): HostProcess[] {
	return readdirSync('/proc')
		.filter(name => /^\d+$/.test(name))
		.map(name => ({pid: Number(name), words: wordsOf(name)}));
}

function wordsOf(pid: string): string[] {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').slice(0, -1);
	} catch {
		// It has ended in between.
		return [];
	}
}

/** The Docker clients on the host that start or follow a run's container. */
export function dockerClients(runId: string): number[] {
	return allProcesses()
		.filter(
			({words: [program = '', verb = '', ...rest]}) =>
				program.endsWith('/docker') &&
				['run', 'logs'].includes(verb) &&
				rest.includes(`cosmos-${runId}`),
		)
		.map(({pid}) => pid);
}

/**
 * The processes of an SSH server that serve the given connections.
 * @param peers the clients' ports
 */
export function sshdProcesses(port: number, peers: readonly number[]): number[] {
	const hex = (number: number) => number.toString(16).toUpperCase().padStart(4, '0');
	const sockets = readFileSync('/proc/net/tcp', 'latin1')
		.split('\n')
		.map(line => line.trim().split(/\s+/))
		.filter(
			([, local, remote]) =>
				local?.endsWith(`:${hex(port)}`) && peers.some(peer => remote?.endsWith(`:${hex(peer)}`)),
		)
		.map(fields => `socket:[${fields[9]}]`);
	return allProcesses()
		.filter(({pid, words}) => words[0]?.startsWith('sshd') && hasSocket(pid, sockets))
		.map(({pid}) => pid);
}

function hasSocket(pid: number, sockets: readonly string[]): boolean {
	try {
		return readdirSync(`/proc/${pid}/fd`).some(fd =>
			sockets.includes(readlinkSync(`/proc/${pid}/fd/${fd}`)),
		);
	} catch {
		// It has ended in between.
		return false;
	}
}
