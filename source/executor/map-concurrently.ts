import {smallFile} from './transport/transport.js';

const smallAtOnce = 16;

/**
 * Calls a function for each file, small ones in parallel and large ones one after the other, and returns
 * the results in order. After a failure nothing more is started; it rejects with the first one when all
 * pending work is over, so that a new attempt does not overlap.
 */
export async function mapConcurrently<T extends {size: number}, R>(
	files: readonly T[],
	work: (file: T, index: number) => Promise<R>,
): Promise<R[]> {
	const results: R[] = [];
	const failures: unknown[] = [];
	const entries = [...files.entries()];
	const worker = async (left: Iterator<[number, T]>) => {
		for (let next = left.next(); !next.done && failures.length === 0; next = left.next()) {
			const [index, file] = next.value;
			try {
				results[index] = await work(file, index);
			} catch (error) {
				failures.push(error);
			}
		}
	};

	const quick = entries.filter(([, {size}]) => size <= smallFile).values();
	await Promise.all(Array.from({length: smallAtOnce}, () => worker(quick)));
	await worker(entries.filter(([, {size}]) => size > smallFile).values());
	if (failures.length > 0) {
		throw failures[0];
	}

	return results;
}
