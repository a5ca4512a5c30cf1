import {defaultsOf} from '../../../source/domain/settings/settings-tables.js';
import type {TaskOf} from '../../../source/domain/types.js';
import {defaultSettings} from '../../default-settings.js';

/** A task of each operation, with the defaults. */
const common = {
	promptName: 'street',
	promptText: 'A street',
	negative: '',
	model: 'transfer1',
	inputs: [],
} as const;

export const transferTask: TaskOf<'transfer'> = {
	...common,
	inputs: [],
	operation: 'transfer',
	promptId: 'ps_000000000001',
	settings: defaultSettings,
};

export const upscaleTask: TaskOf<'upscale'> = {
	...common,
	inputs: [],
	operation: 'upscale',
	promptText: '',
	settings: defaultsOf('upscale'),
};

export const enhanceTask: TaskOf<'enhance'> = {
	...common,
	inputs: [],
	operation: 'enhance',
	promptId: 'ps_000000000001',
	settings: defaultsOf('enhance'),
};
