import type {DashboardState} from './dashboard-state.js';
import {layoutOf} from './layout.js';
import {type Line, span} from './line.js';
import type {ListName} from './panels.js';
import {wrap} from './text-layout.js';

/** Whether this is the first start and nothing has been tried yet. */
export function isWelcoming({firstStart, runs, prompts}: DashboardState): boolean {
	return firstStart && runs?.length === 0 && (prompts?.length ?? 0) > 0;
}

/** First start: what this is, what the demo host is, three keys to a first result. */
export function welcomeLines(width: number): Line[] {
	const text = (words: string): Line[] => wrap(words, width).map(row => [row]);
	const key = (name: string, words: string): Line[] =>
		wrap(words, width - 8).map((row, index) => [
			span('accent', index === 0 ? `  ${name.padEnd(6)}` : ' '.repeat(8)),
			row,
		]);
	return [
		[span('strong', 'Welcome to cosmos')],
		...text(
			'It makes a new video of a text and a folder of videos, with NVIDIA Cosmos on a GPU host.',
		),
		...text(
			'No GPU host is configured yet. The host "demo" stands in for one: a simulator on this machine. Its videos are real files, marked as simulated.',
		),
		[],
		...key('i', 'opens the launch form for the selected prompt'),
		...key('enter', 'launches it; enter again opens its log'),
		...key('] ]', 'turns to the outputs: where the video is'),
	];
}

/** What stands in a list without rows: why it is empty, and how to change that. */
export function emptyListLines(state: DashboardState, list: ListName, width: number): Line[] {
	// Where there is no detail beside the lists, the free space welcomes.
	if (list === 'runs' && layoutOf(state).stacked && isWelcoming(state)) {
		return welcomeLines(width);
	}

	return emptyListText(state, list).flatMap(text =>
		wrap(text, width).map((row): Line => [span('dim', row)]),
	);
}

function emptyListText(state: DashboardState, list: ListName): readonly string[] {
	if (state.storeProblem !== '') {
		return [state.storeProblem];
	}

	if (state[list] === undefined) {
		return ['reading …'];
	}

	if (list === 'runs' && state.filters.runs === '' && state.runsOf !== undefined) {
		return ['This prompt has no runs yet.', 'i launches one, esc shows the runs of all.'];
	}

	if (state.filters[list] !== '') {
		return ['No row has these words.', 'esc shows all rows.'];
	}

	return list === 'prompts'
		? ['No prompts yet.', 'n makes one from a text and a folder of videos.']
		: ['No runs yet.', 'i on a prompt, then enter, launches one.'];
}
