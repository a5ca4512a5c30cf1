import {CosmosError} from '../domain/errors.js';
import type {CleanItem, HostLeftovers, InputThere, RunThere} from '../domain/hosts/clean-plan.js';
import {isId} from '../domain/ids.js';
import {linesFile, specFile} from '../domain/models/model-job.js';
import type {EndedJob} from './engine/engine.js';
import type {HostSession} from './host-session.js';
import {runFolderOf, runsFolder} from './run-folder.js';
import {inputFolder} from './transfer.js';
import {type FolderEntry, recordOf, workTime} from './transport/transport.js';

/**
 * Finds what this product has left on a host: files and folders of its two folders whose names are
 * its own, and ended jobs with its labels. Links are not followed, other names are ignored.
 */
export async function surveyHost(session: HostSession): Promise<HostLeftovers> {
	const {transport, engine} = session;
	const [now, inputs, found, ended, live] = await Promise.all([
		transport.clock(),
		entriesOf(session, inputFolder),
		entriesOf(session, runsFolder),
		engine.ended?.() ?? [],
		engine.list(),
	]);
	const folders = found.filter(({name, kind}) => kind === 'folder' && isId(name, 'run'));
	const liveRuns = new Set(live.map(job => job.runId));
	const runIds = new Set([
		...folders.map(({name}) => name),
		...ended.map(job => job.runId).filter(id => isId(id, 'run')),
	]);
	const mentions = await mentionsIn(session, folders);
	const runs: RunThere[] = [];
	for (const runId of runIds) {
		const folder = folders.find(({name}) => name === runId);
		const job = ended.find(one => one.runId === runId);
		runs.push({
			runId,
			startedBy: job?.startedBy,
			live: liveRuns.has(runId),
			hasFolder: folder !== undefined,
			mentions: folder ? mentions.get(runId) : [],
			...(await extentOf(session, folder, job, now)),
		});
	}

	return {inputs: inputsOf(inputs, now), runs};
}

/** Entries of one of our two folders; none when it is not a folder, or a link to one. */
async function entriesOf(
	{transport, remoteDir}: HostSession,
	name: string,
): Promise<FolderEntry[]> {
	const around = await transport.listFolder(remoteDir);
	return around.some(entry => entry.name === name && entry.kind === 'folder')
		? transport.listFolder(`${remoteDir}/${name}`)
		: [];
}

/** The inputs, each with its record: that says when an input was last used. A record without its input is one too. */
function inputsOf(entries: readonly FolderEntry[], now: number): InputThere[] {
	const records = new Map(
		entries.filter(({name}) => name.endsWith(recordOf(''))).map(entry => [entry.name, entry]),
	);
	const inputs = entries.flatMap(entry => {
		const record = records.get(recordOf(entry.name));
		const modified = Math.max(entry.modified, record?.modified ?? 0);
		const found = inputOf({...entry, modified}, entry.name, now);
		if (found) {
			records.delete(recordOf(entry.name));
		}

		return found ?? [];
	});
	const alone = [...records.values()].flatMap(
		entry => inputOf(entry, entry.name.slice(0, -recordOf('').length), now) ?? [],
	);
	return [...inputs, ...alone];
}

/** @param input the name of the input that an entry is, or is the record of */
function inputOf(
	{name, kind, size, modified}: FolderEntry,
	input: string,
	now: number,
): InputThere | undefined {
	const [, sha256, partOf] =
		/^([0-9a-f]{64})(?:\.(?!verified$)[a-z0-9]+)?(?:\.(\w+)\.part)?$/.exec(input) ?? [];
	const isOurs = kind === 'file' && sha256 && (partOf === undefined || isId(partOf, 'run'));
	return isOurs ? {name, sha256, partOf, size, age: now - modified} : undefined;
}

/** Size and age of the leftovers of a run. */
async function extentOf(
	{transport, remoteDir}: HostSession,
	folder: FolderEntry | undefined,
	job: EndedJob | undefined,
	now: number,
): Promise<{size: number; age: number}> {
	const files = folder
		? await transport.listFiles(`${remoteDir}/${runsFolder}/${folder.name}`)
		: [];
	const times = [folder?.modified, job?.ended, ...files.map(file => file.modified)];
	return {
		size: files.reduce((sum, file) => sum + file.size, job?.size ?? 0),
		age: now - Math.max(...times.filter(time => time !== undefined)),
	};
}

/** Prints `RUN/spec.json:INPUT` for each mention, and `RUN/spec.json:?` where it cannot be read. */
const mentionScript = `for file in */${specFile} */${linesFile}; do
	[ -f "$file" ] || continue
	grep -EoH '${inputFolder}/[0-9a-f]{64}(\\.[a-z0-9]+)?' "$file" 2>/dev/null
	[ $? -lt 2 ] || echo "$file:?"
done`;

/**
 * The inputs that run folders refer to: a folder of somebody else's run needs its inputs too, and
 * only its spec says which. A spec that we may not read could name any: its run has no entry.
 */
async function mentionsIn(
	{host, transport, remoteDir}: HostSession,
	folders: readonly FolderEntry[],
): Promise<Map<string, string[]>> {
	const mentions = new Map<string, string[]>(folders.map(({name}) => [name, []]));
	if (folders.length === 0) {
		return mentions;
	}

	const {code, stdout, stderr} = await transport.exec(['sh', '-c', mentionScript], {
		cwd: `${remoteDir}/${runsFolder}`,
		timeLimit: workTime,
	});
	if (code !== 0) {
		throw new CosmosError(
			'host',
			`${host.name}: cannot read the specs in ${runsFolder}: ${stderr}`,
		);
	}

	for (const line of stdout.split('\n')) {
		const [, runId = '', what] = /^(\w+)\/[^:]*:(?:.*\/)?([^/]+)$/.exec(line) ?? [];
		if (what === '?') {
			mentions.delete(runId);
		} else if (what) {
			mentions.get(runId)?.push(what);
		}
	}

	return mentions;
}

/**
 * Removes one thing that a survey has found.
 * @returns false when a run of it turned out to wait for its slot or to run
 */
export async function removeLeftover(
	{transport, engine, remoteDir}: HostSession,
	item: CleanItem,
): Promise<boolean> {
	if (item.kind === 'input') {
		const file = `${remoteDir}/${inputFolder}/${item.name}`;
		await transport.remove(file, recordOf(file));
		return true;
	}

	const {state} = await engine.find(item.runId);
	if (state === 'waiting' || state === 'running') {
		return false;
	}

	await engine.remove(item.runId);
	if (item.hasFolder) {
		await transport.remove(`${remoteDir}/${runFolderOf(item.runId)}`);
	}

	return true;
}
