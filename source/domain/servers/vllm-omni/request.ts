/**
 * What vLLM-Omni's `POST /v1/videos` takes of a run's settings, by the recipes and the protocol of
 * vllm-project/vllm-omni (September 2026), and what it has no field for. Every setting has a row, so that
 * a new one cannot be forgotten.
 */
import {sizeOf, wholeFrames} from '../../models/cosmos3/geometry.js';
import {hintNames, hintOrder} from '../../models/cosmos3/hints.js';
import type {
	ImageSettings,
	ReasonerSettings,
	TransferSettings3,
	Video2VideoSettings,
	VideoSettings,
} from '../../models/cosmos3/rows.js';
import type {ModeName} from '../../models/cosmos3/sample.js';
import {activeControls, type TransferSettings} from '../../settings/settings.js';
import type {RunTask} from '../../types.js';
import type {ModelServer, ServedTask, ServerPlaces} from '../server.js';

/** What a setting becomes: form fields, members of `extra_params`, or the only value that the server can do. */
type Row<V, S> =
	| {form: (value: V, settings: S) => Readonly<Record<string, string | number | boolean>>}
	| {extra: (value: V, settings: S) => Readonly<Record<string, unknown>>}
	| {only: (value: V) => boolean; why: string};

type Table<S> = {readonly [K in keyof S]: Row<S[K], S>};

const field = (name: string) => ({form: (value: string | number | boolean) => ({[name]: value})});
const extra = (name: string) => ({extra: (value: unknown) => ({[name]: value})});

/** Settings of the server's process: it was started with its own. */
const ofProcess = {
	/** The server's own was compared before. */
	checkpoint: {only: () => true, why: ''},
	guardrails: extra('guardrails'),
	offloadGuardrails: {
		only: (isOn: boolean) => !isOn,
		why: 'the guardrails stay in GPU memory on a server',
	},
	diffusionCache: {
		only: (isOn: boolean) => isOn,
		why: 'a server has one cache for all jobs: --cache-backend in its args',
	},
	cacheThreshold: {
		only: (threshold: number) => threshold === 0.35,
		why: 'a server has one cache for all jobs: --cache-backend in its args',
	},
	/** The helper's own container keeps it. */
	timeLimit: {only: () => true, why: ''},
} as const;

const ofPicture = {
	resolution: {
		form: (value: string, {aspectRatio}: {aspectRatio: string}) => ({
			size: sizeOf(value, aspectRatio).replace('\u00d7', 'x'),
		}),
	},
	aspectRatio: {form: () => ({})},
	steps: {
		form: (value: number) => ({num_inference_steps: value}),
	},
	guidance: field('guidance_scale'),
	shift: field('flow_shift'),
	seed: field('seed'),
	outputs: {
		only: (count: number) => count === 1,
		why: 'a request makes one video',
	},
} as const;

const ofVideo = {
	...ofPicture,
	...ofProcess,
	fps: field('fps'),
	quality: {only: (quality: number) => quality === 10, why: 'a server encodes in one quality'},
} as const;

const video = {
	...ofVideo,
	frames: {form: (frames: number) => ({num_frames: wholeFrames(frames)})},
	sound: field('generate_sound'),
} as const satisfies Table<VideoSettings>;

const video2video = {
	...video,
	keptLatents: {
		extra: (count: number) => ({
			condition_frame_indexes_vision: Array.from({length: count}, (_, at) => at),
		}),
	},
	keptEnd: extra('condition_video_keep'),
} as const satisfies Table<Video2VideoSettings>;

/** What is said of a control stands in an object of each. */
const inControls = {extra: () => ({})} as const;

const transfer = {
	...ofVideo,
	frames: {form: (frames: number) => ({num_frames: wholeFrames(frames)})},
	controlGuidance: extra('control_guidance'),
	chunkFrames: extra('num_video_frames_per_chunk'),
	overlap: extra('num_conditional_frames'),
	sourceFrames: extra('num_first_chunk_conditional_frames'),
	emphasize: extra('emphasize_control_in_prompt'),
	showControl: extra('show_control_condition'),
	showInput: extra('show_input'),
	vis: inControls,
	edge: inControls,
	depth: inControls,
	seg: inControls,
	wsm: inControls,
	blur: inControls,
	canny: inControls,
} as const satisfies Table<TransferSettings3>;

/** Modes by what it has for them; a sentence says why it has nothing. */
const modes: {
	readonly [M in ModeName]: Table<SettingsByMode[M]> | string;
} = {
	text2video: video,
	image2video: video,
	video2video,
	transfer,
	text2image: 'its API has jobs for videos only, not for pictures',
	image2image: 'its API has jobs for videos only, not for pictures',
	reasoner: 'it makes videos, and does not answer questions',
};

type SettingsByMode = {
	text2video: VideoSettings;
	image2video: VideoSettings;
	video2video: Video2VideoSettings;
	transfer: TransferSettings3;
	text2image: ImageSettings;
	image2image: ImageSettings;
	reasoner: ReasonerSettings;
};

type AnyRow = Row<never, never>;

function tableOf({mode}: Pick<RunTask, 'mode'>): Readonly<Record<string, AnyRow>> | string {
	const all: Readonly<Record<string, unknown>> = modes;
	return (all[mode ?? ''] ?? 'it does not know the mode') as Readonly<Record<string, AnyRow>>;
}

/** Steps beyond which the server refuses a request. */
const mostSteps = 200;

/** Why the server cannot do a task of its family, in a few words; undefined when it can. */
export function lackOf(task: ServedTask, server: ModelServer): string | undefined {
	const table = tableOf(task);
	if (typeof table === 'string') {
		return table;
	}

	const settings = task.settings as TransferSettings;
	if (settings.checkpoint !== server.checkpoint) {
		return `it serves ${server.checkpoint}, and the job is for ${String(settings.checkpoint)}`;
	}

	for (const [key, row] of Object.entries(table)) {
		if ('only' in row && key in settings && !row.only(settings[key] as never)) {
			return row.why;
		}
	}

	if (settings.guardrails && server.args.includes('--no-guardrails')) {
		return 'it runs without guardrails, and the job asks for them';
	}

	if (Number(settings.steps) > mostSteps) {
		return `it takes at most ${mostSteps} steps`;
	}

	if (task.mode === 'transfer') {
		if (settings.frames === 1) {
			return 'its API has jobs for videos only, not for pictures';
		}

		const filed = hintOrder.some(
			hint => Number(settings[hint] ?? 0) > 0 && task.inputs.some(({role}) => role === hint),
		);
		return filed && server.url !== undefined
			? 'it is not started by cosmos, and cannot read the files of the controls'
			: undefined;
	}

	return undefined;
}

/** The form that is posted: its fields, and its files by their paths in the container. */
export type VideoRequest = {
	fields: Record<string, string>;
	files: Record<string, string>;
};

export function requestFor(
	task: RunTask,
	{inputs}: ServerPlaces,
	server: ModelServer,
): VideoRequest {
	const table = tableOf(task);
	if (typeof table === 'string') {
		throw new Error(`${task.mode} on a server: ${table}`);
	}

	const settings = task.settings as TransferSettings;
	const form: Record<string, unknown> = {
		model: `nvidia/${server.checkpoint}`,
		prompt: task.promptText,
		...(task.negative !== '' && {negative_prompt: task.negative}),
	};
	const more: Record<string, unknown> = {};
	for (const [key, row] of Object.entries(table)) {
		if ('form' in row) {
			Object.assign(form, row.form(settings[key] as never, settings as never));
		} else if ('extra' in row) {
			Object.assign(more, row.extra(settings[key] as never, settings as never));
		}
	}

	if (task.mode === 'transfer') {
		Object.assign(more, transferExtras(settings, inputs));
	}

	form.extra_params = JSON.stringify(more);
	const source = inputs.color ?? inputs.image;
	return {
		fields: Object.fromEntries(Object.entries(form).map(([key, value]) => [key, String(value)])),
		files: source === undefined ? {} : {input_reference: source},
	};
}

function transferExtras(
	settings: TransferSettings,
	inputs: ServerPlaces['inputs'],
): Record<string, unknown> {
	const active = activeControls(settings);
	const controls = hintOrder
		.filter(hint => active.includes(hint))
		.map(hint => [
			hintNames[hint],
			{
				...(inputs[hint] !== undefined && {control_path: `/workspace/${inputs[hint]}`}),
				control_weight: settings[hint],
				...(hint === 'vis' && {preset_blur_strength: settings.blur}),
				...(hint === 'edge' && {preset_edge_threshold: settings.canny}),
			},
		]);
	return {
		...Object.fromEntries(controls),
		resolution: settings.resolution,
		max_frames: settings.frames,
		negative_metadata_mode: 'none',
	};
}
