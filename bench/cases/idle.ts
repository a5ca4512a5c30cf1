import {program} from '../../test/cosmos.js';
import type {Terminal} from '../../test/pty/terminal.js';
import {type GrownStore, withGrownStores} from '../grown-store.js';
import {inTerminal} from '../in-terminal.js';
import type {Case, Measure} from '../measure.js';
import {hasPeer} from '../peers.js';
import {computedSeconds} from '../process-facts.js';

const runCount = 1000;
/** Seconds that nobody presses a key. */
const quiet = 60;

const idle: Case = {
	rounds: 1,
	about: `${quiet} seconds in which nobody presses a key, with a run selected that has ended and ${runCount} runs in the store: what is written to the terminal, and how much is computed, beside \`htop\`.`,
	run: rounds =>
		withGrownStores([runCount], async ([store]) => {
			const {folder} = store as GrownStore;
			const ours: Idle[] = [];
			const theirs: Idle[] = [];
			for (let round = 0; round < rounds; round++) {
				ours.push(
					await inTerminal(
						{
							command: [process.execPath, program],
							env: {HOME: folder, COSMOS_DATA: folder},
							keys: [{after: /● ready[\s\S]* 2 Runs ─[\s\S]*cancelled/, send: '2'}],
							ready: /Log {3}Settings/,
						},
						leftAlone,
					),
				);
				if (hasPeer('htop')) {
					theirs.push(await inTerminal({command: ['htop'], ready: /PID/}, leftAlone));
				}
			}

			const side = (what: keyof Idle) => ({
				ours: ours.map(one => one[what]),
				theirs: theirs.map(one => one[what]),
			});
			return [
				{
					name: `written in ${quiet} idle seconds`,
					beside: '`htop`',
					...side('bytes'),
					unit: 'bytes',
					goal: {kind: 'below', most: 0},
				},
				{
					name: 'computed while idle',
					beside: '`htop`',
					...side('share'),
					unit: '% of a core',
					goal: {kind: 'below', most: 1},
				},
			] satisfies Measure[];
		}),
};

export default idle;

type Idle = {bytes: number; share: number};

async function leftAlone(terminal: Terminal): Promise<Idle> {
	// What its start has begun ends first.
	await pause(3);
	const [bytes, computed] = [terminal.written(), computedSeconds(terminal.pid)];
	await pause(quiet);
	return {
		bytes: terminal.written() - bytes,
		share: ((computedSeconds(terminal.pid) - computed) / quiet) * 100,
	};
}

function pause(seconds: number): Promise<void> {
	return new Promise(resolve => {
		setTimeout(resolve, seconds * 1000);
	});
}
