import {describe, expect, it} from 'vitest';
import {CosmosError} from '../../source/domain/errors.js';
import type {Host} from '../../source/domain/host.js';
import type {RunTask} from '../../source/domain/types.js';
import type {HostSession} from '../../source/executor/host-session.js';
import type {HostSessions} from '../../source/executor/host-sessions.js';
import type {Store} from '../../source/store/store.js';
import {createSlotChoice} from '../../source/workflow/slot-choice.js';
import {gpuHost} from '../dashboard/examples.js';

type Machine = {
	/** MiB of each of its cards. */
	cards: readonly number[];
	gpuSets?: number[][];
	/** Slots where somebody else's job runs. */
	busy?: readonly string[];
	/** What its check ends with. */
	lacks?: CosmosError;
};

const task = {operation: 'transfer', model: 'transfer2.5', inputs: []} as unknown as RunTask;
const store = {
	listRuns: async () => [],
	readQueue: async () => ({id: '', paused: false, jobs: []}),
} as unknown as Store;

/** Where a launch goes that names these machines, as `HOST LANE`. */
async function choose(machines: Readonly<Record<string, Machine>>, target = 'any', lane?: string) {
	const hosts = Object.entries(machines).map(([name, {cards, gpuSets}]): Host => {
		const gpus = cards.map((_, index) => index);
		return {...gpuHost, name, gpus, ...(gpuSets && {gpuSets})};
	});
	const open = async (host: Host) => {
		const {cards, busy = [], lacks} = machines[host.name] as Machine;
		const rows = cards.map(
			(size, at) => `${at}, H100, ${size}, 0, 0, 40, 100, 700, 550, GPU-${at}`,
		);
		return {
			host,
			remoteDir: '/cosmos',
			transport: {
				freeSpace: async () => 1e12,
				exec: async () => ({code: 0, stdout: rows.join('\n'), stderr: ''}),
			},
			engine: {
				check: () => (lacks ? Promise.reject(lacks) : Promise.resolve({})),
				list: async () => busy.map(one => ({runId: 'run_1', lane: one, startedBy: '', state: ''})),
			},
		} as unknown as HostSession;
	};
	const sessions = {open} as unknown as HostSessions;
	const launch = {target, host: hosts[0] as Host, hosts, lane, tasks: [task]};
	const {session, lane: chosen} = await createSlotChoice({store, sessions}).choose(launch);
	return `${session.host.name} ${chosen}`;
}

describe('the slot of a launch', () => {
	it('is the first free one of a host with several', async () => {
		const gpuSets = [[0], [1]];
		const h100 = {cards: [81_559, 81_559], gpuSets, busy: ['gpu0']};
		expect(await choose({h100}, 'h100')).toBe('h100 gpu1');
		expect(await choose({h100: {...h100, busy: ['gpu0', 'gpu1']}}, 'h100')).toBe('h100 gpu0');
	});

	it('prefers a free host', async () => {
		const busy = {cards: [81_559], busy: ['gpu0']};
		expect(await choose({a: busy, b: {cards: [81_559]}})).toBe('b gpu0');
		expect(await choose({a: busy})).toBe('a gpu0');
	});

	it('has the memory that the model needs, unless the host is named', async () => {
		const mixed = {cards: [40_960, 81_559], gpuSets: [[0], [1]]};
		expect(await choose({small: {cards: [40_960]}, mixed})).toBe('mixed gpu1');
		expect(await choose({small: {cards: [40_960]}}, 'small')).toBe('small gpu0');
		await expect(choose({mixed}, 'any', 'gpu0')).rejects.toThrow(
			/the GPUs of mixed \(gpu0\) have less than the 65 GB of memory that transfer2\.5 needs/,
		);
	});

	it('is none if every host lacks something, and each reason is given', async () => {
		const a = {cards: [1], lacks: new CosmosError('host', 'a has no image')};
		const b = {cards: [1], lacks: new CosmosError('connection', 'b refused the connection')};
		await expect(choose({a, b})).rejects.toMatchObject({
			kind: 'host',
			message: 'no host of "any" can run it: a has no image; b refused the connection',
		});
	});
});
