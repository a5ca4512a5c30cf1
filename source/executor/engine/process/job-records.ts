import {mkdir, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';
import * as z from 'zod';
import {systemCode} from '../../../domain/errors.js';
import type {JobExit} from '../../../domain/runs/run-status.js';
import {clearStaleLocks} from '../../../machine/file-lock.js';
import {isAlive, ownerState} from '../../../machine/process-identity.js';
import {processesWith} from '../../../machine/processes-with.js';
import {killGroup, killProcess} from '../../transport/local-process.js';
import {checkName, isName} from '../slot-script.js';
import {
	folderVariable,
	type JobRecord,
	outputFolder,
	recordFile,
	stopFile,
} from './supervisor/job-files.js';

const ownerSchema = z.object({
	pid: z.int(),
	startTime: z.string(),
	bootId: z.string(),
	machine: z.string(),
});

const recordSchema = z.object({
	runId: z.string(),
	lane: z.string(),
	startedBy: z.string(),
	since: z.string(),
	keeper: ownerSchema,
	begun: z.boolean(),
	command: ownerSchema.optional(),
	exit: z.object({code: z.int(), message: z.string()}).optional(),
});

/** What a look at a job finds. */
export type FoundJob =
	/** Its supervisor lives but has no orders yet; soon it is running, or gone. */
	| {state: 'starting'; record: JobRecord}
	| {state: 'running'; record: JobRecord}
	| {state: 'exited'; exit: JobExit}
	| {state: 'gone'};

export type JobRecords = {
	/** Path of the lock that version 0.1 holds for a slot. */
	oldLock: (slot: string) => string;
	/** Path of the lock for looking whether GPUs are free and starting a job there. */
	startLock: string;
	/** Folder of a run's job. */
	folderOf: (runId: string) => string;
	/** Makes the folder of all jobs. */
	prepare: () => Promise<void>;
	/** Makes the folder of a job that has not begun, new and empty. */
	makeFolder: (runId: string) => Promise<string>;
	/**
	 * The state of a job. One whose supervisor was killed has lost its exit code:
	 * its command is ended, and it counts as killed.
	 */
	look: (runId: string) => Promise<FoundJob>;
	/** Every job that starts or runs. */
	living: () => Promise<JobRecord[]>;
	/** Asks a job's supervisor to end its command. */
	requestStop: (runId: string, grace: number) => Promise<void>;
	/** Removes all that is kept of a job. */
	forget: (runId: string) => Promise<void>;
	/** Removes what a cosmos that was killed while it started a job has left of the locks. */
	clearLocks: () => Promise<void>;
};

/** 128 + SIGKILL. */
const killed = {code: 137, message: 'the process that supervised the job was killed'};
/** Milliseconds between two checks of a process that has been killed. */
const deathPause = 20;

/** The jobs without containers of one host folder: a folder for each, kept by its supervisor. */
export function jobRecords(folder: string): JobRecords {
	const folderOf = (runId: string) => path.join(folder, checkName(runId));
	const fileOf = (runId: string) => path.join(folderOf(runId), recordFile);

	async function look(runId: string): Promise<FoundJob> {
		const first = await readRecord(fileOf(runId));
		if (first && !first.exit && isAlive(first.keeper)) {
			return {state: first.begun ? 'running' : 'starting', record: first};
		}

		// A supervisor that is dead by now may have recorded the end after the first look.
		const record = first?.exit ? first : await readRecord(fileOf(runId));
		if (!record?.begun) {
			return {state: 'gone'};
		}

		const {code, message} = record.exit ?? (await bury(record, fileOf(runId)));
		return {state: 'exited', exit: {code, oomKilled: false, engineMessage: message}};
	}

	async function living(): Promise<JobRecord[]> {
		const entries = await readdir(folder, {withFileTypes: true}).catch(() => []);
		// A file system may have folders of its own there, `lost+found` or `.snapshot`.
		const ids = entries.flatMap(entry =>
			entry.isDirectory() && isName(entry.name) ? [entry.name] : [],
		);
		const found = await Promise.all(ids.map(look));
		return found.flatMap(job => ('record' in job ? [job.record] : []));
	}

	return {
		oldLock: slot => path.join(folder, `lane-${checkName(slot)}.lock`),
		startLock: path.join(folder, 'start.lock'),
		folderOf,
		async prepare() {
			await mkdir(folder, {recursive: true, mode: 0o700});
		},
		async makeFolder(runId) {
			await rm(folderOf(runId), {recursive: true, force: true});
			await mkdir(path.join(folderOf(runId), outputFolder), {recursive: true, mode: 0o700});
			return folderOf(runId);
		},
		look,
		living,
		requestStop: (runId, grace) =>
			writeFile(path.join(folderOf(runId), stopFile(grace)), '', {mode: 0o600}),
		forget: runId => rm(folderOf(runId), {recursive: true, force: true}),
		clearLocks: () => clearStaleLocks(folder),
	};
}

/** Undefined if there is none, or if a power cut left it unreadable. */
async function readRecord(file: string): Promise<JobRecord | undefined> {
	try {
		const {success, data} = recordSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
		return success ? data : undefined;
	} catch (error) {
		if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) {
			return undefined;
		}

		throw error;
	}
}

/** Ends what the dead supervisor of a job left running and writes its end for it. */
async function bury(record: JobRecord, file: string): Promise<NonNullable<JobRecord['exit']>> {
	const {command} = record;
	const isLeft = () => command !== undefined && ownerState(command) === 'alive';
	// Of a command that the supervisor could not record, and of what that has started.
	const signed = () => processesWith(folderVariable, path.dirname(file));
	for (let others = signed(); others.length > 0 || isLeft(); others = signed()) {
		if (command && isLeft()) {
			killGroup(command.pid, 'SIGKILL');
		}

		for (const pid of others) {
			killProcess(pid, 'SIGKILL');
		}

		await setTimeout(deathPause);
	}

	await replaceFile(file, JSON.stringify({...record, exit: killed}));
	return killed;
}

async function replaceFile(file: string, content: string): Promise<void> {
	const next = `${file}.${process.pid}`;
	await writeFile(next, content, {mode: 0o600});
	await rename(next, file);
}
