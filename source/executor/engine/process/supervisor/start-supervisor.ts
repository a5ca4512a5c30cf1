import {type ChildProcessByStdio, spawn} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, openSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Readable, Writable} from 'node:stream';
import {CosmosError, messageOf} from '../../../../domain/errors.js';
import {diskError} from '../../../../machine/disk-error.js';
import {freeSpace} from '../../../../machine/free-space.js';
import {packageRoot} from '../../../../package-root.js';
import {folderVariable, type JobOrders, outputFile, recordFile} from './job-files.js';

export type SupervisorStart = {
	/** The job's own folder; there and empty. */
	folder: string;
	runId: string;
	slot: string;
	startedBy: string;
	orders: JobOrders;
	/** Aborted before the orders are given, it leaves nothing started. */
	signal: AbortSignal;
	/** The open file of the claim on its GPUs, which the supervisor and the command are to keep open. */
	claim?: number;
};

/**
 * Starts a job's supervisor and gives it its orders. It gets them only when its record is there to be
 * found: so the job of a `cosmos` that dies in between either never starts, or is on
 * record. Resolves when the orders are given.
 * @throws CosmosError (host) when the supervisor cannot start, (cancelled) when aborted
 */
export async function startSupervisor(start: SupervisorStart): Promise<void> {
	const {folder, runId, orders, signal} = start;
	const supervisor = spawnSupervisor(start);
	const {stdin, stdout} = supervisor;
	const ended = once(supervisor, 'exit');
	// Its exit says more than the broken pipe.
	stdin.on('error', () => undefined);
	const recorded = once(stdout, 'data').then(() => true);
	const over = ended.then(
		() => false,
		error => {
			throw cannotStart(runId, messageOf(error));
		},
	);
	if (!(await Promise.race([recorded, over]))) {
		// Later, the same file holds the job's output, of any size.
		const why = await readFile(path.join(folder, outputFile), 'utf8');
		throw (await freeSpace(folder)) === 0 ? diskFull(folder) : cannotStart(runId, why);
	}

	if (signal.aborted) {
		stdin.end();
		await ended;
		throw new CosmosError('cancelled', `${runId} was stopped before it started`);
	}

	stdin.end(JSON.stringify(orders));
	await Promise.race([once(stdin, 'close'), ended]);
	stdout.destroy();
	supervisor.unref();
}

function spawnSupervisor({folder, runId, slot, startedBy, claim}: SupervisorStart) {
	const program = path.join(packageRoot(), 'dist', 'supervisor.js');
	const output = openSync(path.join(folder, outputFile), 'a', 0o600);
	try {
		const words = [folder, runId, slot, startedBy, ...(claim === undefined ? [] : ['claim'])];
		return spawn(process.execPath, [program, ...words], {
			cwd: path.dirname(folder),
			// What the user wants of Node would be written into the job's output.
			env: {...process.env, [folderVariable]: folder, NODE_OPTIONS: ''},
			// In a session of its own no terminal and no signal to our group ends it.
			detached: true,
			windowsHide: true,
			stdio: ['pipe', 'pipe', output, ...(claim === undefined ? [] : [claim])],
		}) as ChildProcessByStdio<Writable, Readable, null>;
	} finally {
		closeSync(output);
	}
}

/** Where the disk has no room for its record, there is none for its words either. */
function diskFull(folder: string): CosmosError {
	const full = Object.assign(new Error('no space left'), {code: 'ENOSPC'});
	return diskError(full, 'write', path.join(folder, recordFile));
}

function cannotStart(runId: string, why: string): CosmosError {
	return new CosmosError('host', `the supervisor of ${runId} could not start: ${why.trim()}`, {
		hint: 'Reinstall cosmos (in a checkout: `npm run build`).',
	});
}
