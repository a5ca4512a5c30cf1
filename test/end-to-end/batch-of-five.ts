import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {openStore} from '../../source/store/store.js';
import {goOn} from '../hold.js';
import type {Sshd} from '../lab/sshd.js';
import type {UserHome} from '../lab/user-home.js';

/** A host of the laboratory with its user. */
export type BatchLab = Pick<UserHome, 'data' | 'cosmos' | 'start'> & {
	/** The model's checkout on the host. */
	checkout: string;
	sshd: Pick<Sshd, 'cut'>;
	stop: () => Promise<void>;
};

type Started = ReturnType<UserHome['start']>;
/** What a batch prints at a moment, and where. */
export type Sign = readonly [RegExp, 'stdout' | 'stderr'];

/** The beginnings of five prompts; none is part of another. */
export const texts = ['one', 'two', 'three', 'four', 'five'] as const;

/**
 * Batches on one host: their runs, and what has become of them.
 * @param create words for `cosmos create prompt`, of each prompt
 */
export async function startBatches(
	lab: BatchLab,
	create: (text: string) => readonly string[],
	count = texts.length,
) {
	const store = await openStore({folder: lab.data});
	const ids: string[] = [];
	for (const text of texts.slice(0, count)) {
		const made = await lab.cosmos(['create', 'prompt', text, ...create(text)]);
		expect(made).toMatchObject({code: 0});
		ids.push(made.stdout.trim());
	}

	let before: readonly string[] = [];
	const newest = async (): Promise<Run[]> => {
		const runs = (await store.listRuns()).map(({run}) => run);
		return runs.filter(({id}) => !before.includes(id)).reverse();
	};
	const statusesOf = (runs: readonly Run[]) => runs.map(({status}) => status);
	return {
		ids,
		newest,
		statusesOf,
		statuses: async () => statusesOf(await newest()),
		textOf: ({id}: Run, name: string) =>
			readFileSync(path.join(lab.data, 'runs', id, name), 'utf8'),
		/** What follows is about the batches that are launched from now on. */
		async remember() {
			before = await store.runIds();
		},
		leftThere: () => readdirSync(path.join(lab.checkout, 'cosmos-runs')),
		/** Kills the program at a moment, and has the rest recovered, with held jobs going on from then. */
		async killAt(started: Started, [sign, where]: Sign): Promise<void> {
			await goOn(lab.checkout, async () => {
				await started.seen(sign, where);
				started.process.kill('SIGKILL');
				await started.ended;
				await lab.cosmos(['recover']);
			});
		},
		/** Cuts the connection at a moment; the program goes on by itself. */
		async cutAt(started: Started, [sign, where]: Sign): Promise<void> {
			const ended = await goOn(lab.checkout, async () => {
				await started.seen(sign, where);
				await lab.sshd.cut();
				return started.ended;
			});
			expect(ended.code).toBe(1);
		},
		/** Five runs whose third has failed: four results, and a record that tells how they came. */
		async expectStory(reason: string): Promise<Run[]> {
			const runs = await newest();
			expect(statusesOf(runs)).toEqual([
				...['completed', 'completed', 'failed', 'completed', 'completed'],
			]);
			const [lead, , third, fourth] = runs as [Run, Run, Run, Run];
			expect(third).toMatchObject({failure: {reason}});
			expect(runs.map(({restarts}) => restarts)).toEqual([
				...[undefined, undefined, undefined],
				...[3, 4].map(index => [
					{
						batch: {id: lead.id, index, size: 5, exit: {code: 1, oomKilled: false}},
						failed: third.id,
						at: expect.any(String),
					},
				]),
			]);
			expect(runs.slice(3).map(({batch}) => batch)).toMatchObject([
				{id: fourth.id, index: 0, size: 2},
				{id: fourth.id, index: 1, size: 2},
			]);
			return runs;
		},
		async stop() {
			store.close();
			await lab.stop();
		},
	};
}

export type Batches = Awaited<ReturnType<typeof startBatches>>;
