import {program} from '../../test/cosmos.js';
import {keys, openTerminal, type Terminal} from '../../test/pty/terminal.js';
import {withBareProgram} from '../bare-program.js';
import {withGrownStores} from '../grown-store.js';
import {type Case, type Measure, seconds} from '../measure.js';
import {linesASecond, withStreamingLog} from '../streaming.js';

/** Keys that are pressed in a round, each when the one before is answered. */
const presses = 40;
const size = {columns: 120, rows: 40};
const goal = {kind: 'times', most: 1.3} as const;

type Press = {key: string; shows: (screen: string, before: string) => boolean};

/** Moves the selection down and up; both programs mark it with `>`. */
const moves: readonly Press[] = ['j', 'k'].map(key => ({
	key,
	shows: (screen, before) => selectedRow(screen) !== selectedRow(before),
}));
/** Opens a line to search, and closes it: seen also while everything else on the screen moves. */
const searches: readonly Press[] = [
	{key: '/', shows: screen => screen.includes('esc cancel')},
	{key: keys.escape, shows: screen => !screen.includes('esc cancel')},
];

const keyToFrame: Case = {
	rounds: 3,
	about: `From a key to the frame that answers it, in a terminal of 120x40, ${presses} keys a round, 95th percentile: a list at rest, a list of 100,000 runs, and with a log of ${linesASecond} lines a second streaming into the pane, beside a bare Ink program of 50 lines (bench/bare/list.tsx) with as many rows, or lines.`,
	run: rounds =>
		withBareProgram('list', async bare => [
			await atRest(rounds, bare),
			await longList(rounds, bare),
			await whileStreaming(rounds, bare),
		]),
};

export default keyToFrame;

function atRest(rounds: number, bare: string): Promise<Measure> {
	return withGrownStores([100], ([store]) =>
		inLists(rounds, bare, 100, store?.folder as string, 'key to frame, at rest'),
	);
}

function longList(rounds: number, bare: string): Promise<Measure> {
	const count = 100_000;
	return withGrownStores([count], ([store]) =>
		inLists(rounds, bare, count, store?.folder as string, 'key to frame, 100,000 runs'),
	);
}

async function inLists(
	rounds: number,
	bare: string,
	count: number,
	data: string,
	name: string,
): Promise<Measure> {
	const env = {HOME: data, COSMOS_DATA: data};
	const ours = openTerminal({command: [process.execPath, program], ...size, env});
	const theirs = openTerminal({command: [process.execPath, bare, String(count), '0'], ...size});
	try {
		await ours.waitFor(/● ready[\s\S]* 2 Runs ─[\s\S]*cancelled/);
		ours.send('2');
		await ours.waitFor(/log|Log/);
		await theirs.waitFor('> row 0');
		return {name, ...(await bothSides(rounds, ours, theirs, moves))};
	} finally {
		await ours.close();
		await theirs.close();
	}
}

function whileStreaming(rounds: number, bare: string): Promise<Measure> {
	return withStreamingLog(async ours => {
		const theirs = openTerminal({
			command: [process.execPath, bare, '40', String(linesASecond)],
			...size,
		});
		try {
			await theirs.waitFor(/line \d{4,}/);
			return {
				name: 'key to frame, log streaming',
				...(await bothSides(rounds, ours, theirs, searches)),
			};
		} finally {
			await theirs.close();
		}
	});
}

async function bothSides(
	rounds: number,
	ours: Terminal,
	theirs: Terminal,
	keysToPress: readonly Press[],
): Promise<Pick<Measure, 'beside' | 'ours' | 'theirs' | 'figure' | 'goal'>> {
	const times: Pick<Measure, 'ours' | 'theirs'> = {ours: [], theirs: []};
	for (let round = 0; round < rounds; round++) {
		times.ours.push(...(await press(ours, keysToPress)));
		times.theirs.push(...(await press(theirs, keysToPress)));
	}

	return {beside: 'bare Ink', ...times, figure: 'p95', goal};
}

/** The row of the screen with the selection; ours has one in each list, and the runs are last. */
function selectedRow(screen: string): number {
	return screen.split('\n').findLastIndex(line => /^│?> /.test(line));
}

async function press(terminal: Terminal, cycle: readonly Press[]): Promise<number[]> {
	const times: number[] = [];
	for (let count = 0; count < presses; count++) {
		const {key, shows} = cycle[count % cycle.length] as Press;
		const before = terminal.screen();
		times.push(
			await seconds(() => {
				const answered = terminal.waitFor(screen => shows(screen, before));
				terminal.send(key);
				return answered;
			}),
		);
	}

	return times;
}
