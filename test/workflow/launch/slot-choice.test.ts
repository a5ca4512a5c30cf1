import {describe, expect, it, vi} from 'vitest';
import {ConnectionLostError, CosmosError} from '../../../source/domain/errors.js';
import type {Host} from '../../../source/domain/hosts/host.js';
import type {Family} from '../../../source/domain/models/family.js';
import type {RunTask} from '../../../source/domain/types.js';
import type {HostSession} from '../../../source/executor/host-session.js';
import type {HostSessions} from '../../../source/executor/host-sessions.js';
import type {Store} from '../../../source/store/store.js';
import {createSlotChoice} from '../../../source/workflow/launch/slot-choice.js';
import {gpuHost} from '../../dashboard/examples.js';

type Machine = {
	/** MiB of each of its cards. */
	cards: readonly number[];
	gpuSets?: number[][];
	/** Slots where somebody else's job runs. */
	busy?: readonly string[];
	/** What its check ends with. */
	lacks?: CosmosError;
	/** What ends its first checks. */
	cuts?: CosmosError[];
};

/** A family with a model for one GPU, and one that needs four. */
vi.mock('../../../source/domain/models/family-list.js', async original => {
	const {families} = await original<{families: readonly Family[]}>();
	const checkpoints = [
		{name: 'Nano', memory: 32, gpus: 1},
		{name: 'Super', memory: 60, gpus: 4},
	];
	return {families: [...families, {...families.at(-1), name: 'sized', checkpoints}]};
});

const task = {operation: 'transfer', model: 'transfer2.5', settings: {}, inputs: []};
const withCheckpoint = (checkpoint: string) => ({...task, model: 'sized', settings: {checkpoint}});
const store = {
	listRuns: async () => [],
	readQueue: async () => ({paused: false, jobs: []}),
} as unknown as Store;

async function choice(
	machines: Readonly<Record<string, Machine>>,
	target = 'any',
	lane?: string,
	wanted: object = task,
) {
	const hosts = Object.entries(machines).map(([name, {cards, gpuSets}]): Host => {
		const gpus = cards.map((_, index) => index);
		return {...gpuHost, name, gpus, ...(gpuSets && {gpuSets})};
	});
	const open = async (host: Host) => {
		const {cards, busy = [], lacks, cuts = []} = machines[host.name] as Machine;
		const rows = cards.map(
			(size, at) => `${at}, H100, ${size}, 0, 0, 40, 100, 700, 550, GPU-${at}`,
		);
		return {
			host,
			remoteDir: '/cosmos',
			transport: {
				connect: async () => undefined,
				freeSpace: async () => 1e12,
				exec: async () => ({code: 0, stdout: rows.join('\n'), stderr: ''}),
			},
			engine: {
				check: async () => {
					const error = cuts.pop() ?? lacks;
					if (error) {
						throw error;
					}

					return {};
				},
				list: async () => busy.map(one => ({runId: 'run_1', lane: one, startedBy: '', state: ''})),
			},
		} as unknown as HostSession;
	};
	const sessions = {open} as unknown as HostSessions;
	const launch = {
		target,
		host: hosts[0] as Host,
		hosts,
		lane,
		tasks: [wanted as RunTask],
		serverChoice: {},
		warnings: [],
		results: [],
	};
	const {session, slot, warning} = await createSlotChoice({store, sessions}).choose(launch);
	return {place: `${session.host.name} ${slot}`, warning};
}

/** Where a launch goes that names these machines, as `HOST LANE`. */
async function choose(...given: Parameters<typeof choice>) {
	return (await choice(...given)).place;
}

describe('the slot of a launch', () => {
	it('is looked for again once if the connection is cut meanwhile', async () => {
		const cut = () => new ConnectionLostError('h100');
		const h100 = {cards: [81_559]};
		expect(await choose({h100: {...h100, cuts: [cut()]}}, 'h100')).toBe('h100 gpu0');
		await expect(choose({h100: {...h100, cuts: [cut(), cut()]}}, 'h100')).rejects.toMatchObject({
			code: 'connection-lost',
			message: 'connection to h100 lost',
			hint: 'Nothing was started; try again.',
		});
	});

	it('is the first free one of a host with several', async () => {
		const gpuSets = [[0], [1]];
		const h100 = {cards: [81_559, 81_559], gpuSets, busy: ['gpu0']};
		expect(await choose({h100}, 'h100')).toBe('h100 gpu1');
		expect(await choose({h100: {...h100, busy: ['gpu0', 'gpu1']}}, 'h100')).toBe('h100 gpu0');
		// Of another user, whose slots are cut differently.
		expect(await choose({h100: {...h100, busy: ['gpu2-0']}}, 'h100')).toBe('h100 gpu1');
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

	it('has the GPUs and the memory that the checkpoint needs', async () => {
		const card = 81_559;
		const single = {cards: [card]};
		const four = {cards: [card, card, card, card]};
		const split = {
			...four,
			gpuSets: [
				[0, 1],
				[2, 3],
			],
		};
		expect(await choose({single, four}, 'any', undefined, withCheckpoint('Nano'))).toBe(
			'single gpu0',
		);
		expect(await choose({single, split, four}, 'any', undefined, withCheckpoint('Super'))).toMatch(
			/^four /,
		);
		await expect(
			choose({split}, 'split', undefined, withCheckpoint('Super')),
		).rejects.toMatchObject({
			code: 'gpu-missing',
			message: expect.stringMatching(/have fewer than the 4 GPUs that sized Super needs$/),
		});
		const small = {cards: [40_960, 40_960, 40_960, 40_960]};
		await expect(choose({small}, 'any', undefined, withCheckpoint('Super'))).rejects.toThrow(
			/less than the 60 GB of memory that sized Super needs/,
		);
	});

	it('is warned of where its GPUs may have too little memory', async () => {
		const mixed = {cards: [40_960, 81_559], gpuSets: [[0], [1]]};
		expect((await choice({mixed}, 'mixed', 'gpu1')).warning).toBeUndefined();
		expect((await choice({mixed}, 'mixed', 'gpu0')).warning).toBe(
			'GPU 0 of mixed has 40 GiB, and this needs 61 GiB (stated by NVIDIA in docs/inference.md of cosmos-transfer2.5, for 720 lines and one control)',
		);
		const recipe = {
			operation: 'recipe',
			model: 'mine',
			settings: {},
			inputs: [],
			recipe: {command: ['x'], inputs: [], outputs: []},
		};
		expect((await choice({mixed}, 'mixed', 'gpu0', recipe)).warning).toBeUndefined();
	});

	it('is none where every host lacks something, and each is told', async () => {
		const a = {cards: [1], lacks: new CosmosError('host', 'a has no image')};
		const b = {cards: [1], lacks: new CosmosError('connection', 'b refused the connection')};
		await expect(choose({a, b})).rejects.toMatchObject({
			kind: 'host',
			message: 'no host of "any" can run it: a has no image; b refused the connection',
		});
	});
});
