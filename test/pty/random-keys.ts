import {setTimeout as rest} from 'node:timers/promises';
import {expect, vi} from 'vitest';
import {keyTable} from '../../source/dashboard/update.js';
import {createRandom, type Random} from '../chaos/random.js';
import {sizes} from '../sizes.js';
import {type Opened, startDashboard} from './dashboard.js';
import {keys} from './terminal.js';

/** What a terminal sends for the keys of the table that have no character of their own. */
const sequences: Readonly<Record<string, string>> = {
	enter: keys.enter,
	esc: keys.escape,
	tab: keys.tab,
	'shift-tab': '\u001b[Z',
	up: keys.up,
	down: keys.down,
	left: keys.left,
	right: keys.right,
	pageup: keys.pageUp,
	pagedown: keys.pageDown,
	home: '\u001b[H',
	end: '\u001b[F',
	space: ' ',
	backspace: keys.backspace,
	delete: '\u001b[3~',
};

function sequenceOf(key: string): string {
	const modified = /^(ctrl|alt)-(.+)$/.exec(key);
	if (modified?.[1] === 'ctrl') {
		return String.fromCharCode((modified[2]?.charCodeAt(0) ?? 0) & 0x1f);
	}

	return modified ? `\u001b${sequenceOf(modified[2] ?? '')}` : (sequences[key] ?? key);
}

/** Every key that the dashboard knows, each as often as the table has it. */
const known = keyTable.flatMap(({keys: own}) => own.map(sequenceOf));
/** What no screen may show. */
const slips = /\bundefined\b|\bNaN\b|\[object |^\s+at \S+ \(|file:\/\/|\u001b/m;
/** A report of the mouse as text. A shell that has the terminal again echoes what was on its way. */
const typedReport = /\[<\d+;\d+;\d+[Mm]/;

/** How often the screen may be cleared for a resize, a pager, an editor or the wish to leave. */
const clearsFor = 3;

export type Play = {keys: number; clicks: number; resizes: number; starts: number};

/**
 * Presses keys and the mouse by chance, at chance moments, against a dashboard with runs going on, and starts it
 * again on the same data whenever a key has ended it.
 * @param goesOn asked before every key
 * @throws Error with the last keys and the screen, when something is wrong
 */
export async function playKeys(
	seed: number,
	folder: string,
	goesOn: (keys: number) => boolean,
): Promise<Play> {
	const random = createRandom(seed);
	const play: Play = {keys: 0, clicks: 0, resizes: 0, starts: 0};
	while (goesOn(play.keys)) {
		play.starts++;
		await untilEnd(random, await start(random, folder), play, goesOn);
	}

	return play;
}

async function start(random: Random, folder: string): Promise<Opened & {size: Size}> {
	const [columns, rows] = random.pick(sizes);
	const dashboard = await startDashboard({
		folder,
		columns,
		rows,
		inShell: true,
		step: 0.2,
		env: {PAGER: 'cat >/dev/null', EDITOR: 'true', COSMOS_OPEN: 'true'},
	});
	await dashboard.waitFor(/● ready/);
	return {...dashboard, size: {columns, rows}};
}

type Size = {columns: number; rows: number};

async function untilEnd(
	random: Random,
	dashboard: Opened & {size: Size},
	play: Play,
	goesOn: (keys: number) => boolean,
): Promise<void> {
	let ended = false;
	dashboard.exited.then(() => {
		ended = true;
	});
	let allowed = 0;
	let {size} = dashboard;
	const last: string[] = [];
	const wrong = (why: string) =>
		new Error(`${why} after ${JSON.stringify(last.slice(-40))}:\n${dashboard.screen()}`);
	try {
		while (!ended && goesOn(play.keys)) {
			if (random.chance(0.01)) {
				const [columns, rows] = [random.whole(20, 200), random.whole(5, 60)];
				last.push(`${columns}x${rows}`);
				play.resizes++;
				allowed += clearsFor;
				size = {columns, rows};
				await dashboard.resize(columns, rows);
			}

			if (dashboard.mouse() && random.chance(0.15)) {
				const report = mouseBy(random, size);
				last.push(report.slice(1));
				play.clicks++;
				dashboard.send(report);
			}

			if (play.keys % 100 === 99) {
				await expectAnswer(dashboard).catch(error => {
					// A key before may have ended it.
					if (!ended) {
						throw error;
					}
				});
				allowed += clearsFor;
			}

			const text = textBy(random);
			last.push(text.slice(0, 20));
			const isCall = text === keys.enter && dashboard.screen().includes('╭ cosmos ─');
			if (isCall || ['v', 'E', 'q', keys.ctrlC].includes(text)) {
				allowed += clearsFor;
			}

			play.keys++;
			dashboard.send(text);
			// People press at any moment, not when the answer is there.
			await rest(random.whole(0, 40));
			if (dashboard.fullClears() > allowed && !ended) {
				throw wrong('the whole screen was cleared');
			}

			const screen = dashboard.screen();
			const typed = dashboard.inAlternateScreen() ? typedReport.exec(screen) : undefined;
			const slip = slips.exec(screen) ?? typed;
			if (slip && !ended) {
				throw wrong(`the screen says "${slip[0]}"`);
			}
		}

		// A pager or an editor that has the terminal takes what is meant for the dashboard.
		while (!ended) {
			dashboard.send(keys.ctrlC, keys.ctrlC);
			await Promise.race([dashboard.exited, rest(unchanged)]);
		}

		// What the shell says last may come after the news of its end.
		await vi.waitFor(
			() => expect(dashboard.output()).toMatch(/code \d+\r?\n[\s\S]*iexten/),
			60_000,
		);
		const isRestored =
			!dashboard.inAlternateScreen() &&
			dashboard.cursorShown() &&
			!dashboard.bracketedPaste() &&
			!dashboard.mouse();
		if (!isRestored || !/code 0\r?\n[\s\S]*(?<!-)icanon/.test(dashboard.output())) {
			const end = JSON.stringify(dashboard.output().slice(-2000));
			throw wrong(`the terminal is not as it was, or the program has not ended well (${end}),`);
		}
	} finally {
		await dashboard.close();
	}
}

/** Steps from anywhere to the help page: questions, forms, filters, pages, then the home screen. */
const mostSteps = 50;
/** Milliseconds. */
const unchanged = 2000;
const isHelp = (screen: string) => screen.includes('╭ Keys ');

/**
 * Whatever came before, the program obeys: esc leads home, and a key does there what it says. Each
 * key is pressed when the one before has changed the screen, or has not for a while: of two that
 * come together, with keys from before, one may take back what the other did.
 */
async function expectAnswer(dashboard: Opened): Promise<void> {
	await dashboard.resize(100, 30);
	const press = async (key: string, before: string) => {
		dashboard.send(key);
		const changed = dashboard.waitFor(now => now !== before).catch(() => undefined);
		await Promise.race([changed, rest(unchanged)]);
		return dashboard.screen();
	};

	let screen = dashboard.screen();
	for (let step = 0; !isHelp(screen); step++) {
		if (step === mostSteps) {
			throw new Error(`after ${mostSteps} steps there is no help page:\n${screen}`);
		}

		if (screen.includes('press Return to go back')) {
			screen = await press(keys.enter, screen);
			continue;
		}

		// Without it a pager has the terminal, or the dashboard is on its way out.
		await Promise.race([
			dashboard.waitFor(() => dashboard.inAlternateScreen()),
			dashboard.exited.then(() => {
				throw new Error('it has ended');
			}),
		]);
		const isHome = screen.includes('? help');
		const isAsked = screen.includes('What you typed will be lost');
		screen = await press(isHome ? '?' : isAsked ? 'y' : keys.escape, screen);
	}

	// The first one may only end the search in it.
	for (let step = 0; isHelp(screen); step++) {
		expect(step, screen).toBeLessThan(mostSteps);
		screen = await press(keys.escape, screen);
	}
}

/** A press, a drag, a release or the wheel, anywhere on the screen. */
function mouseBy(random: Random, {columns, rows}: Size): string {
	const at = `${random.whole(1, columns)};${random.whole(1, rows)}`;
	const button = random.pick([0, 0, 32, 64, 65]);
	return random.chance(0.4) ? `\u001b[<0;${at}M\u001b[<0;${at}m` : `\u001b[<${button};${at}M`;
}

function textBy(random: Random): string {
	if (random.chance(0.02)) {
		return keys.paste('some words\nand more '.repeat(random.whole(1, 200)));
	}

	if (random.chance(0.08)) {
		return String.fromCharCode(random.whole(0x20, 0x7e));
	}

	// Ctrl-C and q would end most plays after some keys.
	const text = random.pick(known);
	return (text === keys.ctrlC || text === 'q') && random.chance(0.8) ? keys.escape : text;
}
