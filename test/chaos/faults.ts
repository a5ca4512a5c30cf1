import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import type {Started} from '../cosmos.js';
import {killByPid} from '../lab/processes.js';
import type {Fault} from './fault.js';
import {sshdProcesses} from './host-processes.js';
import type {Laboratory, Line} from './laboratory.js';
import type {PlannedRun} from './plan.js';

/** A run that is on its way, for the faults that hit it. */
export type Victim = {
	planned: PlannedRun;
	line: Line;
	cosmos: Started;
	runId: () => Promise<string | undefined>;
	hasEnded: () => boolean;
	/** The file with the clock offset of this run's `cosmos`. */
	clock: string;
};

/** When the engine was not there, seconds since the machine's boot. */
export type Outage = {from: number; until: number};

/**
 * Lets a fault happen. Resolves when it is over.
 * @returns the outage, if it was one of the engine; `undefined` also when nothing was there to hit
 */
export type Strike = (victim: Victim) => Promise<Outage | undefined>;

/** Lets a run's fault happen: the engine's own, or one of those that any has. */
export async function strike(lab: Laboratory, victim: Victim): Promise<Outage | undefined> {
	const {fault} = victim.planned;
	const strikes = {...commonStrikes(lab), ...lab.site.strikes};
	return (strikes[fault] as Strike)(victim);
}

function commonStrikes({sshd, homeDisk, hostDisk}: Laboratory): Partial<Record<Fault, Strike>> {
	return {
		async 'cosmos-killed'({cosmos}) {
			cosmos.process.kill('SIGKILL');
			return undefined;
		},
		async 'sshd-killed'({line}) {
			for (const pid of sshdProcesses(sshd.port, line.network.peers())) {
				killByPid(pid, 'SIGKILL');
			}

			return undefined;
		},
		async 'sshd-restart'({planned}) {
			await sshd.halt();
			await pause(planned.lasts);
			await sshd.resume();
			return undefined;
		},
		'silent-3s': ({line}) => silence(line, 3000),
		'silent-30s': ({line}) => silence(line, 30_000),
		async 'clock-step'({planned, clock}) {
			writeFileSync(clock, `${planned.clockStep > 0 ? '+' : ''}${planned.clockStep}\n`);
			return undefined;
		},
		'disk-full-home': ({planned}) => fillDisk(homeDisk, planned.lasts),
		'disk-full-there': ({planned}) => fillDisk(hostDisk, planned.lasts),
	};
}

async function silence({network}: Line, milliseconds: number): Promise<undefined> {
	network.silence();
	await pause(milliseconds);
	network.resume();
}

async function fillDisk(
	disk: {fill: () => void; free: () => void},
	milliseconds: number,
): Promise<undefined> {
	disk.fill();
	await pause(milliseconds);
	disk.free();
}

/** Seconds since the machine's boot, as the jobs see it too. */
export function uptime(): number {
	return Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]);
}

/** The library that shows a program another time; Debian's package `faketime`. */
const fakeTime = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
	.map(folder => `/usr/lib/${folder}/faketime/libfaketimeMT.so.1`)
	.find(file => existsSync(file));

/** Whether a clock can be stepped here, without doing so to the whole machine. */
export const canStepClock = fakeTime !== undefined;

/** Environment of a program whose clock follows a file; its timers go on as they should. */
export function steppedClock(file: string): Record<string, string> {
	writeFileSync(file, '+0\n');
	return {
		LD_PRELOAD: fakeTime as string,
		FAKETIME_TIMESTAMP_FILE: path.resolve(file),
		FAKETIME_CACHE_DURATION: '1',
		FAKETIME_DONT_FAKE_MONOTONIC: '1',
	};
}
