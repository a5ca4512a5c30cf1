/**
 * The supervisor of one job without a container: a process of its own that outlives the `cosmos` that
 * started it. It runs the command, enforces its time limit, stops it on request, and records its exit
 * code. It starts with every job, so it loads next to nothing.
 *
 * node supervisor.js FOLDER RUN SLOT STARTED_BY [claim]  with the orders in standard input; standard error
 * is the job's output file. It writes one byte to standard output when its record is there. With `claim`,
 * file descriptor 3 holds the job's GPUs: as long as it or the command has it open, nobody else gets them.
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readdirSync, readFileSync, writeSync} from 'node:fs';
import {constants} from 'node:os';
import path from 'node:path';
import {messageOf, systemCode} from '../../../../domain/errors.js';
import {timedOutCode, timeLimitLine} from '../../../../domain/runs/run-status.js';
import {watchFolder} from '../../../../machine/folder-watch.js';
import {identityOf, thisProcess} from '../../../../machine/process-identity.js';
import {killGroup} from '../../../transport/local-process.js';
import {
	folderVariable,
	graceIn,
	type JobEnd,
	type JobOrders,
	type JobRecord,
	recordFile,
} from './job-files.js';
import {openRecord} from './write-record.js';

/** Default seconds between TERM and KILL. */
const defaultGrace = 10;
const errorOutput = 2;
const claimedGpus = 3;

const [folder = '', runId = '', slot = '', startedBy = '', claim] = process.argv.slice(2);
const save = openRecord(path.join(folder, recordFile));
let record: JobRecord = {
	runId,
	lane: slot,
	startedBy,
	since: new Date().toISOString(),
	keeper: thisProcess(),
	begun: false,
};

/** Ends the command: TERM, so many seconds, KILL. */
let end: (grace: number) => void = () => undefined;

save(record);
const orders = receiveOrders();
if (orders) {
	// Before there is anything to stop: until the command is started no signal is handled.
	process.on('SIGTERM', () => end(defaultGrace));
	process.on('SIGINT', () => end(defaultGrace));
	// The terminal that it was started from may close.
	process.on('SIGHUP', () => undefined);
	note({begun: true});
	const exit = await work(orders);
	// A job that has been removed meanwhile is not recreated.
	if (existsSync(path.join(folder, recordFile))) {
		note({exit});
	}
}

process.exit();

function note(news: Partial<JobRecord>): void {
	record = {...record, ...news};
	save(record);
}

/** Undefined if the starter has died or aborted: nothing has started then. */
function receiveOrders(): JobOrders | undefined {
	try {
		writeSync(1, '.');
		return JSON.parse(readFileSync(0, 'utf8')) as JobOrders;
	} catch {
		return undefined;
	}
}

async function work({command, cwd, env, timeLimit}: JobOrders): Promise<JobEnd> {
	const [program = '', ...words] = command;
	let pid: number | undefined;
	try {
		const child = spawn(program, words, {
			cwd,
			env: {...env, [folderVariable]: folder},
			detached: process.platform !== 'win32',
			windowsHide: true,
			// One open file for both keeps the order of writing.
			stdio: ['ignore', errorOutput, errorOutput, ...(claim ? [claimedGpus] : [])],
		});
		pid = child.pid;
		const ended = once(child, 'exit');
		note({command: pid === undefined ? undefined : identityOf(pid)});
		const limit = pid === undefined ? undefined : watchOver(pid, timeLimit);
		const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
		const ownCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
		if (limit?.over && ownCode !== 0) {
			writeSync(errorOutput, `\n${timeLimitLine(timeLimit)}\n`);
			return {code: timedOutCode, message: ''};
		}

		return {code: ownCode, message: ''};
	} catch (error) {
		return refusal(error, program, cwd);
	} finally {
		// What the command left behind must not go on writing, nor use the slot.
		if (pid !== undefined) {
			killGroup(pid, 'SIGKILL');
		}
	}
}

/** Stops the command at its time limit, and on request. */
function watchOver(pid: number, timeLimit: number): {over: boolean} {
	end = createEnder(pid);
	const limit = {over: false};
	setTimeout(() => {
		limit.over = true;
		end(defaultGrace);
	}, timeLimit * 1000);
	const endWhenRequested = () => {
		const grace = requestedGrace();
		if (grace !== undefined) {
			end(grace);
		}
	};

	watchFolder(folder, endWhenRequested);
	endWhenRequested();
	return limit;
}

/** Seconds between TERM and KILL; undefined while the command may go on. */
function requestedGrace(): number | undefined {
	try {
		const wanted = readdirSync(folder).map(graceIn);
		const earliest = wanted.filter(grace => grace !== undefined).sort((a, b) => a - b)[0];
		if (earliest !== undefined) {
			return earliest;
		}
	} catch {
		// Whatever prevents the check, only a removed job is stopped because of it.
	}

	// Once the job has been removed, nobody can request its end.
	return existsSync(path.join(folder, recordFile)) ? undefined : defaultGrace;
}

/** TERM once, KILL at the earliest of the requested times. */
function createEnder(pid: number): (grace: number) => void {
	let killAt = Number.POSITIVE_INFINITY;
	let timer: NodeJS.Timeout | undefined;
	return grace => {
		const at = performance.now() + grace * 1000;
		if (killAt === Number.POSITIVE_INFINITY) {
			killGroup(pid, 'SIGTERM');
		}

		if (at < killAt) {
			killAt = at;
			clearTimeout(timer);
			timer = setTimeout(() => killGroup(pid, 'SIGKILL'), grace * 1000);
		}
	};
}

/** As shells say it, and Docker: 127 not found, 126 not executable, 125 any other reason. */
function refusal(error: unknown, program: string, cwd: string): JobEnd {
	if (!existsSync(cwd)) {
		return {code: 125, message: `no folder ${cwd}`};
	}

	switch (systemCode(error)) {
		case 'ENOENT':
			return {code: 127, message: `${program}: not found`};
		case 'EACCES':
			return {code: 126, message: `${program}: not executable`};
		default:
			return {code: 125, message: `${program}: ${messageOf(error)}`};
	}
}
