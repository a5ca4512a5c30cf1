import {readdir} from 'node:fs/promises';
import {openStore, type Store} from '../../source/store/store.js';
import {defaultSettings} from '../default-settings.js';
import type {Program, Running} from '../machine/program.js';
import {sampleRun, settingsOf} from './samples.js';

/** What a store says after its writer was killed, next to what that writer was promised. */
export type Verdict = {
	/** Times that a writer was killed. */
	kills: number;
	/** Changes that were acknowledged. */
	changes: number;
	/** What was not as it must be; empty is good. */
	wrong: string[];
};

type Pair = {promptId: string; runId: string; state: 'here' | 'deleted'};

/**
 * Kills writers and looks, after each, whether everything acknowledged is there and nothing half.
 * @param kill starts the writer of a round, sees to its end, and gives the lines that it printed
 */
export async function killWriters(
	program: Program,
	folder: string,
	rounds: number,
	kill: (round: number, start: (...words: string[]) => Running) => Promise<string[]>,
): Promise<Verdict> {
	const store = await openStore({folder, onNotice: () => undefined});
	const {id} = await store.addRun(made => sampleRun(made));
	const verdict: Verdict = {kills: 0, changes: 0, wrong: []};
	let {seed} = defaultSettings;
	const prompts: string[] = [];
	const pairs = new Map<string, Pair>();
	for (let round = 0; round < rounds; round++) {
		const verb = round % 2 === 0 ? ['write', folder, id] : ['churn', folder];
		const lines = await kill(round, (...words) => program.start(...words, ...verb));
		for (const line of lines) {
			verdict.changes++;
			take(line);
		}

		verdict.kills++;
		await judge(await openStore({folder, onNotice: text => verdict.wrong.push(text)}), round);
	}

	// The lock of the last one does not stand in the way.
	await store.updateRun(id, run => run);
	if ((await readdir(folder)).includes('lock')) {
		verdict.wrong.push('the lock is left');
	}

	store.close();
	return verdict;

	function take(line: string) {
		const [word = '', promptId = '', runId = ''] = line.split(' ');
		if (word.startsWith('ps_')) {
			prompts.push(word);
		} else if (promptId === '') {
			seed = Number(word);
		} else {
			pairs.set(promptId, {promptId, runId, state: word === 'deleted' ? 'deleted' : 'here'});
		}
	}

	async function judge(reader: Store, round: number) {
		const say = (what: string) => verdict.wrong.push(`round ${round}: ${what}`);
		const stored = settingsOf((await reader.getRun(id))?.run).seed;
		// The change that was under way may have got in without its answer.
		if (stored !== seed && stored !== seed + 1) {
			say(`seed ${stored}, acknowledged ${seed}`);
		}

		seed = stored;
		const promptIds = new Set(await reader.promptIds());
		const runIds = new Set(await reader.runIds());
		const listed = (await reader.listPrompts()).length;
		if (listed !== promptIds.size) {
			say(`${listed} prompts listed, ${promptIds.size} ids`);
		}

		for (const promptId of prompts.filter(one => !promptIds.has(one))) {
			say(`${promptId} is lost`);
		}

		const trashed = new Set((await reader.trash.list()).map(entry => entry.id));
		const last = [...pairs.values()].at(-1)?.promptId;
		for (const pair of pairs.values()) {
			judgePair(pair, {promptIds, runIds, trashed}, pair.promptId === last, say);
		}
	}
}

type Seen = Record<'promptIds' | 'runIds' | 'trashed', ReadonlySet<string>>;

function judgePair(
	pair: Pair,
	{promptIds, runIds, trashed}: Seen,
	mayHaveMoved: boolean,
	say: (what: string) => void,
) {
	const {promptId, runId, state} = pair;
	const isHere = promptIds.has(promptId);
	if (isHere !== runIds.has(runId)) {
		say(`${promptId} and ${runId} were parted`);
	}

	if (!isHere && !(trashed.has(promptId) && trashed.has(runId))) {
		say(`${promptId} and ${runId} are neither here nor in the trash`);
	}

	if (!mayHaveMoved && isHere !== (state === 'here')) {
		say(`${promptId} is ${isHere ? 'here' : 'away'}, acknowledged ${state}`);
	}

	// What was found is what the next round begins with.
	pair.state = isHere ? 'here' : 'deleted';
}
