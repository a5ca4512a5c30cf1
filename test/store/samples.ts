import type {Transfer1Settings} from '../../source/domain/models/transfer1-settings.js';
import type {Prompt, Run} from '../../source/domain/types.js';
import {thisProcess} from '../../source/machine/process-identity.js';
import {defaultSettings} from '../default-settings.js';

export const noon = '2026-11-24T12:00:00.000Z';

export function samplePrompt(id: string, text = 'A city street at night'): Prompt {
	return {
		id,
		name: 'city-street-at-night',
		text,
		negative: '',
		videoDir: '/videos/city',
		inputs: [
			{
				role: 'color',
				path: '/videos/city/color.mp4',
				size: 1000,
				width: 1280,
				height: 704,
				frames: 121,
				fps: 24,
			},
		],
		createdAt: noon,
	};
}

export function sampleRun(id: string, more: {owner?: Run['owner']; promptId?: string} = {}): Run {
	return {
		id,
		promptId: more.promptId ?? 'ps_000000000000',
		promptName: 'city-street-at-night',
		promptText: 'A city street at night',
		negative: '',
		operation: 'transfer',
		model: 'transfer1',
		settings: defaultSettings,
		host: 'demo',
		lane: 'gpu0',
		simulated: true,
		inputs: [{role: 'color', path: '/videos/city/color.mp4', size: 1000}],
		createdAt: noon,
		times: {},
		owner: more.owner ?? thisProcess(),
		status: 'pending',
	};
}

/** The settings of a run that must be a transfer. */
export function settingsOf(run: Run | undefined): Transfer1Settings {
	if (run?.operation !== 'transfer') {
		throw new Error(`${run?.id ?? 'nothing'} is no transfer`);
	}

	return run.settings as Transfer1Settings;
}

export function withSeed(run: Run, seed: number): Run {
	return run.operation === 'transfer' ? {...run, settings: {...run.settings, seed}} : run;
}
