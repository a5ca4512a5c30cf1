import {keyTable, update} from '../../source/dashboard/update.js';
import type {Host} from '../../source/domain/hosts/host.js';
import type {Job} from '../../source/domain/queue/job.js';
import type {Prompt, PromptInput, Run, ShownRun} from '../../source/domain/types.js';
import {type DashboardState, initialState} from '../../source/state/dashboard-state.js';
import type {Effect} from '../../source/state/effect.js';
import type {Event} from '../../source/state/event.js';
import {findKey} from '../../source/state/keys/keymap.js';
import type {HostReport} from '../../source/workflow/workflow-types.js';
import {defaultSettings} from '../default-settings.js';

/** A fixed moment: 2026-11-24 12:00 at home. */
export const noon = new Date(2026, 10, 24, 12, 0, 0).getTime();

const at = (minutesAgo: number) => new Date(noon - minutesAgo * 60_000).toISOString();

export const demoHost: Host = {
	name: 'demo',
	transport: 'local',
	engine: 'process',
	ssh: '',
	remoteDir: '/home/ada/.local/share/cosmos/demo',
	image: '',
	docker: ['docker'],
	gpus: [],
	dockerArgs: [],
	env: [],
	prefix: [],
	simulated: true,
};

export const gpuHost: Host = {
	...demoHost,
	name: 'h100',
	transport: 'ssh',
	engine: 'docker',
	ssh: 'gpu-box',
	image: 'cosmos-transfer1',
	simulated: false,
};

/** An answer of the GPU host with so many cards. */
export function gpuReport(cards = 1, change: Partial<HostReport> = {}): HostReport {
	return {
		host: gpuHost,
		engine: {
			version: 'Docker 28.2.2',
			image: 'cosmos-transfer1',
			imageCreated: new Date(noon - 12 * 86_400_000).toISOString(),
		},
		gpus: Array.from({length: cards}, (_, index) => ({
			index,
			name: 'NVIDIA H100 80GB HBM3',
			memoryTotal: 81_559,
			memoryUsed: 41_980,
			utilization: 62,
			temperature: 64,
			power: 410.4,
			powerLimit: 700,
		})),
		freeSpace: 800 * 1024 ** 3,
		jobs: [{runId: 'run_000000000001', lane: 'gpu0', startedBy: 'ada@home', state: 'Up 4 minutes'}],
		connectedSince: noon - 60_000,
		answerTime: 23.4,
		processes: [{pid: 4242, name: '/usr/bin/python3', gpu: 0, memory: 23_552, user: 'grace'}],
		...change,
	};
}

export function input(role: PromptInput['role']): PromptInput {
	return {
		role,
		path: `/videos/city/${role}.mp4`,
		size: 1_234_567,
		width: 1280,
		height: 704,
		frames: 121,
		fps: 24,
	};
}

export function prompt(number: number, change: Partial<Prompt> = {}): Prompt {
	return {
		id: `ps_00000000000${number}`,
		name: `prompt-${number}`,
		text: 'A city street at night, neon light on wet asphalt.',
		negative: '',
		videoDir: '/videos/city',
		inputs: [input('color'), input('depth')],
		createdAt: at(60 * number),
		...change,
	};
}

type Common = Omit<
	Extract<Run, {status: 'cancelled'; operation: 'transfer'}>,
	'status' | 'exitCode'
>;

export function runBase(number: number, change: Partial<Common> = {}): Common {
	return {
		id: `run_00000000000${number}`,
		promptId: 'ps_000000000001',
		promptName: 'prompt-1',
		promptText: 'A city street at night, neon light on wet asphalt.',
		negative: '',
		operation: 'transfer',
		model: 'transfer1',
		settings: defaultSettings,
		host: 'demo',
		lane: 'all',
		simulated: true,
		inputs: [{role: 'color', path: '/videos/city/color.mp4', size: 1_234_567}],
		createdAt: at(10 * number),
		times: {
			uploading: at(10 * number),
			running: at(10 * number - 1),
			downloading: at(10 * number - 4),
			ended: at(10 * number - 5),
		},
		owner: {pid: 1, startTime: '1', bootId: 'boot', machine: 'home'},
		...change,
	};
}

export const going = (number: number): ShownRun => ({
	run: {...runBase(number, {times: {uploading: at(1), running: at(1)}}), status: 'running'},
	shown: 'running',
});

export const done = (number: number): ShownRun => ({
	run: {
		...runBase(number),
		status: 'completed',
		exitCode: 0,
		outputs: [{name: 'output.mp4', size: 2_345_678, sha256: 'ab'.repeat(32)}],
	},
	shown: 'completed',
});

export const failed = (number: number): ShownRun => ({
	run: {
		...runBase(number),
		status: 'failed',
		failure: {
			reason: 'guardrail',
			message: 'the safety filter (guardrail) blocked the input or the result',
			hint: 'Reword the prompt, or use another input video.',
		},
	},
	shown: 'failed',
});

export function waitingJob(number: number): Job {
	const id = `job_00000000000${number}`;
	return {
		id,
		parts: [{id, name: `street-${number}`, request: {promptId: 'ps_000000000001'}}],
		host: 'h100',
		lane: 'gpu0',
		attempts: 0,
		createdAt: new Date(noon).toISOString(),
		status: 'waiting',
	};
}

export function start(change: Partial<DashboardState> = {}): DashboardState {
	return {
		...initialState({
			recipes: [],
			size: {columns: 120, rows: 32},
			touring: false,
			mouse: false,
			readOnly: false,
			keys: keyTable,
			pictureColours: 'none',
			hosts: [demoHost, gpuHost],
			defaultHost: 'demo',
			runFolderOf: id => `/data/runs/${id}`,
			now: noon,
		}),
		host: {
			state: 'known',
			name: 'demo',
			report: {host: demoHost, gpus: [], jobs: []},
			at: noon,
		},
		...change,
	};
}

/** Three prompts and three runs, as a reader of the store would bring them. */
export function filled(change: Partial<DashboardState> = {}): DashboardState {
	return apply(
		start(change),
		{type: 'prompts-read', prompts: [prompt(1), prompt(2), prompt(3)]},
		{type: 'runs-read', runs: [done(1), failed(2), done(3)], ownRuns: [], at: noon},
	);
}

export function apply(state: DashboardState, ...events: readonly Event[]): DashboardState {
	return events.reduce((now, event) => update(now, event)[0], state);
}

const commandEvent = (command: string, at = noon) => ({type: 'command', command, at}) as const;

/** The state after commands, as their keys would run them. */
export function commanded(state: DashboardState, ...commands: readonly string[]): DashboardState {
	return apply(state, ...commands.map(command => commandEvent(command)));
}

/** What a command asks of the world, beside what it does to the state. */
export function effectOf(state: DashboardState, command: string, at = noon): Effect | undefined {
	return update(state, commandEvent(command, at))[1];
}

/** The command that a key runs now. */
export const commandFor = (state: DashboardState, key: string) => findKey(state, key).key?.command;

export function type(state: DashboardState, text: string): DashboardState {
	return apply(state, {type: 'typed', text, at: noon});
}
