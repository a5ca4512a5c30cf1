import type {Transfer} from '../../../source/domain/models/family.js';
import type {Setting, SettingValue} from '../../../source/domain/settings.js';
import {completeSettings} from '../../../source/domain/settings-check.js';
import {transferTask} from './tasks.js';

/** An allowed value of a setting that is not its default. */
export function otherValue(row: Setting): SettingValue {
	switch (row.kind) {
		case 'switch':
			return !row.default;
		case 'choice':
			return row.choices.find(choice => choice !== row.default) ?? '';
		default:
			return row.default + row.step <= row.max ? row.default + row.step : row.default - row.step;
	}
}

/** Two transfers of a family that differ in one setting alone. */
export function changedTasks(model: string, row: Setting): [before: Transfer, after: Transfer] {
	// The distilled model works with edge alone.
	const base = row.key === 'distilled' ? {vis: 0, depth: 0, seg: 0} : {};
	const taskOf = (more: object): Transfer => ({
		...transferTask,
		model,
		settings: completeSettings('transfer', {...base, ...more}, model),
	});
	return [taskOf({}), taskOf({[row.key]: otherValue(row)})];
}
