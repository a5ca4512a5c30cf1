import {CosmosError} from '../../domain/errors.js';

/** Calls that go together at most: a command has a greatest length, and a time limit. */
const mostTogether = 50;

/**
 * Lets many callers share one command: while so many are under way, the calls that come wait, and then go together.
 * When the host refuses something of a command for several, each is tried alone, so that its error is its own.
 * @param work does what the calls ask for; resolves with an answer for each
 */
export function joinCalls<T, R>(
	atOnce: number,
	work: (calls: readonly T[]) => Promise<readonly R[]>,
): (call: T) => Promise<R> {
	type Waiting = {call: T; resolve: (answer: R) => void; reject: (error: unknown) => void};
	const waiting: Waiting[] = [];
	let underWay = 0;

	async function alone({call, resolve, reject}: Waiting): Promise<void> {
		try {
			resolve((await work([call]))[0] as R);
		} catch (error) {
			reject(error);
		}
	}

	async function together(some: readonly Waiting[]): Promise<void> {
		try {
			const answers = await work(some.map(({call}) => call));
			for (const [index, {resolve}] of some.entries()) {
				resolve(answers[index] as R);
			}
		} catch (error) {
			const isRefused = error instanceof CosmosError && error.kind === 'host';
			for (const one of some) {
				await (isRefused ? alone(one) : one.reject(error));
			}
		}
	}

	async function next(): Promise<void> {
		underWay++;
		while (waiting.length > 0) {
			const some = waiting.splice(0, mostTogether);
			await (some.length === 1 ? alone(some[0] as Waiting) : together(some));
		}

		underWay--;
	}

	return call =>
		new Promise<R>((resolve, reject) => {
			waiting.push({call, resolve, reject});
			if (underWay < atOnce) {
				void next();
			}
		});
}
