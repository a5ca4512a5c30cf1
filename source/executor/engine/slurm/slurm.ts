import {ConnectionLostError, CosmosError} from '../../../domain/errors.js';
import type {Host} from '../../../domain/hosts/host.js';
import {cleanText} from '../../../domain/runs/log-lines.js';
import {readProvenance} from '../../../domain/runs/provenance.js';
import type {JobExit} from '../../../domain/runs/run-status.js';
import type {LiveJob} from '../../../domain/types.js';
import {runFolderOf, runsFolder} from '../../run-folder.js';
import {type ExecResult, type Transport, workTime} from '../../transport/transport.js';
import {type Engine, type Job, type JobState, liveJob, type RunJobOptions} from '../engine.js';
import {createStarts} from '../starts.js';
import {createArrays} from './slurm-arrays.js';
import {lookAtCluster, type SlurmFacts, slurmDoctor} from './slurm-check.js';
import {exitOfSlurm, type SlurmEnd, stoppedInLineError} from './slurm-end.js';
import {jobNameStart, numberFile, sbatchWords, writeSlurmJob} from './slurm-job.js';
import {checkLimits} from './slurm-limits.js';
import {
	scriptCodes,
	slurmFindScript,
	slurmListScript,
	slurmStopScript,
	submitScript,
} from './slurm-scripts.js';
import {slurmSettings} from './slurm-settings.js';
import {runSlurm, slurmWords} from './slurm-shell.js';
import {createSlurmWatch} from './slurm-watch.js';

/** Bytes of the output's end that may hold Slurm's own words about the job's end. */
const tailSize = 4096;

/**
 * Jobs through Slurm. `sbatch` gives a job to the cluster, alone or in an array with others, which owns it from then on; one follower on
 * the login node reports the output and the end of all of them. Slurm decides what runs in parallel: the
 * slot is only a word here.
 */
export function slurmEngine(host: Host, remoteDir: string, transport: Transport): Engine {
	const slurm = slurmSettings(host);
	const starts = createStarts(host.name);
	const arrays = createArrays(host, slurm, transport, ask);
	const watch = createSlurmWatch(transport, {
		runsFolder: `${remoteDir}/${runsFolder}`,
		partition: slurm.partition,
	});
	let looking: Promise<SlurmFacts> | undefined;
	/** As the last check found it. */
	let version: string | undefined;
	/** Runs whose end somebody has asked for through this object. */
	const stops = new Set<string>();
	const folderOf = (runId: string) => `${remoteDir}/${runFolderOf(runId)}`;

	async function run(job: Job, options: RunJobOptions): Promise<JobExit> {
		await starts.during(job.runId, async start => {
			const prepare = async () => {
				// What Slurm has already may be reading its files just now.
				if ((await transport.fileSize(`${folderOf(job.runId)}/${numberFile}`)) === undefined) {
					await writeSlurmJob(job, host, slurm, transport);
				}
			};
			if (!(await arrays.join(job, prepare, start.throwIfStopped))) {
				const words = sbatchWords(job, host, slurm);
				const script = submitScript(job.runId, folderOf(job.runId), words);
				ask(await runSlurm(transport, script, {timeLimit: workTime}), 'start');
			}

			start.ready();
		});
		let begun = false;
		const image = slurm.container === 'none' ? undefined : (job.image ?? host.image);
		const {end, exit} = await follow(job.runId, 0, {
			...options,
			onLine: words => options.onWait?.(`Slurm${words === '' ? '' : ` (${words})`}`),
			onBegun(made) {
				begun = true;
				options.onStart?.(readProvenance(made, {engine: version, image}));
			},
		});
		if (stops.has(job.runId) && !(begun || end.begun)) {
			throw stoppedInLineError(host, job.runId);
		}

		return exit;
	}

	async function follow(
		runId: string,
		offset: number,
		{onOutput, ...more}: Parameters<typeof watch.follow>[2],
	): Promise<{end: SlurmEnd; exit: JobExit}> {
		let tail: Buffer = Buffer.alloc(0);
		const end = await watch.follow(runId, offset, {
			...more,
			onOutput(chunk) {
				tail = Buffer.concat([tail, chunk]).subarray(-tailSize);
				return onOutput(chunk);
			},
		});
		return {end, exit: exitOfSlurm(end, host, tail.toString())};
	}

	async function find(runId: string): Promise<JobState> {
		const found = await runSlurm(transport, slurmFindScript(runId, folderOf(runId)), {
			timeLimit: workTime,
		});
		const state = ask(found, 'look for').trim();
		switch (state) {
			case 'waiting':
			case 'running':
			case 'exited':
			case 'removed':
			case 'unstarted':
				return {state};
			default:
				throw new CosmosError(
					'host',
					`${host.name}: unexpected answer about ${runId}: ${cleanText(state)}`,
				);
		}
	}

	/** @throws ConnectionLostError when Slurm did not answer: the job may well go on there */
	function ask({code, stdout, stderr}: ExecResult, what: string): string {
		if (code === 0) {
			return stdout;
		}

		const said = slurmWords(stderr);
		const silent =
			code === scriptCodes.silent || /contact slurm controller|timed out|refused/i.test(stderr);
		const error = new CosmosError(
			silent ? 'slurm-unavailable' : 'host',
			silent
				? `Slurm does not respond on ${host.name}${said === '' ? '' : `: ${said}`}`
				: `Slurm on ${host.name} could not ${what} the job: ${said}`,
			{hint: silent ? 'Run `scontrol ping` there.' : `See [hosts.${host.name}.slurm].`},
		);
		throw silent ? new ConnectionLostError(host.name, error) : error;
	}

	return {
		async check(needs) {
			// Many launches at once ask the same.
			looking ??= lookAtCluster(host, slurm, remoteDir, transport).finally(() => {
				looking = undefined;
			});
			const facts = await looking;
			const {partition} = facts;
			version = facts.version;
			if (partition) {
				checkLimits(host, slurm, partition, needs?.timeLimit);
			}

			return {version, image: host.image, imageCreated: ''};
		},
		run,
		async attach(runId, offset, options) {
			return (await follow(runId, offset, {onOutput: options.onOutput})).exit;
		},
		find,
		async stop(runId) {
			stops.add(runId);
			await starts.stop(runId);
			const stop = await runSlurm(transport, slurmStopScript(runId, folderOf(runId)), {
				timeLimit: workTime,
			});
			if (stop.code === scriptCodes.nothing) {
				return false;
			}

			ask(stop, 'end');
			return true;
		},
		doctor: slurmDoctor(host, slurm, remoteDir, transport),
		gpuNote: 'on the nodes: Slurm gives them to jobs',
		// All is in the run's folder, which goes with the run; Slurm forgets by itself.
		async remove() {},
		async list(): Promise<LiveJob[]> {
			const listed = await runSlurm(transport, slurmListScript, {timeLimit: workTime});
			return ask(listed, 'list').split('\n').flatMap(readLiveJob);
		},
	};
}

/** What `sbatch` was given as the job's comment: our owner mark and the slot. */
const ownComment = /^([\w.@-]+@[\w.-]+) ([A-Za-z0-9][\w.-]*)$/;

/**
 * A line of the list, `STATE|TIME|NODE|NAME|COMMENT`. Everybody on the cluster names jobs as they like:
 * one of this product has a run's id in its name and our comment.
 */
function readLiveJob(line: string): LiveJob[] {
	const [state = '', time = '', node = '', name = '', comment = ''] = line.split('|');
	const [, startedBy, lane] = ownComment.exec(comment) ?? [];
	if (!name.startsWith(jobNameStart) || startedBy === undefined || lane === undefined) {
		return [];
	}

	const where = node === '' ? '' : ` on ${node}`;
	return liveJob({
		runId: name.slice(jobNameStart.length),
		lane,
		startedBy,
		state: `${state.toLowerCase()}${where} ${time}`,
	});
}
