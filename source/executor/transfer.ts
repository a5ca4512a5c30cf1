import {createHash} from 'node:crypto';
import {constants} from 'node:fs';
import {open} from 'node:fs/promises';
import path from 'node:path';
import {pipeline} from 'node:stream/promises';
import {CosmosError, messageOf, systemCode} from '../domain/errors.js';
import {endingOf} from '../domain/inputs/media.js';
import {mapConcurrently} from './map-concurrently.js';
import type {TransferProgress} from './run-watcher.js';
import {createTransferMeter, type TransferMeter} from './transfer-meter.js';
import {recordedFile, recordOf, type Transport} from './transport/transport.js';

/** The folder on the host, below the checkout, that keeps inputs by content. */
export const inputFolder = 'cosmos-inputs';

export type Watch = {
	onTransfer?: (progress: TransferProgress) => void;
	signal?: AbortSignal;
};

/**
 * Hex SHA-256 of a local file.
 * @param size bytes that it must have; without it, whatever it has
 * @throws CosmosError (usage) for one that is not a regular file of that size
 */
export async function hashFile(
	file: string,
	{size, signal}: {size?: number; signal?: AbortSignal} = {},
): Promise<string> {
	const hash = createHash('sha256');
	try {
		// Without waiting: opening something that is not a regular file may block.
		const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
		try {
			const found = await handle.stat();
			if (!found.isFile() || (size !== undefined && found.size !== size)) {
				throw changed(file, found.isFile() ? `has ${found.size} bytes, not ${size}` : undefined);
			}

			const source = handle.createReadStream({highWaterMark: 1 << 20, autoClose: false});
			await pipeline(source, hash, {signal});
		} finally {
			await handle.close();
		}
	} catch (error) {
		throw unreadable(file, error);
	}

	return hash.digest('hex');
}

function changed(file: string, why = 'is not a regular file'): CosmosError {
	return new CosmosError('input-changed', `${file} ${why}`, {
		hint: 'It was another one when the run was launched; launch it again.',
	});
}

function unreadable(file: string, error: unknown): unknown {
	return systemCode(error) && !isAbort(error)
		? new CosmosError('input-changed', `cannot read ${file}: ${messageOf(error)}`, {
				hint: 'The file existed when the prompt was created; restore it or create a new prompt.',
				cause: error,
			})
		: error;
}

function isAbort(error: unknown): boolean {
	return error instanceof Error && error.name === 'AbortError';
}

/** The path of a file with this content on the host, relative to the checkout. */
export function inputPath(file: string, sha256: string): string {
	return `${inputFolder}/${sha256}${endingOf(file)}`;
}

export type Input = {path: string; size: number; sha256: string};

/** The temporary name of an input during its upload, specific to the run. */
export function inputPart(input: Pick<Input, 'path' | 'sha256'>, runId: string): string {
	return `${inputPath(input.path, input.sha256)}.${runId}.part`;
}

/**
 * Uploads files to their paths by content; their folder must exist. A file that is there with the
 * right hash is not uploaded again; a new one is uploaded under a temporary name of the run, hashed
 * there, and only then gets its name. Large ones have records of their hashes, by which they are known again.
 * @param options.ready what must be done on the host before anything is sent; looking needs no wait
 * @param options.verify reads files that are there, whatever their records say
 */
export async function uploadInputs(
	transport: Transport,
	remoteDir: string,
	inputs: readonly Input[],
	{
		runId,
		ready,
		verify = false,
		...watch
	}: Watch & {runId: string; ready?: Promise<unknown>; verify?: boolean},
): Promise<void> {
	const targets = inputs.map(input => `${remoteDir}/${inputPath(input.path, input.sha256)}`);
	// Their time says when an input was last used; `cosmos clean` finds the old ones by it.
	const [there] = await Promise.all([
		transport.hashes(targets, {
			size: largest(inputs),
			touch: true,
			records: verify ? 'renew' : 'use',
		}),
		ready,
	]);
	const sendings = inputs.map((input, index) => ({
		...input,
		target: targets[index] as string,
		temporary: `${remoteDir}/${inputPart(input, runId)}`,
		meter: meterFor('upload', path.basename(input.path), input.size, watch),
	}));
	for (const {meter, size} of sendings.filter(
		(_, index) => there[index] === inputs[index]?.sha256,
	)) {
		meter(size);
	}

	const missing = sendings.filter((_, index) => there[index] !== inputs[index]?.sha256);
	// A partial file of an earlier attempt may be damaged: then the hash differs.
	const damaged = await sendWhole(transport, missing, watch.signal);
	const [changed] = await sendWhole(transport, damaged, watch.signal);
	if (changed) {
		throw new CosmosError('input-changed', `${changed.path} changed during the upload`, {
			hint: 'Run it again once nothing is writing to the file.',
		});
	}
}

type Sending = Input & {target: string; temporary: string; meter: TransferMeter};

/** Uploads the missing bytes of each file; returns those that arrived with other content. */
async function sendWhole(
	transport: Transport,
	sendings: readonly Sending[],
	signal?: AbortSignal,
): Promise<Sending[]> {
	if (sendings.length === 0) {
		return [];
	}

	await mapConcurrently(sendings, ({path: file, temporary, meter}) =>
		transport.upload(file, temporary, {onProgress: meter, signal}),
	);
	const names = sendings.map(({temporary}) => temporary);
	const size = largest(sendings);
	const arrived = await transport.hashes(names, {size, records: 'renew'});
	const isWhole = (sending: Sending) => arrived[sendings.indexOf(sending)] === sending.sha256;
	await mapConcurrently(sendings.filter(isWhole), async ({temporary, target}) => {
		await transport.rename(temporary, target);
		if (size >= recordedFile) {
			// A rename keeps what a record says. A host that cannot make one has none.
			await transport.rename(recordOf(temporary), recordOf(target)).catch(ignoreRefusal);
		}
	});
	const damaged = sendings.filter(sending => !isWhole(sending));
	if (damaged.length > 0) {
		await transport.remove(...damaged.flatMap(({temporary}) => [temporary, recordOf(temporary)]));
	}

	return damaged;
}

function ignoreRefusal(error: unknown): void {
	if (!(error instanceof CosmosError && error.kind === 'host')) {
		throw error;
	}
}

/** Bytes of the largest file. */
export function largest(files: readonly {size: number}[]): number {
	return files.reduce((most, {size}) => Math.max(most, size), 0);
}

/** Reports the transfer of one file. */
export function meterFor(
	direction: TransferProgress['direction'],
	file: string,
	total: number,
	{onTransfer}: Watch,
): TransferMeter {
	return createTransferMeter({direction, file, total}, progress => onTransfer?.(progress));
}
