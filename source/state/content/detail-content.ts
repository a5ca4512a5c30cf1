import {cleanText} from '../../domain/log-lines.js';
import type {ShownRun} from '../../domain/types.js';
import type {DashboardState} from '../dashboard-state.js';
import {keyOf} from '../keys/key-text.js';
import {layoutOf} from '../layout.js';
import {pictureLines} from '../pictures/picture-content.js';
import {aloneVideo} from '../pictures/shown-videos.js';
import {jobCommands, jobLines} from '../queue/job-content.js';
import {failureOf, selectedPrompt, shownRunOf} from '../selectors.js';
import {type Line, span} from './line.js';
import {lineageLines} from './lineage-content.js';
import {promptCommands, promptLines} from './prompt-content.js';
import {outputLines, runCommands, settingsLines} from './run-content.js';
import {wrap} from './text-layout.js';

/** Width inside the detail's border, with a blank on each side. */
function detailTextWidth(state: DashboardState): number {
	return layoutOf(state).detailWidth - (state.bare ? 0 : 4);
}

/** Rows of a tab other than the log. */
const contentHeight = (state: DashboardState) => layoutOf(state).detailRows - 1;

/** The rows of every tab but the log; as many as there are, the view scrolls over them. */
export function detailLines(state: DashboardState): Line[] {
	const width = detailTextWidth(state);
	const shown = shownRunOf(state);
	if (aloneVideo(state)) {
		return pictureLines(state, width, contentHeight(state));
	}

	if (state.tab === 'lineage') {
		return lineageLines(state);
	}

	if (state.subject === 'queue') {
		return state.tab === 'commands' ? jobCommands(state, width) : jobLines(state, width);
	}

	if (!shown) {
		const prompt = selectedPrompt(state);
		if (!prompt) {
			return [];
		}

		return state.tab === 'commands'
			? promptCommands(state, prompt, width)
			: promptLines(state, prompt, width, contentHeight(state));
	}

	switch (state.tab) {
		case 'settings':
			return settingsLines(shown, state.now, width);
		case 'outputs':
			return outputPage(state, shown, width);
		default:
			return runCommands(state, shown, width);
	}
}

/** The outputs with their pictures. */
function outputPage(state: DashboardState, shown: ShownRun, width: number): Line[] {
	const lines = outputLines(state, shown, width);
	return [...lines, ...pictureLines(state, width, contentHeight(state) - lines.length)];
}

/** What stands over a run's log when it did not end well: the reason and the remedy. */
export function troubleLines(state: DashboardState): Line[] {
	const shown = shownRunOf(state);
	if (!shown || state.tab !== 'log') {
		return [];
	}

	const width = detailTextWidth(state) - 2;
	const failure = failureOf(shown.run);
	if (failure) {
		const role = shown.shown === 'uncollected' ? 'warn' : 'bad';
		return [
			...wrap(cleanText(failure.message), width).map((text, row) => [
				span(role, row === 0 ? '✖ ' : '  '),
				span(role, text),
			]),
			...wrap(cleanText(failure.hint), width)
				.filter(text => text !== '')
				.map((text, row) => [span('strong', row === 0 ? '→ ' : '  '), text]),
			[],
		];
	}

	return shown.shown === 'interrupted'
		? [
				[span('warn', '◌ interrupted: the program that worked on it is gone')],
				[span('strong', '→ '), `${keyOf(state, 'rerun')} runs it again with the same settings`],
				[],
			]
		: [];
}
