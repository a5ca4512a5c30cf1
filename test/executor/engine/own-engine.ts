import * as z from 'zod';
import type {Host} from '../../../source/domain/hosts/host.js';
import type {JobExit} from '../../../source/domain/runs/run-status.js';
import type {LiveJob} from '../../../source/domain/types.js';
import type {Job, JobState, RunJobOptions} from '../../../source/executor/engine/engine.js';
import type {CreateEngine, EngineKind} from '../../../source/executor/engine/engine-kind.js';
import {commandOf} from '../../../source/executor/engine/job-script.js';

type Settings = {queue: string};

/** What a new engine is: its part of the configuration, and what runs jobs. */
export const bench: EngineKind = {
	summary: 'jobs on a test bench',
	mostCommands: 2,
	config: async () => ({
		table: z.strictObject({queue: z.string().optional(), width: z.int().optional()}),
		label: ({engineSettings}) => `bench ${(engineSettings as Settings).queue}`,
		complete({table}) {
			const {queue = 'all', width = 1} = (table ?? {}) as Partial<Settings & {width: number}>;
			return {needsImage: false, gpus: [], width, engineSettings: {queue}};
		},
	}),
	load: async () => createBench,
};

/** The job is a child of this process: enough for a host that nothing else uses. */
const createBench: CreateEngine = (host, _remoteDir, transport) => {
	const jobs = new Map<string, {job: Job; cancel: AbortController; exit?: JobExit}>();
	const {queue} = host.engineSettings as Settings;

	async function run(job: Job, {onOutput, onStart}: RunJobOptions): Promise<JobExit> {
		const cancel = new AbortController();
		const entry: {job: Job; cancel: AbortController; exit?: JobExit} = {job, cancel};
		jobs.set(job.runId, entry);
		onStart?.();
		const {code} = await transport.exec(commandOf(job, host), {
			cwd: job.workFolder,
			env: {PYTHONPATH: job.workFolder, ...job.env},
			onOutput,
			signal: cancel.signal,
		});
		entry.exit = {code, oomKilled: false, engineMessage: ''};
		return entry.exit;
	}

	return {
		check: async () => ({version: `Bench 1 (${queue})`, image: '', imageCreated: ''}),
		doctor: {
			engine: async () => `Bench 1, queue ${queue}`,
			gpus: async () => 'as the bench gives them',
			needsEngine: true,
		},
		gpuNote: 'the bench gives them to jobs',
		run,
		async attach(runId) {
			return jobs.get(runId)?.exit ?? {code: 1, oomKilled: false, engineMessage: 'unknown'};
		},
		async find(runId): Promise<JobState> {
			const entry = jobs.get(runId);
			return {state: entry ? (entry.exit ? 'exited' : 'running') : 'gone'};
		},
		async stop(runId) {
			jobs.get(runId)?.cancel.abort();
			return jobs.has(runId);
		},
		async remove(runId) {
			jobs.delete(runId);
		},
		list: async () =>
			[...jobs.values()].filter(({exit}) => !exit).map(({job}) => liveJob(job, host)),
	};
};

function liveJob({runId, slot: lane, startedBy}: Job, {name}: Host): LiveJob {
	return {runId, lane, startedBy, state: `on ${name}`};
}
