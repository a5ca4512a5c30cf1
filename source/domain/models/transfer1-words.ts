import type {KeyOfScope} from '../settings/settings.js';
import {type SettingWriters, writeSettings} from './setting-writers.js';
import type {settingsTable, Transfer1Settings} from './transfer1-settings.js';

const switchWord = (flag: string) => (isOn: boolean) => (isOn ? [flag] : []);
const valueWords = (flag: string) => (value: string | number) => [flag, String(value)];

/** The flags of `transfer.py` for the settings of a process, in the order of its command line. */
export const words: SettingWriters<
	Transfer1Settings,
	KeyOfScope<typeof settingsTable, 'process'>,
	string[]
> = {
	// The distilled model takes exactly one step.
	steps: (value, {distilled}) => ['--num_steps', String(distilled ? 1 : value)],
	guidance: valueWords('--guidance'),
	sigmaMax: valueWords('--sigma_max'),
	blur: valueWords('--blur_strength'),
	canny: valueWords('--canny_threshold'),
	fps: valueWords('--fps'),
	seed: valueWords('--seed'),
	distilled: switchWord('--use_distilled'),
	offloadTextEncoder: switchWord('--offload_text_encoder_model'),
	offloadGuardrails: switchWord('--offload_guardrail_models'),
	offloadTransformer: switchWord('--offload_diffusion_transformer'),
};

/** The settings that are flags: those of the whole process. */
export function settingWords(settings: Transfer1Settings): string[] {
	return writeSettings(words, settings).flat();
}
