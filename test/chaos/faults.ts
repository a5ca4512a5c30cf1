import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import type {Started} from '../cosmos.js';
import {killByPid} from '../lab/processes.js';
import {dockerClients, sshdProcesses} from './host-processes.js';
import type {Laboratory, Line} from './laboratory.js';
import type {PlannedRun} from './plan.js';

/** A run that is on its way, for the faults that hit it. */
export type Victim = {
	planned: PlannedRun;
	line: Line;
	cosmos: Started;
	runId: () => Promise<string | undefined>;
	hasEnded: () => boolean;
	/** The file that tells this run's `cosmos` how far its clock is off. */
	clock: string;
};

/** When the engine was not there, seconds since the machine's boot. */
export type Outage = {from: number; until: number};

/**
 * Lets a fault happen. Resolves when it is over.
 * @returns the outage, if it was one of the engine; `undefined` also when nothing was there to hit
 */
export async function strike(lab: Laboratory, victim: Victim): Promise<Outage | undefined> {
	const {planned, line, cosmos, clock} = victim;
	switch (planned.fault) {
		case 'cosmos-killed':
			cosmos.process.kill('SIGKILL');
			return;
		case 'sshd-killed':
			for (const pid of sshdProcesses(lab.sshd.port, line.network.peers())) {
				killByPid(pid, 'SIGKILL');
			}

			return;
		case 'silent-3s':
			return silence(line, 3000);
		case 'silent-30s':
			return silence(line, 30_000);
		case 'client-killed':
			return killClient(victim);
		case 'clock-step':
			writeFileSync(clock, `${planned.clockStep > 0 ? '+' : ''}${planned.clockStep}\n`);
			return;
		case 'engine-restart':
			return restartEngine(lab, planned.lasts);
		case 'disk-full-home':
			return fillDisk(lab.homeDisk, planned.lasts);
		case 'disk-full-there':
			return fillDisk(lab.hostDisk, planned.lasts);
	}
}

async function silence({network}: Line, milliseconds: number): Promise<undefined> {
	network.silence();
	await pause(milliseconds);
	network.resume();
}

/** A client lives long before it has made its container: the moment counts from its own begin. */
async function killClient({planned, runId, hasEnded}: Victim): Promise<undefined> {
	const id = await runId();
	while (id !== undefined && !hasEnded() && dockerClients(id).length === 0) {
		await pause(5);
	}

	await pause(planned.delay);
	for (const pid of id === undefined ? [] : dockerClients(id)) {
		killByPid(pid, 'SIGKILL');
	}
}

async function restartEngine({docker}: Laboratory, milliseconds: number): Promise<Outage> {
	const from = uptime();
	await docker.halt();
	await pause(milliseconds);
	await docker.resume();
	return {from, until: uptime()};
}

async function fillDisk(
	disk: {fill: () => void; free: () => void},
	milliseconds: number,
): Promise<undefined> {
	disk.fill();
	await pause(milliseconds);
	disk.free();
}

/** Seconds since the machine's boot, as the containers see it too. */
function uptime(): number {
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
