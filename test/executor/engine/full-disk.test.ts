import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {CosmosError} from '../../../source/domain/errors.js';
import type {Engine, Job} from '../../../source/executor/engine/engine.js';
import {localProcessEngine} from '../../../source/executor/engine/process/process-local.js';
import {remoteProcessEngine} from '../../../source/executor/engine/process/process-remote.js';
import {localTransport} from '../../../source/executor/transport/local.js';
import {mountSmallDisk, type SmallDisk} from '../../chaos/small-disk.js';
import {available} from '../../lab/available.js';
import {labHost} from '../../lab/host.js';
import {type Bench, openBench} from './docker/docker-bench.js';
import {makeJob, newRunId, startJob} from './started-job.js';

/**
 * A disk with room for so many pages takes the first writes of a job and refuses the next one: of the
 * folder, the start script, the record that it has begun, the log, the exit status. (Slurm's own are in
 * `slurm-cluster.test.ts`.)
 */
const pages = Array.from({length: 17}, (_, index) => index);
const page = 4096;

describe.skipIf(!available('docker'))('a job that fails while its disk is full', () => {
	let folder = '';
	let disk: SmallDisk;
	let bench: Bench;
	beforeAll(async () => {
		folder = mkdtempSync(path.join(tmpdir(), 'cosmos-full-'));
		disk = mountSmallDisk(path.join(folder, 'disk'), 1);
		bench = await openBench();
		mkdirSync(path.join(disk.folder, 'locks'));
		process.env.COSMOS_LOCK_DIR = path.join(disk.folder, 'locks');
	});
	afterEach(() => disk.free());
	afterAll(async () => {
		delete process.env.COSMOS_LOCK_DIR;
		await bench?.close();
		disk?.unmount();
		rmSync(folder, {recursive: true, force: true});
	});

	const engines: ReadonlyArray<[string, () => Engine]> = [
		['here', () => localProcessEngine(labHost(), disk.folder, localTransport('here'))],
		['over SSH', () => remoteProcessEngine(labHost(), disk.folder, localTransport('lab'))],
		['in Docker', () => bench.engineFor({remoteDir: disk.folder})],
	];
	const newJob = (script: string): Job => makeJob(disk.folder, newRunId(), ['sh', '-c', script]);

	/** What the run says, and what a recovery finds when there is room again: its code, or that of an error. */
	async function outcomes(job: Job, engine: Engine) {
		const read = (ended: Promise<{code: number}>) =>
			ended.then(
				({code}) => code,
				error => (error instanceof CosmosError ? error.code : error),
			);
		const first = await read(startJob(job, engine).exit);
		disk.free();
		return [first, await read(engine.attach(job.runId, 0, {onOutput: () => undefined}))];
	}

	/** The program's own status, or that it has not run, as there was no room. */
	const truths = [3, 'host-disk-full', 'local-disk-full'];
	const laterTruths = [3, 'container-missing'];

	describe.each(engines)('%s', (_name, engineOf) => {
		test.each(pages)(
			'ends with its own status, or does not start, with %i pages free',
			async free => {
				const job = newJob('echo on; exit 3');
				disk.fill(free * page);
				const found = await outcomes(job, engineOf());
				expect(truths).toContain(found[0]);
				expect(laterTruths).toContain(found[1]);
			},
		);

		test.each([0, 1, 2])(
			'ends with its own status if it leaves %i pages free itself',
			async free => {
				const ballast = path.join(disk.folder, 'ballast');
				const job = newJob(
					`dd if=/dev/zero of=${ballast} bs=1k 2>/dev/null; truncate -s -${free * page} ${ballast}; echo on; exit 3`,
				);
				const found = await outcomes(job, engineOf());
				expect(found[0]).toBe(3);
				expect(laterTruths).toContain(found[1]);
			},
		);
	});
});
