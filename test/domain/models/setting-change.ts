import {namedMode} from '../../../source/domain/models/families.js';
import type {Mode, Transfer} from '../../../source/domain/models/family.js';
import {
	type Setting,
	type SettingValue,
	weightNames,
} from '../../../source/domain/settings/settings.js';
import {completeSettings} from '../../../source/domain/settings/settings-check.js';
import {transferTask} from './tasks.js';

/** An allowed value of a setting that is not its default. */
export function otherValue(row: Setting): SettingValue {
	switch (row.kind) {
		case 'switch':
			return !row.default;
		case 'choice':
			return row.choices.find(choice => choice !== row.default) ?? '';
		case 'text':
			return `${row.default}a`;
		default:
			return row.default + row.step <= row.max ? row.default + row.step : row.default - row.step;
	}
}

/** Two transfers of a mode that differ in one setting alone. */
export function changedTasks(
	model: string,
	{name, settings}: Mode,
	row: Setting,
): [before: Transfer, after: Transfer] {
	// Controls that are off have no settings; the distilled model works with edge alone.
	const all = Object.fromEntries(weightNames.map(key => [key, 0.25]));
	const base = row.key === 'distilled' ? {...all, vis: 0, depth: 0, seg: 0} : all;
	const given = Object.entries(base).filter(([key]) => settings.some(one => one.key === key));
	const taskOf = (more: object): Transfer => ({
		...transferTask,
		model,
		...namedMode(model, name),
		settings: completeSettings('transfer', {...Object.fromEntries(given), ...more}, model, name),
	});
	return [taskOf({}), taskOf({[row.key]: otherValue(row)})];
}
