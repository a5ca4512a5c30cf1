import {type Host, type Slot, slotsOf} from '../../domain/hosts/host.js';
import {largestNeed} from '../../domain/models/memory-warning.js';
import type {ModelJob} from '../../domain/models/model-job.js';
import {batchJobOf, jobOf} from '../../domain/models/models.js';
import type {RunInput, RunTask} from '../../domain/types.js';
import {ownerMark} from '../owner-mark.js';
import type {BatchPlan, LaunchPlan, LaunchRequest} from '../workflow-types.js';
import {checkBatch} from './batch-check.js';
import {checkLaunch} from './launch-check.js';
import {type Local, launchNotices} from './launch-parts.js';

/** What a launch would upload and start; hashes the inputs, contacts no host. */
export async function planLaunch(local: Local, request: LaunchRequest): Promise<LaunchPlan> {
	const {target, host, task, warnings, result, serverChoice} = await checkLaunch(local, request);
	const [inputs = {}] = await placesOf([task]);
	const served = serverChoice.server ? await serverJob(host, task, inputs) : undefined;
	const slot = served?.slot ?? firstSlotOf(host);
	const job = served?.job ?? jobOf(task, {...(await commonPlaces(host, slot)), inputs});
	const submission = await previewOf(host, slot, job, task.settings.timeLimit);
	return {
		...{target, host, lane: slot.lane, task, ...job},
		...(await serversOf(host, task, serverChoice.server)),
		...(submission && {submission}),
		uploads: uploadsOf([task]),
		results: result ? [result] : [],
		...memoryOf(host, slot, [task]),
		warnings: [...launchNotices([task]), ...warnings],
	};
}

/** What a batch would upload and start. */
export async function planBatch(
	local: Local,
	requests: readonly LaunchRequest[],
): Promise<BatchPlan> {
	const {target, host, tasks, warnings, results} = await checkBatch(local, requests);
	const [first] = tasks;
	const slot = firstSlotOf(host);
	const common = await commonPlaces(host, slot);
	const inputs = await placesOf(tasks);
	const job =
		first && tasks.length === 1
			? jobOf(first, {...common, inputs: inputs[0] ?? {}})
			: batchJobOf(tasks, {...common, inputs});
	const timeLimit = tasks.reduce((sum, {settings}) => sum + settings.timeLimit, 0);
	const submission = await previewOf(host, slot, job, timeLimit);
	return {
		...{target, host, lane: slot.lane, tasks, timeLimit, ...job},
		...(submission && {submission}),
		uploads: uploadsOf(tasks),
		results,
		...memoryOf(host, slot, tasks),
		warnings,
	};
}

/** What the helper of the first server that can do it is given. */
async function serverJob(host: Host, task: RunTask, inputs: Record<string, string>) {
	const [{usableServers}, {serverPlace}, {findServerKind}] = await Promise.all([
		import('./server-choice.js'),
		import('../../executor/server-place.js'),
		import('../../domain/servers/server-kinds.js'),
	]);
	const [server] = usableServers(host, [task], true);
	const slot = slotsOf(host).find(({lane}) => lane === server?.lane);
	if (!server || !slot) {
		return undefined;
	}

	const {runFolder} = await commonPlaces(host, slot);
	const places = {
		runFolder,
		inputs,
		serverFolder: serverPlace(host, server, host.remoteDir).folder,
	};
	const {files, command} = findServerKind(server.kind).job(task, places, server);
	// The helper is the product's own program: the request says what is asked.
	const job: ModelJob = {files: files.slice(0, 1), command, image: server.image};
	return {slot, job};
}

async function serversOf(
	host: Host,
	task: RunTask,
	requested: boolean | undefined,
): Promise<Pick<LaunchPlan, 'servers'>> {
	if ((host.servers ?? []).length === 0) {
		return {};
	}

	const {describeServers} = await import('../../domain/servers/server-fit.js');
	return {servers: describeServers(host, task, {requested})};
}

/** A plan does not ask which slot is free: it shows the first one. */
const firstSlotOf = (host: Host) => slotsOf(host)[0] as Slot;

function memoryOf(
	{simulated}: Host,
	{gpus}: Slot,
	tasks: readonly RunTask[],
): Pick<LaunchPlan, 'memory'> {
	const memory = simulated ? undefined : largestNeed(tasks, Math.max(1, gpus.length));
	return memory ? {memory} : {};
}

async function commonPlaces({extraArgs}: Host, {gpus}: Slot) {
	const {runFolderOf} = await import('../../executor/run-folder.js');
	return {runFolder: runFolderOf('RUN'), gpuCount: gpus.length, extraArgs};
}

/** How the host's engine would be given the job, where that is more than its command. */
async function previewOf(
	host: Host,
	{lane, gpus}: Slot,
	{command, image, isWhole, container}: ModelJob,
	timeLimit: number,
): Promise<LaunchPlan['submission']> {
	const {engines, findEngine} = await import('../../executor/engine/engines.js');
	const preview = Object.hasOwn(engines, host.engine)
		? await findEngine(engines, host.engine).preview?.()
		: undefined;
	const {runFolder} = await commonPlaces(host, {lane, gpus});
	return preview?.(
		{
			...{
				runId: 'RUN',
				slot: lane,
				gpus,
				startedBy: ownerMark(),
				workFolder: host.remoteDir,
				runFolder,
			},
			...{command, image, isWhole, container, env: {}, timeLimit},
		},
		host,
	);
}

/** The paths of each task's inputs on the host; every file is read once. */
async function placesOf(tasks: readonly RunTask[]): Promise<Array<Record<string, string>>> {
	const {hashFile, inputPath} = await import('../../executor/transfer.js');
	const hashes = new Map<string, string>();
	const placeOf = async ({path, size}: RunInput) => {
		const hash = hashes.get(path) ?? (await hashFile(path, {size}));
		hashes.set(path, hash);
		return inputPath(path, hash);
	};

	const places: Array<Record<string, string>> = [];
	for (const {inputs} of tasks) {
		const own: Record<string, string> = {};
		for (const input of inputs) {
			own[input.role] = await placeOf(input);
		}

		places.push(own);
	}

	return places;
}

/** Every file once, even if several tasks need it. */
function uploadsOf(tasks: readonly RunTask[]): LaunchPlan['uploads'] {
	const files = new Map(tasks.flatMap(({inputs}) => inputs.map(input => [input.path, input])));
	return [...files.values()].map(({role, path, size}) => ({role, path, size}));
}
