import {program} from '../../test/cosmos.js';
import {withBareProgram} from '../bare-program.js';
import {type GrownStore, withGrownStores} from '../grown-store.js';
import {inTerminal, type Started, untilShown} from '../in-terminal.js';
import {type Case, inTurn, type Measure} from '../measure.js';
import {hasPeer, npmPeer} from '../peers.js';

const runCount = 10_000;

type Peer = {name: string; command: (folder: string) => Started['command'] | undefined};

/** Programs that fill a terminal, and what they show when they are ready. */
const peers: ReadonlyArray<Peer & Pick<Started, 'ready'> & {goal: Measure['goal']}> = [
	...(
		[
			['lnav', ['lnav', '/etc/services'], /Local services/],
			['htop', ['htop'], /PID/],
			['tig', ['tig'], /\[main\]/],
		] as const
	).map(([name, words, ready]) => ({
		name,
		command: () => (hasPeer(name) ? words : undefined),
		ready,
		goal: {kind: 'none'} as const,
	})),
	...(
		[
			['gtop', 'gtop', /CPU History/],
			['gemini', '@google/gemini-cli', /Do you trust|Gemini CLI v/],
		] as const
	).map(([name, packageName, ready]) => ({
		name,
		command(folder: string) {
			const file = npmPeer(folder, packageName, name);
			return file === undefined ? undefined : ([file] as const);
		},
		ready,
		goal: {kind: 'times', most: 1} as const,
	})),
];

const firstFrame: Case = {
	rounds: 9,
	about: `From the start of a program in a real terminal of 120x40 to what it is for on the screen: the dashboard with ${runCount} runs in the store, beside a bundled Ink that says hello, and programs from Debian and npm.`,
	run: rounds =>
		withGrownStores([runCount], ([store]) =>
			withBareProgram('hello', hello => besideAll(rounds, store as GrownStore, hello)),
		),
};

export default firstFrame;

async function besideAll(rounds: number, store: GrownStore, hello: string): Promise<Measure[]> {
	const env = {HOME: store.folder, COSMOS_DATA: store.folder};
	const ready = / 2 Runs ─[\s\S]*cancelled/;
	// As with every start but the first, what was compiled is kept.
	await inTerminal({command: [process.execPath, program], env, ready}, async terminal => {
		terminal.send('q');
		await terminal.exited;
	});
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
			limit:
				'a screen full of two lists and a run, read from the store, beside one word: 0.5 MB of code more, 1,000 runs read and checked, and the first layout and drawing of 40 rows.',
		},
	];
	for (const {name, command, ready: shown, goal} of peers) {
		const words = command(store.folder);
		const theirs = words && (() => untilShown({command: words, env, ready: shown}));
		measures.push({
			name: 'first frame of the dashboard',
			beside: `\`${name}\``,
			...(await inTurn(rounds, ours, theirs)),
			goal,
		});
	}

	return measures;
}
