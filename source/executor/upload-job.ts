import path from 'node:path';
import {gpusOf} from '../domain/hosts/host.js';
import {type ModelJob, outputFolder} from '../domain/models/model-job.js';
import {batchJobOf, jobOf} from '../domain/models/models.js';
import {leadOf} from '../domain/runs/batch.js';
import {findServerKind} from '../domain/servers/server-kinds.js';
import type {Run, RunInput} from '../domain/types.js';
import {type HostSession, spaceThere, withSpace} from './host-session.js';
import {beforeTurn, changeRuns, type JobContext, patienceFor} from './job-context.js';
import type {UploadTurn} from './place.js';
import {retryOnLostConnection} from './reconnect.js';
import {runFolderOf} from './run-folder.js';
import {runStep} from './run-steps.js';
import {findServer, serverPlace} from './server-place.js';
import {hashFile, inputFolder, inputPath, uploadInputs} from './transfer.js';
import {throwIfAborted} from './transport/abortable.js';
import type {Transport} from './transport/transport.js';
import {untilAborted} from './transport/until-aborted.js';

type HashedInput = RunInput & {sha256: string};

/** Uploads inputs and the job's files, when the job's place lets it; its folder is on the host afterwards. */
export async function uploadJob(runs: readonly Run[], context: JobContext): Promise<ModelJob> {
	const {place, signal} = context;
	return runStep('upload', signal, async () => {
		const inputs = await hashInputs(runs, signal);
		const sent = [...inputs.values()].flat();
		// Several runs may need the same file.
		const files = new Map(sent.map(input => [inputPath(input.path, input.sha256), input]));
		const bytes = [...files.values()].reduce((sum, {size}) => sum + size, 0);
		return place.upload(bytes, signal, async turn => {
			await retryOnLostConnection(
				context,
				beforeTurn(context, patienceFor(runs)),
				() => waitForSpace(bytes, turn, context),
				signal,
			);
			return withSpace(context.session, bytes, () => sendJob(runs, {inputs, files}, context));
		});
	});
}

/** What is sent ahead must not fill the disk for the jobs that run there meanwhile. */
async function waitForSpace(
	bytes: number,
	turn: UploadTurn,
	{session, signal}: JobContext,
): Promise<void> {
	if (turn.isAhead() && (await spaceThere(session)) < 2 * bytes) {
		await turn.untilNext(signal);
	}
}

type Sent = {
	/** Of each run. */
	inputs: ReadonlyMap<string, readonly HashedInput[]>;
	/** Every file once, by its path there. */
	files: ReadonlyMap<string, HashedInput>;
};

async function sendJob(
	runs: readonly Run[],
	{inputs, files}: Sent,
	context: JobContext,
): Promise<ModelJob> {
	const {session, jobStore, watcher, signal} = context;
	const {remoteDir} = session;
	const transport = untilAborted(session.transport, signal);
	const lead = leadOf(runs[0] as Run);
	throwIfAborted(signal);
	const job = modelJob(runs, inputs, session);
	for (const {id} of runs) {
		for (const {name, text} of job.files) {
			await jobStore.writeFile(id, name, text);
		}
	}

	await changeRuns(context, runs, stored => ({
		...stored,
		inputs: [...(inputs.get(stored.id) ?? [])],
		status: 'uploading',
		times: {...stored.times, uploading: jobStore.now()},
	}));
	const folder = `${remoteDir}/${runFolderOf(lead)}`;
	const send = async () => {
		const ready = Promise.all([
			transport.makeFolder(`${remoteDir}/${inputFolder}`),
			placeFiles(transport, folder, job.files),
		]);
		const {onTransfer} = watcher;
		const verify = context.verifyInputs;
		const options = {runId: lead, onTransfer, signal, ready, verify};
		try {
			await uploadInputs(transport, remoteDir, [...files.values()], options);
		} finally {
			// The clean-up after a failure must not overlap with other work.
			await ready.catch(() => undefined);
		}

		await placeLinks(transport, remoteDir, folder, job.links ?? []);
	};

	await retryOnLostConnection(context, beforeTurn(context, patienceFor(runs)), send, signal);
	return job;
}

/** The inputs of each run with their hashes; every file is read once. */
async function hashInputs(
	runs: readonly Run[],
	signal: AbortSignal,
): Promise<Map<string, HashedInput[]>> {
	const hashes = new Map<string, string>();
	const hashed = new Map<string, HashedInput[]>();
	for (const {id, inputs} of runs) {
		const own: HashedInput[] = [];
		for (const input of inputs) {
			const sha256 =
				hashes.get(input.path) ?? (await hashFile(input.path, {size: input.size, signal}));
			hashes.set(input.path, sha256);
			own.push({...input, sha256});
		}

		hashed.set(id, own);
	}

	return hashed;
}

function modelJob(
	runs: readonly Run[],
	inputs: ReadonlyMap<string, readonly HashedInput[]>,
	{host, remoteDir}: HostSession,
): ModelJob {
	const [first] = runs as readonly [Run, ...Run[]];
	const common = {
		runFolder: runFolderOf(leadOf(first)),
		gpuCount: gpusOf(host, first.lane).length,
		extraArgs: host.extraArgs,
	};
	const places = runs.map(({id}) =>
		Object.fromEntries(
			(inputs.get(id) ?? []).map(({role, path, sha256}) => [role, inputPath(path, sha256)]),
		),
	);
	if (first.server) {
		const server = findServer(host, first.server.name);
		const place = serverPlace(host, server, remoteDir);
		const its = {...common, inputs: places[0] ?? {}, serverFolder: place.folder};
		return {...findServerKind(server.kind).job(first, its, server), image: server.image};
	}

	return first.batch
		? batchJobOf(runs, {...common, inputs: places})
		: jobOf(first, {...common, inputs: places[0] ?? {}});
}

/** Creates the job's folder with its small files. */
async function placeFiles(
	transport: Transport,
	folder: string,
	files: ModelJob['files'],
): Promise<void> {
	await transport.makeFolder(`${folder}/${outputFolder}`);
	await Promise.all(files.map(({name, text}) => transport.writeFile(`${folder}/${name}`, text)));
}

/** Links inputs, which are stored by content, to the names in the job's folder that its command uses. */
async function placeLinks(
	transport: Transport,
	remoteDir: string,
	folder: string,
	links: NonNullable<ModelJob['links']>,
): Promise<void> {
	const folders = new Set(links.map(({name}) => path.posix.dirname(`${folder}/${name}`)));
	await Promise.all([...folders].map(transport.makeFolder));
	await Promise.all(
		links.map(({name, of}) => transport.link(`${remoteDir}/${of}`, `${folder}/${name}`)),
	);
}
