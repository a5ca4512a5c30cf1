import type {Prompt, Run} from '../domain/types.js';
import type {DashboardState} from './dashboard-state.js';
import {shownJobOf, targetPrompt} from './selectors.js';

/** The run that the selected job has become, or whose video it works on. */
export function runOfJob(state: DashboardState): Run | undefined {
	const parts = shownJobOf(state)?.job.parts ?? [];
	const [first] = parts;
	const own = state.runs?.find(({run}) =>
		parts.some(({id, runId}) => run.id === runId || run.jobId === id),
	);
	const {runId} = {runId: undefined, ...first?.request};
	return own?.run ?? state.runs?.find(({run}) => run.id === runId)?.run;
}

/** The prompt of the selected run or job. */
export function originOf(state: DashboardState): Prompt | undefined {
	const request = shownJobOf(state)?.job.parts[0]?.request;
	const {promptId} = {promptId: undefined, ...request};
	return promptId === undefined
		? targetPrompt(state)
		: state.prompts?.find(({id}) => id === promptId);
}
