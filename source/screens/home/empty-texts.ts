import {type Line, span} from '../../state/content/line.js';
import {wrap} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import {layoutOf} from '../../state/layout.js';
import {filterProblem} from '../../state/list-filters.js';
import {isLookingForOlder} from '../../state/older-rows.js';
import type {ListName} from '../../state/panels.js';
import {rowCount} from '../../state/selectors.js';

/** Whether this is a first start and nothing has been tried yet. */
export function isWelcoming({touring, runs, prompts}: DashboardState): boolean {
	return touring && runs?.length === 0 && (prompts?.length ?? 0) > 0;
}

/** First start: what this is, what the demo host is, three keys to a first result. */
export function welcomeLines(state: DashboardState, width: number): Line[] {
	const text = (words: string): Line[] => wrap(words, width).map(row => [row]);
	const key = (name: string, words: string): Line[] =>
		wrap(words, width - 8).map((row, index) => [
			span('accent', index === 0 ? `  ${name.padEnd(6)}` : ' '.repeat(8)),
			row,
		]);
	const submit = keyOf(state, 'form-submit', 'launch-form');
	const next = keyOf(state, 'next-tab');
	return [
		[span('strong', 'Welcome to cosmos')],
		...text(
			'It makes videos from a text and, if you like, images or videos, with NVIDIA Cosmos on a GPU host.',
		),
		...text(
			'No GPU host is configured yet. The host "demo" stands in for one: a simulator on this machine. Its videos are real files, marked as simulated.',
		),
		[],
		...key(keyOf(state, 'launch'), 'opens the launch form for the selected prompt'),
		...key(submit, `launches it; ${keyOf(state, 'open')} then opens its log`),
		...key(`${next} ${next}`, 'shows the outputs: where the video is'),
	];
}

/** What stands in a list without rows: why it is empty, and how to change that. */
export function emptyListLines(state: DashboardState, list: ListName, width: number): Line[] {
	// Where there is no detail beside the lists, the free space welcomes.
	if (list === 'runs' && layoutOf(state).stacked && isWelcoming(state)) {
		return welcomeLines(state, width);
	}

	return emptyListText(state, list).flatMap(text =>
		wrap(text, width).map((row): Line => [span('dim', row)]),
	);
}

/** What the queue is, while nothing is in it. */
export function emptyQueueTexts(state: DashboardState): readonly string[] {
	const key = keyOf(state, 'form-queue');
	return [
		'The queue is empty.',
		`${key} in a launch form adds a job; an open dashboard works through the queue.`,
	];
}

const noMatches = (state: DashboardState, list: ListName) =>
	list !== 'queue' && isLookingForOlder(state, list) ? 'searching older rows …' : 'No matches.';

function emptyListText(state: DashboardState, list: ListName): readonly string[] {
	if (state.storeProblem !== '') {
		return [state.storeProblem];
	}

	if (rowCount(state, list) === undefined) {
		return ['reading …'];
	}

	if (list === 'runs' && state.filters.runs === '' && state.runsOf !== undefined) {
		if (isLookingForOlder(state, list)) {
			return [noMatches(state, list)];
		}

		return [
			'This prompt has no runs yet.',
			`${keyOf(state, 'launch')} launches one, ${keyOf(state, 'clear')} shows the runs of all.`,
		];
	}

	if (state.filters[list] !== '') {
		const problem = filterProblem(list, state.filters[list], state.recipes);
		return [
			...(problem ? [problem.message, problem.hint] : [noMatches(state, list)]),
			`${keyOf(state, 'clear')} shows all rows.`,
		];
	}

	if (list === 'queue') {
		return emptyQueueTexts(state);
	}

	return list === 'prompts'
		? [
				'No prompts yet.',
				`${keyOf(state, 'new-prompt')} creates one from a text and, if you like, images or videos.`,
			]
		: [
				'No runs yet.',
				`${keyOf(state, 'launch')} on a prompt, then ${keyOf(state, 'form-submit', 'launch-form')}, launches one.`,
			];
}
