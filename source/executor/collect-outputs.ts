import {createHash} from 'node:crypto';
import {mkdir, rename, rm, rmdir, stat} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError} from '../domain/errors.js';
import {outputNameProblem} from '../domain/runs/output-name.js';
import {partsOf} from '../domain/runs/output-parts.js';
import {formatBytes} from '../domain/text-format.js';
import type {OutputFile, RefusedOutput} from '../domain/types.js';
import {freeSpace, reserve} from '../machine/free-space.js';
import {ifThere} from '../machine/if-there.js';
import {syncFolder} from '../machine/sync-folder.js';
import {mapConcurrently} from './map-concurrently.js';
import {hashFile, largest, meterFor, type Watch} from './transfer.js';
import type {TransferMeter} from './transfer-meter.js';
import type {HostFile, Transport} from './transport/transport.js';
import {untilAborted} from './transport/until-aborted.js';

/** Files that a run may have as outputs, and bytes of their names: all of them are in its record. */
const mostOutputs = 20_000;
const mostNames = 2 * 1024 * 1024;

export type Collected = {
	/** Sorted by name. */
	outputs: OutputFile[];
	/** What stays on the host. */
	refused: RefusedOutput[];
};

/**
 * Downloads every file of a folder on the host. Each arrives in a separate folder, because outputs
 * may have any name, is compared by size and hash, and only then, on the disk, gets its name. The host
 * hashes while the files are transferred; a file that is already here is not downloaded again.
 * @param options.localName the name that a file gets here; undefined for one that is not meant for here
 */
export async function collectOutputs(
	host: Transport,
	remoteFolder: string,
	folder: string,
	{localName = name => name, ...watch}: Watch & {localName?: (name: string) => string | undefined},
): Promise<Collected> {
	const transport = untilAborted(host, watch.signal);
	const {files, refused} = sort(await transport.listFiles(remoteFolder), localName);
	checkCount(files, transport.host, remoteFolder);
	const targets = files.map(({here}) => path.join(folder, ...here.split('/')));
	await checkLocalSpace(folder, files);
	const paths = files.map(({name}) => `${remoteFolder}/${name}`);
	const hashing = transport.hashes(paths, {size: largest(files)});
	// Awaited with the first file; a failure must not count as unhandled before.
	hashing.catch(() => undefined);
	const outputs = await mapConcurrently(files, async ({name, here, size}, index) => {
		const from = `${remoteFolder}/${name}`;
		const hashThere = async () => (await hashing)[index] ?? '';
		const meter = meterFor('download', name, size, watch);
		const target = targets[index] as string;
		const part = path.join(partsOf(folder), createHash('sha256').update(here).digest('hex'));
		await downloadOutput(transport, {from, part, target, size, hashThere}, meter, watch.signal);
		return {name: here, size, sha256: await hashThere()};
	}).finally(() => rmdir(partsOf(folder)).catch(() => undefined));
	// After this the host's copies may be removed: the files must survive a power cut here.
	await Promise.all([...new Set(targets.map(target => path.dirname(target)))].map(syncFolder));
	await rm(partsOf(folder), {recursive: true, force: true});
	return {outputs: outputs.sort((a, b) => (a.name < b.name ? -1 : 1)), refused};
}

type Output = HostFile & {here: string};

/** Separates the outputs to download from those whose names cannot be used here. */
function sort(
	found: readonly HostFile[],
	localName: (name: string) => string | undefined,
): {files: Output[]; refused: RefusedOutput[]} {
	const files = new Map<string, Output>();
	const refused: RefusedOutput[] = [];
	for (const file of found) {
		const here = localName(file.name);
		const why =
			here === undefined
				? undefined
				: files.has(here)
					? 'another output has this name'
					: outputNameProblem(here, process.platform === 'win32');
		if (why !== undefined) {
			refused.push({name: file.name, why});
		} else if (here !== undefined) {
			files.set(here, {...file, here});
		}
	}

	return {files: [...files.values()], refused};
}

function checkCount(files: readonly Output[], host: string, folder: string): void {
	const names = files.reduce((sum, {here}) => sum + here.length, 0);
	if (files.length > mostOutputs || names > mostNames) {
		throw new CosmosError(
			'host',
			`${host} has ${files.length} outputs in ${folder}; a run may have ${mostOutputs}`,
			{hint: 'Pack them into one file there, then run `cosmos fetch`.'},
		);
	}
}

type Bringing = {
	from: string;
	/** Where it stays until it is whole. */
	part: string;
	target: string;
	size: number;
	hashThere: () => Promise<string>;
};

async function downloadOutput(
	transport: Transport,
	{from, part, target, size, hashThere}: Bringing,
	onProgress: TransferMeter,
	signal?: AbortSignal,
): Promise<void> {
	if (
		(await sizeHere(target)) === size &&
		(await hashFile(target, {signal})) === (await hashThere())
	) {
		onProgress(size);
		return;
	}

	await mkdir(path.dirname(part), {recursive: true, mode: 0o700});
	await mkdir(path.dirname(target), {recursive: true, mode: 0o700});
	// A partial file of an earlier attempt may have other content: then the hash differs.
	for (const attempt of ['resume', 'afresh']) {
		if (attempt === 'afresh') {
			await rm(part, {force: true});
		}

		const sha256 = await fetchPart(transport, {from, part, size}, onProgress, signal);
		if (sha256 === (await hashThere())) {
			await rename(part, target);
			return;
		}
	}

	await rm(part, {force: true});
	throw new CosmosError(
		'download-incomplete',
		`${from} was not downloaded correctly: its content is not what the host says`,
		{hint: 'Try `cosmos fetch` again.'},
	);
}

/** Copies what is missing of a file; returns the hash of the whole. */
async function fetchPart(
	transport: Transport,
	{from, part, size}: {from: string; part: string; size: number},
	onProgress: TransferMeter,
	signal?: AbortSignal,
): Promise<string> {
	const resumed = ((await sizeHere(part)) ?? 0) > 0;
	const hash = createHash('sha256');
	await transport.download(from, part, {
		onProgress,
		onChunk: chunk => hash.update(chunk),
		size,
		signal,
	});
	return resumed ? hashFile(part, {signal}) : hash.digest('hex');
}

/** Undefined when there is no such file. */
async function sizeHere(file: string): Promise<number | undefined> {
	return (await ifThere(stat(file)))?.size;
}

async function checkLocalSpace(folder: string, files: readonly HostFile[]): Promise<void> {
	await mkdir(folder, {recursive: true, mode: 0o700});
	const needed = files.reduce((sum, file) => sum + file.size, 0);
	const free = await freeSpace(folder);
	if (free - reserve < needed) {
		throw new CosmosError(
			'local-disk-full',
			`the outputs need ${formatBytes(needed)}, ${folder} has ${formatBytes(free)} left`,
			{
				hint: `Free some space here (${formatBytes(reserve)} stay free for records), then run \`cosmos fetch\`; until then they stay on the host.`,
			},
		);
	}
}
