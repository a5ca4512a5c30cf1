import {expect, it} from 'vitest';
import {defaultsOf} from '../../../source/domain/settings/settings-tables.js';
import type {Run} from '../../../source/domain/types.js';
import {againCommand} from '../../../source/screens/commands/cli-words.js';
import {runBase} from '../../dashboard/examples.js';
import {defaultSettings} from '../../default-settings.js';

const again = (change: Partial<Run>) =>
	againCommand({...runBase(1), status: 'cancelled', ...change} as Run);

it('says how a transfer is run again, with what is not the default', () => {
	const settings = {...defaultSettings, edge: 0.5, steps: 7, distilled: true};
	expect(again({settings})).toBe(
		'cosmos inference ps_000000000001 --host demo --stream ' +
			'--weights 0.25 0.5 0.25 0.25 --steps 7 --distilled',
	);
});

it('says how a transfer of another family is run again', () => {
	const model = 'transfer2.5';
	const settings = {...defaultsOf('transfer', model), guidance: 7, edgeMask: false};
	expect(again({model, settings})).toBe(
		'cosmos inference ps_000000000001 --host demo --stream --model transfer2.5 ' +
			'--guidance 7 --no-edge-mask',
	);
});

it('names the family also when the prompt or the host have come to ask for another', () => {
	const run = {...runBase(1), status: 'cancelled', settings: defaultSettings} as Run;
	expect(againCommand(run, 'transfer2.5')).toContain('--stream --model transfer1');
});

it('says how a prompt is enhanced again', () => {
	const settings = {...defaultsOf('enhance'), createNew: false, force: true};
	expect(again({operation: 'enhance', settings})).toBe(
		'cosmos prompt-enhance ps_000000000001 --host demo --stream --no-create-new --force',
	);
});

it('says how a run is upscaled again', () => {
	const settings = {...defaultsOf('upscale'), weight: 0.7};
	const parentId = 'run_000000000002';
	expect(again({operation: 'upscale', settings, parentId, promptText: ''})).toBe(
		'cosmos upscale run_000000000002 --host demo --stream --weight 0.7',
	);
});

it('says how a video file is upscaled again, safe to paste into a shell', () => {
	const settings = defaultsOf('upscale');
	const inputs: Run['inputs'] = [{role: 'color', path: '/my videos/a.mp4', size: 1}];
	expect(again({operation: 'upscale', settings, inputs, promptText: "it's $(x)"})).toBe(
		`cosmos upscale '/my videos/a.mp4' --host demo --stream --prompt 'it'\\''s $(x)'`,
	);
});
