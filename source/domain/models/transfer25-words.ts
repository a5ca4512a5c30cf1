import type {ControlName, KeyOfScope} from '../settings.js';
import type {SettingWriters} from './setting-writers.js';
import {
	type MaskKey,
	type settingsTable,
	type Transfer25Settings,
	wholeNoise,
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
	// A text to the program, like the resolution.
	sigmaMax: sigma => (sigma === wholeNoise ? {} : {sigma_max: String(sigma)}),
};

/** The flags of `inference.py` for the settings of a process. */
export const words: SettingWriters<
	Transfer25Settings,
	KeyOfScope<typeof settingsTable, 'process'>,
	string[]
> = {
	distilled: isOn => (isOn ? ['--model', 'edge/distilled'] : []),
	offloadGuardrails: isOn => (isOn ? ['--offload-guardrail-models'] : []),
};
