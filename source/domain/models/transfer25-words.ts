import type {ControlName, KeyOfScope} from '../settings/settings.js';
import type {SettingWriters} from './setting-writers.js';
import {
	type MaskKey,
	mostFrames,
	type settingsTable,
	type Transfer25Settings,
} from './transfer25-settings.js';

/** What a sample's controls contain, and what only the product uses. */
type OtherKey = ControlName | MaskKey | 'blur' | 'canny' | 'timeLimit';

/** The keys of a sample for its settings, besides those of its controls. */
export const sampleKeys: SettingWriters<
	Transfer25Settings,
	Exclude<KeyOfScope<typeof settingsTable, 'sample'>, OtherKey>,
	object
> = {
	seed: seed => ({seed}),
	guidance: guidance => ({guidance}),
	steps: steps => ({num_steps: steps}),
	resolution: resolution => ({resolution}),
	keepInputResolution: keep_input_resolution => ({keep_input_resolution}),
	maxFrames: frames => (frames === mostFrames ? {} : {max_frames: frames}),
	framesPerChunk: frames => ({num_video_frames_per_chunk: frames}),
	conditionalFrames: frames => ({num_conditional_frames: frames}),
};

/** The flags of `inference.py` for the settings of a process. */
export const words: SettingWriters<
	Transfer25Settings,
	KeyOfScope<typeof settingsTable, 'process'>,
	string[]
> = {
	offloadGuardrails: isOn => (isOn ? ['--offload-guardrail-models'] : []),
};
