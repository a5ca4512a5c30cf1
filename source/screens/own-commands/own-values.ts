import path from 'node:path';
import type {CommandSubject, CommandValue, OwnCommand} from '../../domain/own-command.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {jobWords} from '../../state/job-words.js';
import {shownRunOf, targetJobs, targetPrompts, targetRuns} from '../../state/selectors.js';
import {videoOf} from '../../workflow/runs/open-video.js';

export type OwnValues = Partial<Record<CommandValue, string>>;

const wanted: Readonly<Record<CommandSubject, string>> = {
	run: 'select a run first',
	output: 'select a run with a result first',
	prompt: 'select a prompt first',
	queue: 'select a job of the queue first',
};

/** The values of what a command works on: the marked rows, or the selected one. */
export function ownValues(state: DashboardState, {on}: Pick<OwnCommand, 'on'>): OwnValues[] {
	switch (on) {
		case 'run':
			return shownRunOf(state) ? runValues(state) : [];
		case 'output':
			return shownRunOf(state) ? runValues(state).filter(({video}) => video !== undefined) : [];
		case 'prompt':
			return state.subject === 'prompts'
				? targetPrompts(state).map(({id, name, videoDir, text}) => ({
						...{id, name, folder: videoDir, text},
					}))
				: [];
		case 'queue':
			return targetJobs(state).map(({job, shown}) => ({
				...{id: job.id, name: jobWords(job).names, status: shown, host: job.host},
			}));
	}
}

function runValues(state: DashboardState): OwnValues[] {
	return targetRuns(state).map(shown => {
		const {id, promptName, promptText, host} = shown.run;
		const folder = state.runFolderOf(id);
		return {
			...{id, name: promptName, status: shown.shown, host, text: promptText},
			folder: path.join(folder, 'outputs'),
			video: resultOf(shown, folder),
		};
	});
}

/** The video of a run, else its image or another file of its result. */
function resultOf(shown: Parameters<typeof videoOf>[0], folder: string): string | undefined {
	try {
		return videoOf(shown, folder);
	} catch {
		return undefined;
	}
}

/** Why a command does nothing now; undefined when it works. */
export function ownObstacle(
	state: DashboardState,
	command: Pick<OwnCommand, 'on'>,
	used: readonly string[],
): string | undefined {
	const all = ownValues(state, command);
	if (all.length === 0) {
		return wanted[command.on];
	}

	const missing = used.find(
		name =>
			!name.startsWith('ask.') && all.some(values => values[name as CommandValue] === undefined),
	);
	return missing === undefined ? undefined : `${all[0]?.id} has no ${missing}`;
}
