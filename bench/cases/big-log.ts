import {spawnSync} from 'node:child_process';
import {inTerminal, searchedInVain, untilShown} from '../in-terminal.js';
import {dashboardOn, type LoggedRun, withLoggedRun} from '../logged-run.js';
import {type Case, inTurn, type Measure, seconds} from '../measure.js';
import {hasPeer} from '../peers.js';

/** Of 51 bytes: 2 GB. */
const lines = 40_000_000;

const bigLog: Case = {
	rounds: 3,
	about:
		'A finished log of 2 GB: from the start of a program to its last line, beside `lnav` and `less +G`; then a search through all of it for words that it does not have, beside `grep -c`.',
	run: rounds =>
		withLoggedRun(lines, async run => [
			...(await opened(rounds, run)),
			await searched(rounds, run),
		]),
};

export default bigLog;

async function opened(rounds: number, run: LoggedRun): Promise<Measure[]> {
	const ready = new RegExp(run.lastLine);
	const measures: Measure[] = [];
	for (const {words, limit} of [
		{words: ['lnav', run.log], limit: undefined},
		{
			words: ['less', '+G', run.log],
			limit:
				'less is there before Node has started (`node -e 0`: see list-runs), and reads nothing but the end.',
		},
	] as const) {
		const theirs = hasPeer(words[0]) ? () => untilShown({command: words, ready}) : undefined;
		measures.push({
			name: 'open a log of 2 GB at its end',
			beside: `\`${words.slice(0, -1).join(' ')}\``,
			...(await inTurn(rounds, () => untilShown(dashboardOn(run)), theirs)),
			goal: {kind: 'times', most: 1},
			limit,
		});
	}

	return measures;
}

async function searched(rounds: number, run: LoggedRun): Promise<Measure> {
	const times: Pick<Measure, 'ours' | 'theirs'> = {ours: [], theirs: []};
	await inTerminal(dashboardOn(run), async terminal => {
		terminal.send('0');
		await terminal.waitFor('esc back');
		for (let round = 0; round < rounds; round++) {
			const absent = `nowhere ${round} to be found`;
			times.ours.push(await searchedInVain(terminal, absent));
			times.theirs.push(
				await seconds(async () => {
					spawnSync('grep', ['-c', absent, run.log]);
				}),
			);
		}
	});
	return {
		name: 'search through 2 GB',
		beside: '`grep -c`',
		...times,
		goal: {kind: 'speed', least: 0.5},
	};
}
