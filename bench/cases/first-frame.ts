import {program} from '../../test/cosmos.js';
import {withBareProgram} from '../bare-program.js';
import {type GrownStore, withGrownStores} from '../grown-store.js';
import {untilShown} from '../in-terminal.js';
import {type Case, inTurn, type Measure} from '../measure.js';
import {hasPeer} from '../peers.js';

const runCount = 10_000;

/** Programs from Debian that fill a terminal, and what they show when they are ready. */
const peers: ReadonlyArray<{name: string; words: readonly string[]; ready: RegExp}> = [
	{name: 'lnav', words: ['/etc/services'], ready: /Local services/},
	{name: 'htop', words: [], ready: /PID/},
	{name: 'tig', words: [], ready: /\[main\]/},
];

const firstFrame: Case = {
	rounds: 9,
	about: `From the start of a program in a real terminal of 120x40 to what it is for on the screen: the dashboard with ${runCount} runs in the store, beside a bundled Ink that says hello, and programs from Debian.`,
	run: rounds =>
		withGrownStores([runCount], ([store]) =>
			withBareProgram('hello', hello => besideAll(rounds, store as GrownStore, hello)),
		),
};

export default firstFrame;

async function besideAll(rounds: number, store: GrownStore, hello: string): Promise<Measure[]> {
	const env = {HOME: store.folder, COSMOS_DATA: store.folder};
	const ready = / 2 Runs ─[\s\S]*cancelled/;
	const ours = () => untilShown({command: [process.execPath, program], env, ready});
	const bare = await inTurn(rounds, ours, () =>
		untilShown({command: [process.execPath, hello], ready: /hello/}),
	);
	const measures: Measure[] = [
		{
			name: 'first frame of the dashboard',
			beside: 'Ink that says hello',
			...bare,
			goal: {kind: 'times', most: 1.25},
		},
	];
	for (const {name, words, ready: shown} of peers) {
		const theirs = hasPeer(name)
			? () => untilShown({command: [name, ...words], ready: shown})
			: undefined;
		const times = await inTurn(rounds, ours, theirs);
		measures.push({
			name: 'first frame of the dashboard',
			beside: `\`${name}\``,
			...times,
			goal: {kind: 'none'},
		});
	}

	return measures;
}
