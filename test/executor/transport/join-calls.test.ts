import {expect, it} from 'vitest';
import {ConnectionLostError, CosmosError} from '../../../source/domain/errors.js';
import {joinCalls} from '../../../source/executor/transport/join-calls.js';

/** Work that is held until it is let go; says which calls went together. */
function heldWork(refuses = (_calls: readonly number[]): Error | undefined => undefined) {
	const seen: number[][] = [];
	let open = () => {};
	const opened = new Promise<void>(resolve => {
		open = resolve;
	});
	const call = joinCalls(1, async (calls: readonly number[]) => {
		seen.push([...calls]);
		await opened;
		const error = refuses(calls);
		if (error) {
			throw error;
		}

		return calls.map(one => one * 10);
	});
	return {call, seen, open};
}

it('lets calls that come meanwhile go together, and gives each its own answer', async () => {
	const {call, seen, open} = heldWork();
	const answers = Promise.all([1, 2, 3, 4].map(call));
	open();
	expect(await answers).toEqual([10, 20, 30, 40]);
	expect(seen).toEqual([[1], [2, 3, 4]]);
});

it('tries each alone when the host refuses something of several', async () => {
	const {call, open} = heldWork(calls =>
		calls.includes(3) ? new CosmosError('host', 'no 3') : undefined,
	);
	const answers = Promise.allSettled([1, 2, 3, 4].map(call));
	open();
	expect((await answers).map(({status}) => status)).toEqual([
		'fulfilled',
		'fulfilled',
		'rejected',
		'fulfilled',
	]);
});

it('asks nothing again over a connection that was lost', async () => {
	const {call, seen, open} = heldWork(calls =>
		calls.length > 1 ? new ConnectionLostError('gpu') : undefined,
	);
	const answers = Promise.allSettled([1, 2, 3].map(call));
	open();
	expect((await answers).map(({status}) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
	expect(seen).toEqual([[1], [2, 3]]);
});
