import {unnamedModel} from '../../domain/models/families.js';
import {specOf} from '../../domain/models/models.js';
import {isQueued} from '../../domain/queue/job.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import type {Prompt, Run, ShownRun} from '../../domain/types.js';
import {commandIn} from '../../state/content/content-lines.js';
import type {Line} from '../../state/content/line.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {jobWords} from '../../state/job-words.js';
import {canUpscale, shownJobOf} from '../../state/selectors.js';
import {outputsFolder} from '../outputs/outputs-tab.js';
import {againCommand, launchCommand} from './cli-words.js';

/** The Commands tab of a prompt. */
export function promptCommands(state: DashboardState, prompt: Prompt, width: number): Line[] {
	const command = commandIn(width);
	return [
		...command(
			'launch it',
			launchCommand(prompt.id, state.lastForms.transfer?.host ?? state.defaultHost),
		),
		...command('what would run', `cosmos inference ${prompt.id} --dry-run`),
		...command('have the model write a richer text', `cosmos prompt-enhance ${prompt.id}`),
		...command('show it', `cosmos show ${prompt.id}`),
		...command('its runs', `cosmos list runs --prompt ${prompt.id}`),
		...command('its videos', cleanText(prompt.videoDir)),
	];
}

/** The Commands tab of a run. */
export function runCommands(state: DashboardState, {run, shown}: ShownRun, width: number): Line[] {
	const command = commandIn(width);
	const going = !('ended' in run.times) && shown !== 'interrupted';
	return [
		...command('show it', `cosmos show ${run.id}`),
		...command('its log', `cosmos logs ${run.id}${going ? ' --follow' : ''}`),
		...(going ? command('stop it', `cosmos kill ${run.id}`) : []),
		...(shown === 'uncollected' ? command('fetch the outputs', `cosmos fetch ${run.id}`) : []),
		...(canUpscale({run, shown}) ? command('upscale its video', `cosmos upscale ${run.id}`) : []),
		...command('run it again', againCommand(run, usualModel(state, run))),
		...command('its outputs', outputsFolder(state, run)),
		...command('its spec', `${state.runFolderOf(run.id)}/${specOf(run)}`),
	];
}

/** The family that a launch of the run's prompt on its host has when none is named. */
function usualModel({prompts = [], hosts}: DashboardState, run: Run): string {
	const prompt = prompts.find(({id}) => id === run.promptId);
	const host = hosts.find(({name}) => name === run.host);
	return prompt?.model ?? host?.model ?? unnamedModel;
}

/** The Commands tab of a job. */
export function jobCommands(state: DashboardState, width: number): Line[] {
	const command = commandIn(width);
	const shown = shownJobOf(state);
	const common = [
		...command('list the queue', 'cosmos queue list'),
		...command('work through it without a dashboard', 'cosmos queue run'),
	];
	if (!shown) {
		return common;
	}

	const {id, status} = shown.job;
	const {what} = jobWords(shown.job);
	const inLine = isQueued(shown.job);
	return [
		...(inLine ? command('start it next', `cosmos queue move ${id} first`) : []),
		...(inLine && status !== 'held' ? command('hold it', `cosmos queue hold ${id}`) : []),
		...(status === 'held' ? command('release it', `cosmos queue release ${id}`) : []),
		...(inLine || status === 'working'
			? command(`remove the ${what}, or stop it`, `cosmos queue cancel ${id}`)
			: []),
		...common,
	];
}
