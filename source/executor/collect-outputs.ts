import {createHash} from 'node:crypto';
import {mkdir, rename, rm, stat, statfs} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, systemCode} from '../domain/errors.js';
import {partsOf} from '../domain/output-parts.js';
import type {OutputFile} from '../domain/types.js';
import {syncFolder} from '../machine/sync-folder.js';
import {mapConcurrently} from './map-concurrently.js';
import {hashFile, largest, meterFor, type Watch} from './transfer.js';
import type {TransferMeter} from './transfer-meter.js';
import type {HostFile, Transport} from './transport/transport.js';

/**
 * Brings every file of a folder on the host home. Each arrives in a folder beside, because outputs
 * may have any name, is compared by hash, and only then, on the disk, gets its name. The host hashes
 * while the files are on their way; one that is here already is not fetched again.
 * @param options.localName the name that a file gets here; undefined where it stays there
 * @returns the files, sorted by name
 */
export async function collectOutputs(
	transport: Transport,
	remoteFolder: string,
	folder: string,
	{localName = name => name, ...watch}: Watch & {localName?: (name: string) => string | undefined},
): Promise<OutputFile[]> {
	const files = (await transport.listFiles(remoteFolder)).flatMap(file => {
		const here = localName(file.name);
		return here === undefined ? [] : [{...file, here}];
	});
	const targets = files.map(({here}) => path.join(folder, ...safeParts(here, transport.host)));
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
	});
	// After this the host's copies may go: the files must outlive a power cut here.
	await Promise.all([...new Set(targets.map(target => path.dirname(target)))].map(syncFolder));
	await rm(partsOf(folder), {recursive: true, force: true});
	return outputs.sort((a, b) => (a.name < b.name ? -1 : 1));
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
	// A part that was left by an earlier try may be of other content: then the hash tells.
	for (const attempt of ['resume', 'afresh']) {
		if (attempt === 'afresh') {
			await rm(part, {force: true});
		}

		const sha256 = await fetchPart(transport, from, part, onProgress, signal);
		if (sha256 === (await hashThere())) {
			await rename(part, target);
			return;
		}
	}

	const got = await sizeHere(part);
	await rm(part, {force: true});
	throw new CosmosError(
		'download-incomplete',
		`${from} was not downloaded correctly: ${got ?? 0} of ${size} bytes, or different content`,
		{hint: 'Try `cosmos fetch` again.'},
	);
}

/** Copies what is missing of a file; returns the hash of the whole. */
async function fetchPart(
	transport: Transport,
	from: string,
	temporary: string,
	onProgress: TransferMeter,
	signal?: AbortSignal,
): Promise<string> {
	const resumed = ((await sizeHere(temporary)) ?? 0) > 0;
	const hash = createHash('sha256');
	await transport.download(from, temporary, {
		onProgress,
		onChunk: chunk => hash.update(chunk),
		signal,
	});
	return resumed ? hashFile(temporary, {signal}) : hash.digest('hex');
}

/** Undefined when there is no such file. */
async function sizeHere(file: string): Promise<number | undefined> {
	try {
		return (await stat(file)).size;
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			return undefined;
		}

		throw error;
	}
}

async function checkLocalSpace(folder: string, files: readonly HostFile[]): Promise<void> {
	await mkdir(folder, {recursive: true, mode: 0o700});
	const needed = files.reduce((sum, file) => sum + file.size, 0);
	const {bavail, bsize} = await statfs(folder);
	if (bavail * bsize < needed) {
		throw new CosmosError(
			'local-disk-full',
			`the outputs need ${needed} bytes, ${folder} has ${bavail * bsize} left`,
			{hint: 'Free some space here, then run `cosmos fetch`; until then they stay on the host.'},
		);
	}
}

/** A host's file name becomes a path at home only when it cannot leave the folder. */
function safeParts(name: string, host: string): string[] {
	const parts = name.split('/');
	const bad = /^\.{0,2}$|[\u0000-\u001f\u007f-\u009f]/;
	const badHere = process.platform === 'win32' ? /[\\:]/ : undefined;
	if (parts.some(part => bad.test(part) || badHere?.test(part))) {
		throw new CosmosError(
			'host',
			`${host} has an output with an unusable name: ${JSON.stringify(name)}`,
			{
				hint: 'Rename it in the run folder on the host.',
			},
		);
	}

	return parts;
}
