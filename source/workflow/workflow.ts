import path from 'node:path';
import type {Config} from '../config/config.js';
import {findHost} from '../config/find-host.js';
import {CosmosError} from '../domain/errors.js';
import {planKill} from '../domain/hosts/kill-plan.js';
import {familyOf} from '../domain/models/families.js';
import {checkName, nameFromText} from '../domain/prompts/prompt-name.js';
import {checkText} from '../domain/prompts/prompt-text.js';
import {type RunStats, startOfDays, statsOf} from '../domain/runs/run-stats.js';
import type {Prompt, Recipe, Run} from '../domain/types.js';
import type {HostSessionOptions} from '../executor/host-session.js';
import {createHostSessions} from '../executor/host-sessions.js';
import {openLogFile} from '../store/log-file.js';
import {openStore, type Store} from '../store/store.js';
import {clean, cleanPlan} from './hosts/cleaning.js';
import {diagnose} from './hosts/doctor.js';
import {createHostReport} from './hosts/host-report.js';
import {logPath, now} from './job-store.js';
import {checkBatch, groupEnhancements} from './launch/batch-check.js';
import {requireTrustedCommands} from './launch/command-trust.js';
import {planBatch, planLaunch} from './launch/launch-plan.js';
import {launchSeries, slotCount} from './launch/launch-series.js';
import {createRunControl} from './launch/run-control.js';
import {usualSeconds} from './launch/usual-time.js';
import {createMaintenance} from './maintenance/maintenance.js';
import {ownerMark} from './owner-mark.js';
import {findPrompt} from './prompts/find-prompt.js';
import {createQueueControl, queueLauncher} from './queue/queue-control.js';
import {findRun} from './runs/find-run.js';
import {createRecordActions} from './runs/record-actions.js';
import type {NewPrompt, Workflow} from './workflow-types.js';

export type WorkflowOptions = HostSessionOptions & {
	config: Config;
	/** Called with one line about a damaged document that was moved aside. @default a process warning */
	onNotice?: (message: string) => void;
};

/**
 * Opens the store and stands ready; no host is contacted before something needs it.
 * @throws CosmosError (home) when the data folder cannot be used
 */
export async function createWorkflow(options: WorkflowOptions): Promise<Workflow> {
	const {config, env} = options;
	const store = await openStore({folder: config.dataDir, onNotice: options.onNotice});
	const sessions = createHostSessions(options);
	const runs = createRunControl({config, store, sessions, env});

	const queueActions = createQueueControl({config, store, env, launcher: queueLauncher(runs)});
	const records = createRecordActions(store, config.recipes);
	const datasets = async () => {
		const {createDatasets} = await import('./dataset/datasets.js');
		const {fetch, cancel: cancelRun} = runs;
		return createDatasets({config, store, ...queueActions, fetch, cancelRun});
	};

	const failures = async () => {
		const {createFailures} = await import('./runs/failures.js');
		const {queue} = queueActions;
		return createFailures({store, recipes: config.recipes, queue, annotate: records.annotate});
	};

	return {
		...records,
		...createMaintenance(store),
		...queueActions,
		listFailures: async where => (await failures()).listFailures(where),
		retryRuns: async (failed, change) => (await failures()).retryRuns(failed, change),
		ignoreRuns: async failed => (await failures()).ignoreRuns(failed),
		planDataset: async request => (await datasets()).planDataset(request),
		async *runDataset(request, signal) {
			return yield* (await datasets()).runDataset(request, signal);
		},
		listDatasets: async () => (await datasets()).listDatasets(),
		findDataset: async reference => (await datasets()).findDataset(reference),
		datasetRows: async id => (await datasets()).datasetRows(id),
		outputRows: async id => (await datasets()).outputRows(id),
		exportRows: async (id, file, force) => (await datasets()).exportRows(id, file, force),
		stopDataset: async id => (await datasets()).stopDataset(id),
		dataDir: config.dataDir,
		hosts: config.hosts,
		defaultHost: config.defaultHost,
		recipes: config.recipes,
		inspectVideoDir: async folder => (await videoDir()).inspectVideoDir(path.resolve(folder)),
		inspectInputs: async given => (await readInputs(given, config.recipes)).inputs,
		async createPrompt(prompt) {
			const [made] = await createPrompts(store, [prompt], config.recipes);
			return made as Prompt;
		},
		createPrompts: prompts => createPrompts(store, prompts, config.recipes),
		async listPrompts(limit, where) {
			return where === undefined
				? store.listPrompts(limit)
				: (await searching()).listPromptsWhere(store, where, limit);
		},
		findPrompt: reference => findPrompt(store, reference),
		async listRuns({where, ...filter} = {}) {
			return where === undefined
				? store.listRuns(filter)
				: (await searching()).listRunsWhere(store, config.recipes, where, filter);
		},
		findRun: reference => findRun(store, reference),
		stats: days => stats(store, days),
		usualSeconds: run => usualSeconds(store, run),
		async writeReport(runs, request) {
			const {writeReport} = await import('./report/write-report.js');
			return writeReport(store, runs, request);
		},
		async exportVideos(runs, request) {
			const {exportVideos} = await import('./video-export/export-videos.js');
			return exportVideos(store, runs, request);
		},
		async writeComparison(runs, request) {
			const {writeComparison} = await import('./comparison/comparison-video.js');
			return writeComparison(store, runs, request);
		},
		async measure(runId, {against, ...request} = {}) {
			const {measureRun} = await import('./measure/measure-run.js');
			const other = async (reference: string) => ({run: await findRun(store, reference)});
			return measureRun({store, config}, await findRun(store, runId), {
				...request,
				...(against !== undefined && {
					against:
						typeof against === 'string'
							? against
							: 'file' in against
								? against
								: await other(against.run),
				}),
			});
		},
		openLog: runId => openLogFile(logPath(store, runId)),
		runFolder: runId => store.runFolder(runId),
		planLaunch: request => planLaunch({config, store}, request),
		async checkLaunch(request) {
			await requireTrustedCommands({config, store}, [request]);
			return (await checkBatch({config, store}, [request])).warnings;
		},
		async launch(request, watcher, signal) {
			await requireTrustedCommands({config, store}, [request]);
			return runs.launch(request, watcher, signal);
		},
		groupEnhancements: requests => groupEnhancements({config, store}, requests),
		planBatch: requests => planBatch({config, store}, requests),
		async checkBatch(requests) {
			await requireTrustedCommands({config, store}, requests);
			return (await checkBatch({config, store}, requests)).warnings;
		},
		async launchBatch(requests, watcher, signal) {
			await requireTrustedCommands({config, store}, requests);
			return runs.launchBatch(requests, watcher, signal);
		},
		launchSeries: (groups, watcherFor = () => ({}), signal) =>
			launchSeries(groups, {
				async launch(group, watcher, until, place) {
					await requireTrustedCommands({config, store}, group);
					return runs.launchBatch(group, watcher, until, place);
				},
				slotsOf: group => slotCount(config.hosts, config.defaultHost, group),
				watcherFor,
				signal,
			}),
		reach: runs.reach,
		batchOf: runs.batchOf,
		recover: runs.recover,
		interruptedRuns: runs.interrupted,
		takeOver: runs.takeOver,
		fetch: runs.fetch,
		cancel: runs.cancel,
		ownRuns: runs.ownRuns,
		stopsRecorded: runs.stopsRecorded,
		async diagnose(hostName) {
			const host = findHost(config, hostName);
			return diagnose(config, host, options, () => sessions.open(host));
		},
		async listPartitions(hostName) {
			const {engine} = await sessions.open(findHost(config, hostName));
			return (await engine.doctor.partitions?.()) ?? [];
		},
		async imageBuild(hostName) {
			const {buildCommand} = await import('../executor/engine/docker/image-build.js');
			return buildCommand(findHost(config, hostName));
		},
		async buildImage(hostName, onOutput) {
			const {buildImage} = await import('../executor/engine/docker/image-build.js');
			const {host, transport} = await sessions.open(findHost(config, hostName));
			await buildImage(host, transport, chunk => {
				onOutput(chunk);
				return undefined;
			});
		},
		async hostReport(hostName, known) {
			const host = findHost(config, hostName);
			return createHostReport({config, store}, host, () => sessions.open(host), known);
		},
		async listServers(hostName) {
			const session = await sessions.open(findHost(config, hostName));
			return (await servers()).listServers(session);
		},
		async startServer(hostName, name, options) {
			const session = await sessions.open(findHost(config, hostName));
			return (await servers()).startServer(session, name, env, options);
		},
		async stopServer(hostName, name) {
			const session = await sessions.open(findHost(config, hostName));
			return (await servers()).stopServer(session, name);
		},
		async serverLog(hostName, name, options) {
			const session = await sessions.open(findHost(config, hostName));
			return (await servers()).serverLog(session, name, options);
		},
		async acceptHostKey(hostName, fingerprint) {
			const host = findHost(config, hostName);
			sessions.acceptKey(host.name, fingerprint);
			await sessions.open(host);
		},
		async liveJobs(hostName) {
			const session = await sessions.open(findHost(config, hostName));
			return session.engine.list();
		},
		async killPlan(request, live) {
			return planKill(live, await store.listRuns(), request, ownerMark());
		},
		async stopForeign(hostName, runId) {
			const session = await sessions.open(findHost(config, hostName));
			return session.engine.stop(runId, 10);
		},
		async cleanPlan(hostName, request) {
			return cleanPlan(store, await sessions.open(findHost(config, hostName)), request);
		},
		async clean(hostName, request, shown) {
			return clean(store, await sessions.open(findHost(config, hostName)), request, shown);
		},
		watch: onChange => store.watch(onChange),
		async close() {
			runs.close();
			await sessions.closeAll();
			await store.close();
		},
	};
}

/** Filters are understood only where one is given. */
async function searching() {
	return import('./runs/search.js');
}

/** Loaded with the first host that is asked for its servers. */
async function servers() {
	return import('./hosts/servers.js');
}

async function videoDir() {
	return import('../executor/media/video-dir.js');
}

async function createPrompts(
	store: Store,
	prompts: readonly NewPrompt[],
	recipes: readonly Recipe[],
): Promise<Prompt[]> {
	const read = new Map<string, ReturnType<typeof readInputs>>();
	const made: Array<Omit<Prompt, 'id'>> = [];
	for (const given of prompts) {
		const {text, negative = '', model, videoDir: folder, files} = given;
		if (text.trim() === '') {
			throw new CosmosError('empty-text', 'the prompt text is empty', {
				hint: 'Describe in a few sentences what the video shows.',
			});
		}

		checkText(text);
		checkText(negative, 'the negative text');
		const name = given.name ?? nameFromText(text, folder);
		checkName(name);
		if (model !== undefined) {
			familyOf(model);
		}

		const key = JSON.stringify([folder, files]);
		const media = read.get(key) ?? readInputs(given, recipes);
		read.set(key, media);
		made.push({name, text, negative, ...(await media), ...(model && {model}), createdAt: now()});
	}

	return store.addPrompts(made.length, ids =>
		made.map((prompt, index) => ({id: ids[index] as string, ...prompt})),
	);
}

/** What a new prompt's inputs are: those of a folder, which may be for a recipe, files, or none. */
async function readInputs(
	{videoDir: folder, files = []}: Pick<NewPrompt, 'videoDir' | 'files'>,
	recipes: readonly Recipe[],
): Promise<Pick<Prompt, 'videoDir' | 'inputs'>> {
	const {inspectFiles, inspectVideoDir} = await videoDir();
	if (folder === undefined) {
		return {videoDir: '', inputs: await inspectFiles(files)};
	}

	const roles = recipes.flatMap(({inputs}) => inputs);
	const place = path.resolve(folder);
	return {videoDir: place, inputs: await inspectVideoDir(place, roles)};
}

async function stats(store: Store, days: number): Promise<RunStats> {
	const at = Date.now();
	const start = startOfDays(at, days);
	const recent: Run[] = [];
	await store.eachRun(({run}) => {
		if (Date.parse(run.times.ended ?? run.createdAt) >= start) {
			recent.push(run);
		}
	});
	return statsOf(recent, at, days);
}
