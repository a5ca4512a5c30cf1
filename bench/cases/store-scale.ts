import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {openStore} from '../../source/store/store.js';
import {program} from '../../test/cosmos.js';
import {noon, sampleRun} from '../../test/store/samples.js';
import {type GrownStore, withGrownStores} from '../grown-store.js';
import {type Case, inTurn, type Measure} from '../measure.js';
import {run} from '../run-program.js';

const counts = [100, 10_000, 100_000] as const;
/** Changes that one round does, so that a round is longer than a hiccup of the disk. */
const perRound = 20;
/** "At most 1.5 times": the speed of the other side, divided by ours. */
const flat = {kind: 'times', most: 1.5} as const;

const storeScale: Case = {
	rounds: 9,
	about: `${perRound} changes of single runs, and \`cosmos list runs --limit 20\`, with ${counts.join(', ')} runs in the store, beside the smallest of these; the same changes in a table of node:sqlite that syncs each one (\`synchronous=FULL\`, WAL).`,
	run: rounds =>
		withGrownStores(counts, async stores => {
			const [small, ...grown] = stores as [GrownStore, ...GrownStore[]];
			const measures: Measure[] = [];
			for (const store of grown) {
				measures.push(await updates(rounds, store, small), await lists(rounds, store, small));
			}

			measures.push(await besideSqlite(rounds, stores.at(-1) as GrownStore));
			return measures;
		}),
};

async function updates(rounds: number, large: GrownStore, small: GrownStore): Promise<Measure> {
	const times = await inTurn(rounds, await changer(large), await changer(small));
	return {
		name: `${perRound} changes, ${large.ids.length} runs`,
		beside: `${small.ids.length} runs`,
		...times,
		goal: flat,
	};
}

/** Changes runs all over a store. */
async function changer({folder, ids}: GrownStore): Promise<() => Promise<void>> {
	const store = await openStore({folder});
	return async () => {
		for (let turn = 0; turn < perRound; turn++) {
			const id = ids[Math.floor(Math.random() * ids.length)] as string;
			await store.updateRun(id, one => ({...one, cancelRequestedAt: noon}));
		}
	};
}

async function lists(rounds: number, large: GrownStore, small: GrownStore): Promise<Measure> {
	const list =
		({folder}: GrownStore) =>
		() =>
			run(process.execPath, [program, 'list', 'runs', '--limit', '20', '--data', folder]);
	return {
		name: `\`list runs --limit 20\`, ${large.ids.length} runs`,
		beside: `${small.ids.length} runs`,
		...(await inTurn(rounds, list(large), list(small))),
		goal: flat,
	};
}

async function besideSqlite(rounds: number, large: GrownStore): Promise<Measure> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-sqlite-'));
	const database = new DatabaseSync(path.join(folder, 'runs.db'));
	try {
		database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
		database.exec('CREATE TABLE runs (id TEXT PRIMARY KEY, document TEXT)');
		const put = database.prepare('INSERT OR REPLACE INTO runs VALUES (?, ?)');
		database.exec('BEGIN');
		for (const id of large.ids) {
			put.run(id, JSON.stringify(sampleRun(id)));
		}

		database.exec('COMMIT');
		const get = database.prepare('SELECT document FROM runs WHERE id = ?');
		const theirs = async () => {
			for (let turn = 0; turn < perRound; turn++) {
				const id = large.ids[Math.floor(Math.random() * large.ids.length)] as string;
				const document = JSON.parse((get.get(id) as {document: string}).document);
				put.run(id, JSON.stringify({...document, cancelRequestedAt: noon}));
			}
		};
		return {
			name: `${perRound} changes, ${large.ids.length} runs`,
			beside: 'node:sqlite',
			...(await inTurn(rounds, await changer(large), theirs)),
			goal: {kind: 'extra', most: 0.5},
		};
	} finally {
		database.close();
		await rm(folder, {recursive: true});
	}
}

export default storeScale;
