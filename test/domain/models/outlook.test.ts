import {describe, expect, it} from 'vitest';
import {outlookOf} from '../../../source/domain/models/families.js';
import type {Launch} from '../../../source/domain/models/outlook.js';
import {defaultsOf} from '../../../source/domain/settings/settings-tables.js';
import type {PromptInput} from '../../../source/domain/types.js';

const color = {
	role: 'color',
	path: '/a/color.mp4',
	size: 1,
	width: 1280,
	height: 704,
	frames: 121,
	fps: 24,
};

function warningsOf(model: string, change: Partial<Launch> = {}, settings: object = {}) {
	const launch: Launch = {
		promptText: 'A street',
		negative: '',
		inputs: [color],
		...change,
		settings: {...defaultsOf('transfer', model), ...settings},
	};
	return outlookOf({model}, launch).warnings;
}

const mask: PromptInput = {...color, role: 'depth_mask', path: '/a/depth_mask.mp4'};

describe('the warnings of a launch', () => {
	it('are none for the defaults and one video', () => {
		expect(warningsOf('transfer1')).toEqual([]);
		expect(warningsOf('transfer2.5')).toEqual([]);
	});

	it('name a mask that Transfer1 ignores, and none that Transfer2.5 uses', () => {
		const inputs = [color, mask];
		expect(warningsOf('transfer1', {inputs})).toEqual([
			'depth_mask is ignored: Cosmos-Transfer1 does not use it',
		]);
		expect(warningsOf('transfer2.5', {inputs})).toEqual([]);
	});

	it('name what the distilled model of Transfer1 ignores, where it was set', () => {
		const distilled = {distilled: true, vis: 0, depth: 0, seg: 0};
		expect(warningsOf('transfer1', {}, distilled)).toEqual([]);
		expect(
			warningsOf(
				'transfer1',
				{negative: 'rain'},
				{...distilled, guidance: 7, sigmaMax: 50, steps: 20},
			),
		).toEqual([
			'the distilled model ignores --steps, --guidance, --sigma-max, the negative prompt',
		]);
	});

	it('say of a text that T5 cuts whether its length is certain or an estimate', () => {
		expect(warningsOf('transfer1', {promptText: 'car '.repeat(511)})).toEqual([]);
		expect(warningsOf('transfer1', {promptText: 'car '.repeat(512)})).toEqual([
			'the text has at least 513 tokens: the model reads 512 and ignores the rest',
		]);
		const long = 'photorealistic, '.repeat(200);
		expect(warningsOf('transfer1', {promptText: long, negative: long})).toEqual([
			'the text has about 801 tokens by our estimate: the model reads 512 and ignores the rest',
			'the negative prompt has about 801 tokens by our estimate: the model reads 512 and ignores the rest',
		]);
	});
});
