import type {Line} from '../../state/content/line.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {layoutOf} from '../../state/layout.js';
import type {ListName, TabName} from '../../state/panels.js';
import {selectedPrompt, shownRunOf} from '../../state/selectors.js';
import {jobCommands, promptCommands, runCommands} from '../commands/commands-tab.js';
import {lineageLines} from '../lineage/lineage-tab.js';
import {outputLines} from '../outputs/outputs-tab.js';
import {pictureLines} from '../pictures/picture-content.js';
import {aloneVideo} from '../pictures/shown-videos.js';
import {promptLines} from '../prompts/prompt-tab.js';
import {jobLines} from '../queue/job-tab.js';
import {settingsLines} from '../settings/settings-tab.js';
import {detailTextWidth} from './content-rows.js';

/** @param height rows that are visible at once */
type Tab = (state: DashboardState, width: number, height: number) => Line[];

/** What each tab shows of a prompt, a run or a job; the log has a view of its own. */
const tabs: Readonly<Record<ListName, Partial<Record<TabName, Tab>>>> = {
	prompts: {
		prompt: ofPrompt(promptLines),
		lineage: lineageLines,
		commands: ofPrompt(promptCommands),
	},
	runs: {
		settings: ofRun(settingsLines),
		outputs: ofRun(outputLines),
		lineage: lineageLines,
		commands: ofRun(runCommands),
	},
	queue: {job: jobLines, commands: jobCommands},
};

/** The rows of every tab but the log; as many as there are, the view scrolls over them. */
export function detailLines(state: DashboardState): Line[] {
	const width = detailTextWidth(state);
	const height = layoutOf(state).detailRows - 1;
	if (aloneVideo(state)) {
		return pictureLines(state, width, height);
	}

	return tabs[state.subject][state.tab]?.(state, width, height) ?? [];
}

function ofPrompt(
	lines: (
		state: DashboardState,
		prompt: NonNullable<ReturnType<typeof selectedPrompt>>,
		width: number,
		height: number,
	) => Line[],
): Tab {
	return (state, width, height) => {
		const prompt = selectedPrompt(state);
		return prompt ? lines(state, prompt, width, height) : [];
	};
}

function ofRun(
	lines: (
		state: DashboardState,
		shown: NonNullable<ReturnType<typeof shownRunOf>>,
		width: number,
		height: number,
	) => Line[],
): Tab {
	return (state, width, height) => {
		const shown = shownRunOf(state);
		return shown ? lines(state, shown, width, height) : [];
	};
}
