import {flagName, type Setting, type SettingValue} from '../settings/settings.js';
import {kinds, tableOfKind} from '../settings/settings-tables.js';
import type {Recipe} from '../types.js';
import type {Field} from './field.js';

/** A field for each setting of any kind of job, by the name of its flag. */
export function settingFields<T>(
	settingsOf: (item: T) => ReadonlyArray<Readonly<Record<string, unknown>>>,
	recipes: readonly Recipe[],
): Field<T>[] {
	const tables = [...kinds.map(tableOfKind), ...recipes.map(({settings = []}) => settings)];
	return [...Map.groupBy(tables.flat(), ({key}) => key)].map(([key, [first, ...others]]) => {
		const {label, help, ...row} = first as Setting;
		const shared = {
			...{name: flagName(key).slice(2), help, isSetting: true as const},
			aliases: [...new Set([key.toLowerCase(), label.replaceAll(' ', '-').toLowerCase()])],
		};
		const values = (item: T) =>
			settingsOf(item).flatMap(settings => (settings[key] as SettingValue | undefined) ?? []);
		const kindsOfRow = new Set(
			[row, ...others].map(({kind}) => (kind === 'integer' ? 'number' : kind)),
		);
		if (kindsOfRow.size === 1 && kindsOfRow.has('number')) {
			return {
				...shared,
				type: 'number',
				get: item => values(item).filter(value => typeof value === 'number'),
			};
		}

		if (kindsOfRow.size === 1 && row.kind === 'switch') {
			return {
				...shared,
				type: 'choice',
				values: ['on', 'off'],
				get: item => values(item).map(value => (value === true ? 'on' : 'off')),
			};
		}

		const choices = [row, ...others].flatMap(one => (one.kind === 'choice' ? one.choices : []));
		return {
			...shared,
			type: 'text',
			values: [...new Set(choices)],
			get: item => values(item).map(String),
		};
	});
}
