import type {Run} from '../types.js';
import {flagName} from './settings.js';
import {settingValues} from './settings-tables.js';

/** The settings of a run as texts, by what their flags name them. */
export function settingTexts(run: Run): Map<string, string> {
	return new Map(
		settingValues(run).map(({row, value}) => [
			flagName(row.key).slice(2),
			row.kind === 'switch' ? (value ? 'on' : 'off') : String(value),
		]),
	);
}
