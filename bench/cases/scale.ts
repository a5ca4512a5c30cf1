import {program} from '../../test/cosmos.js';
import {type GrownStore, withGrownStores} from '../grown-store.js';
import {inTerminal, type Started, searchedInVain} from '../in-terminal.js';
import {dashboardOn, type LoggedRun, withLoggedRun} from '../logged-run.js';
import {type Case, figureOf, type Measure, seconds} from '../measure.js';
import {residentMegabytes} from '../process-facts.js';
import {run} from '../run-program.js';

const runCounts = [100_000, 1_000_000] as const;
/** Of 51 bytes each: 2 GB and 20 GB. */
const lineCounts = [40_000_000, 400_000_000] as const;
/** How much further than the larger one is reckoned. */
const beyond = 10;

const scale: Case = {
	rounds: 3,
	about: `How it grows: ${runCounts.join(' beside ')} runs in the store, and a log of 20 GB beside one of 2 GB. What is reckoned for ${beyond} times the larger size lies on the line through both medians: t(n) = t(large) + (t(large) - t(small)) / (large - small) * (n - large).`,
	run: async rounds => [...(await withRuns(rounds)), ...(await withLogs(rounds))],
};

export default scale;

/** What is measured at each size, a figure for each round. */
type Figures = Record<string, {unit: 's' | 'MB'; values: number[]}>;

function withRuns(rounds: number): Promise<Measure[]> {
	return withGrownStores(runCounts, async stores => {
		const [small, large] = stores as [GrownStore, GrownStore];
		return compare(
			runCounts.map(count => `${count} runs`),
			await figuresOfStore(rounds, small),
			await figuresOfStore(rounds, large),
			runCounts,
		);
	});
}

async function figuresOfStore(rounds: number, {folder}: GrownStore): Promise<Figures> {
	const env = {PATH: process.env.PATH ?? '', HOME: folder, COSMOS_DATA: folder};
	const [list, first, memory]: [number[], number[], number[]] = [[], [], []];
	for (let round = 0; round < rounds; round++) {
		list.push(await seconds(() => run(process.execPath, [program, 'list', 'runs'], env)));
		const started = {
			command: [process.execPath, program] as const,
			env,
			ready: / 2 Runs ─[\s\S]*cancelled/,
		};
		const [shown, held] = await shownAndHeld(started);
		first.push(shown);
		memory.push(held);
	}

	return {
		'`list runs`': {unit: 's', values: list},
		'first frame': {unit: 's', values: first},
		'memory of the dashboard': {unit: 'MB', values: memory},
	};
}

async function withLogs(rounds: number): Promise<Measure[]> {
	const figures: Figures[] = [];
	for (const lines of lineCounts) {
		figures.push(await withLoggedRun(lines, logged => figuresOfLog(rounds, logged)));
	}

	const [small, large] = figures as [Figures, Figures];
	return compare(['2 GB of log', '20 GB of log'], small, large, lineCounts);
}

async function figuresOfLog(rounds: number, logged: LoggedRun): Promise<Figures> {
	const [opened, searched, memory]: [number[], number[], number[]] = [[], [], []];
	for (let round = 0; round < rounds; round++) {
		opened.push((await shownAndHeld(dashboardOn(logged)))[0]);
	}

	await inTerminal(dashboardOn(logged), async terminal => {
		terminal.send('0');
		await terminal.waitFor('esc back');
		for (let round = 0; round < rounds; round++) {
			const absent = `nowhere ${round} to be found`;
			searched.push(await searchedInVain(terminal, absent));
			memory.push(residentMegabytes(terminal.pid));
		}
	});
	return {
		'open at the end': {unit: 's', values: opened},
		'search through it all': {unit: 's', values: searched},
		'memory after the search': {unit: 'MB', values: memory},
	};
}

/** Seconds until it is shown, and the megabytes that it holds then. */
async function shownAndHeld(started: Started): Promise<[number, number]> {
	let held = 0;
	const shown = await seconds(() =>
		inTerminal(started, async terminal => {
			held = residentMegabytes(terminal.pid);
		}),
	);
	return [shown, held];
}

function compare(
	names: readonly string[],
	small: Figures,
	large: Figures,
	[from, to]: readonly [number, number],
): Measure[] {
	return Object.entries(large).map(([name, {unit, values}]) => {
		const theirs = small[name]?.values ?? [];
		const [at, before] = [figureOf(values, 'median'), figureOf(theirs, 'median')];
		const reckoned = at + ((at - before) / (to - from)) * (beyond - 1) * to;
		return {
			name: `${name}, ${names[1]}`,
			beside: names[0] as string,
			ours: values,
			theirs,
			unit,
			goal: {kind: 'none'},
			note: `${beyond} times the size is reckoned at ${reckoned.toFixed(1)} ${unit}`,
		};
	});
}
