import {spawn} from 'node:child_process';
import {once} from 'node:events';
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

/** The processes of a run's job that the model consists of. */
export function modelsOf(runId: string): number[] {
	return allProcesses()
		.filter(
			({words: [, program = '', ...rest]}) =>
				program.endsWith('/simulator.js') && rest.some(word => word.includes(runId)),
		)
		.map(({pid}) => pid);
}

/** Those that read a run's output on the host while it grows. */
export function followersOf(runId: string): number[] {
	return allProcesses()
		.filter(
			({words: [program = '', ...rest]}) =>
				program === 'tail' && rest.some(word => word.includes(runId)),
		)
		.map(({pid}) => pid);
}

/** Every process whose words name one of the runs, in words. */
export function processesOf(runIds: readonly string[]): string[] {
	return allProcesses()
		.filter(({words}) => words.some(word => runIds.some(id => word.includes(id))))
		.map(({pid, words}) => `process ${pid}: ${words.join(' ').slice(0, 200)}`);
}

/** The shells that work in a folder. */
export function shellsIn(folder: string): number[] {
	return allProcesses()
		.filter(({pid, words}) => words[0] === 'sh' && linkOf(`/proc/${pid}/cwd`) === folder)
		.map(({pid}) => pid);
}

/** A process of somebody else. */
export function startStranger() {
	const child = spawn('sleep', ['86399'], {stdio: 'ignore', detached: true});
	const ended = once(child, 'exit');
	const lives = () => child.exitCode === null && child.signalCode === null;
	return {
		harm: () => (lives() ? [] : ["somebody else's process does not run any more"]),
		async stop() {
			if (lives()) {
				child.kill('SIGKILL');
				await ended;
			}
		},
	};
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
			sockets.includes(linkOf(`/proc/${pid}/fd/${fd}`)),
		);
	} catch {
		// It has ended in between.
		return false;
	}
}

/** Where a link leads; nowhere when its process has ended in between. */
function linkOf(link: string): string {
	try {
		return readlinkSync(link);
	} catch {
		return '';
	}
}
