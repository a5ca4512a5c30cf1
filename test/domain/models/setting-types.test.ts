import {expectTypeOf, it} from 'vitest';
import type {SettingWriters} from '../../../source/domain/models/setting-writers.js';
import type {KeyOfScope, Setting} from '../../../source/domain/settings/settings.js';

const row = {
	key: 'mood',
	label: 'mood',
	help: 'what the weather does',
	main: true,
	kind: 'switch',
	default: false,
} as const;

it('does not compile a setting without a scope', () => {
	expectTypeOf({...row, scope: 'sample'} as const).toExtend<Setting>();
	expectTypeOf(row).not.toExtend<Setting>();
});

it('does not compile writers that lack a setting of their scope', () => {
	type Table = readonly [typeof row & {scope: 'process'}];
	type Writers = SettingWriters<{mood: boolean}, KeyOfScope<Table, 'process'>, string>;
	expectTypeOf<{mood: (isOn: boolean) => string}>().toExtend<Writers>();
	expectTypeOf<Record<never, never>>().not.toExtend<Writers>();
});
