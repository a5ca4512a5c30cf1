import {execFileSync} from 'node:child_process';
import {readFileSync, readlinkSync} from 'node:fs';
import {hostname} from 'node:os';
import {CosmosError, systemCode} from '../domain/errors.js';
import type {Owner} from '../domain/types.js';

let own: Owner | undefined;

/** The identity of this process. It never changes, so it is read once. */
export function thisProcess(): Owner {
	own ??= {
		pid: process.pid,
		startTime: startTimeOf(process.pid) ?? '',
		bootId: bootId(),
		machine: machineName(),
	};
	return own;
}

/** The identity of another process of this machine; undefined if there is none with this id. */
export function identityOf(pid: number): Owner | undefined {
	const startTime = startTimeOf(pid);
	return startTime === undefined ? undefined : {...thisProcess(), pid, startTime};
}

/**
 * The state of a process according to this machine. `unknown` is one of another machine, or of
 * another container on this one: its process ids mean nothing here.
 */
export function ownerState(owner: Owner): 'alive' | 'dead' | 'unknown' {
	const self = thisProcess();
	if (owner.bootId === self.bootId) {
		// Most that are asked for are this process itself.
		if (owner.pid === self.pid && owner.startTime === self.startTime) {
			return 'alive';
		}

		return startTimeOf(owner.pid) === owner.startTime ? 'alive' : 'dead';
	}

	const sameBoot = bootPart(owner.bootId) === bootPart(self.bootId);
	return !sameBoot && owner.machine === self.machine ? 'dead' : 'unknown';
}

/**
 * Whether an owner may still be alive. One that cannot be checked from here counts as alive: a
 * reader shows its run as it is stored, and nobody takes its lock, because to wrongly take
 * over a living owner's work costs more than to wait for a dead one.
 */
export function isAlive(owner: Owner): boolean {
	return ownerState(owner) !== 'dead';
}

/** Whether an owner is on another machine, or in another container: nobody can tell from here whether it lives. */
export function isElsewhere(owner: Owner): boolean {
	return ownerState(owner) === 'unknown';
}

/** What a dead owner looks like: anyone may take over what has it. */
export function nobody(): Owner {
	return {...thisProcess(), startTime: ''};
}

/** @param what a run or a job that was asked to end */
export function elsewhereError(what: string, {pid, machine}: Owner): CosmosError {
	return new CosmosError(
		'wrong-state',
		`${what} was asked to stop, but is handled by process ${pid} on ${machine}, which cannot be seen from here`,
		{hint: movedHint},
	);
}

export const movedHint =
	'If that machine or container is gone, `cosmos recover --moved` takes over what it has left.';

/**
 * When a process started, in the system's own unit; undefined when there is none, or only a dead
 * one whose parent has not waited for it yet (zombie).
 * Linux: field 22 of `/proc/PID/stat`, clock ticks since boot (proc_pid_stat(5)). macOS: `ps`, whole
 * seconds. Windows has no quick way to ask; there the text is empty and a reused process id counts
 * as the same process.
 */
function startTimeOf(pid: number): string | undefined {
	if (process.platform === 'linux') {
		return startTimeOnLinux(pid);
	}

	if (!exists(pid)) {
		return undefined;
	}

	return process.platform === 'win32' ? '' : startTimeFromPs(pid);
}

function startTimeOnLinux(pid: number): string | undefined {
	let stat: string;
	try {
		stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
	} catch (error) {
		// ESRCH: it ended between open and read. Anything else, such as too many open files, is no
		// sign of death.
		if (['ENOENT', 'ESRCH'].includes(systemCode(error) ?? '')) {
			return undefined;
		}

		throw error;
	}

	// The second field is the program's name in parentheses, which may hold spaces and parentheses.
	const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return state === 'Z' || state === 'X' ? undefined : rest[18];
}

function startTimeFromPs(pid: number): string | undefined {
	const [state, ...start] = outputOf('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).split(/\s+/);
	return state?.startsWith('Z') ? undefined : start.join(' ');
}

function exists(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// Not permitted means that it exists and belongs to somebody else.
		return systemCode(error) === 'EPERM';
	}
}

/**
 * A word that changes with every boot; on Linux followed by the process id namespace, because in
 * another container the same number is another process.
 */
function bootId(): string {
	if (process.platform === 'linux') {
		const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
		return `${boot}:${readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '')}`;
	}

	return process.platform === 'darwin' ? outputOf('sysctl', ['-n', 'kern.bootsessionuuid']) : '';
}

function bootPart(id: string): string {
	return id.split(':')[0] as string;
}

/** Without the domain, which changes with the network on a laptop. */
function machineName(): string {
	return hostname().split('.')[0] as string;
}

/** The output of a command; empty if it is missing or fails. */
function outputOf(command: string, args: readonly string[]): string {
	try {
		return execFileSync(command, args, {
			encoding: 'utf8',
			env: {...process.env, LC_ALL: 'C', TZ: 'UTC'},
			stdio: ['ignore', 'pipe', 'ignore'],
		}).trim();
	} catch (error) {
		const code = systemCode(error);
		if (code === undefined || code === 'ENOENT') {
			return '';
		}

		// It could not be started: that does not mean that the process is dead.
		throw error;
	}
}
