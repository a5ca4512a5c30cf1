import {describe, expect, it} from 'vitest';
import {settingsTable} from '../../../source/domain/models/transfer1-settings.js';
import {problemWith} from '../../../source/domain/settings/setting-problem.js';
import {flagName, type Setting} from '../../../source/domain/settings/settings.js';
import {completeSettings, conflictIn} from '../../../source/domain/settings/settings-check.js';
import {
	defaultsOf,
	kindName,
	kinds,
	tableOfKind,
} from '../../../source/domain/settings/settings-tables.js';
import {defaultSettings} from '../../default-settings.js';

const rows = settingsTable as readonly Setting[];
const tables = kinds.map(kind => [kindName(kind), kind, tableOfKind(kind)] as const);

describe.each(tables)('the settings table of %s', (_name, {operation, model}, table) => {
	it.each(table.map(row => [row.key, row] as const))('has a valid default for %s', (_key, row) => {
		expect(problemWith(row, row.default)).toBeUndefined();
	});

	it('completes to its own defaults', () => {
		expect(completeSettings(operation, {}, model)).toEqual(defaultsOf(operation, model));
	});

	it('has no duplicate keys', () => {
		expect(new Set(table.map(row => row.key)).size).toBe(table.length);
	});
});

describe('the settings of a transfer', () => {
	it('have defaults that fit together', () => {
		expect(conflictIn(defaultSettings)).toBeUndefined();
	});
});

describe('completeSettings', () => {
	it('fills missing settings with the defaults', () => {
		expect(completeSettings('transfer', {steps: 20, vis: undefined})).toEqual({
			...defaultSettings,
			steps: 20,
		});
	});

	it.each(
		rows.flatMap(row =>
			row.kind === 'number' || row.kind === 'integer'
				? [
						[row.key, row.min - 1],
						[row.key, row.max + 1],
						[row.key, Number.NaN],
						[row.key, 'text'],
					]
				: [[row.key, 'nonsense']],
		),
	)('rejects %s = %s and names it', (key, value) => {
		expect(() => completeSettings('transfer', {[key]: value})).toThrow(
			`${flagName(String(key))} must be`,
		);
	});

	it('rejects a weight of the upscaler out of range', () => {
		expect(() => completeSettings('upscale', {weight: 1.5})).toThrow('--weight must be 0 to 1');
	});

	it('rejects a fraction of a step', () => {
		expect(() => completeSettings('transfer', {steps: 1.5})).toThrow(
			'--steps must be a whole number, not 1.5',
		);
	});

	it('rejects four weights of 0', () => {
		expect(() => completeSettings('transfer', {vis: 0, edge: 0, depth: 0, seg: 0})).toThrow(
			'all four weights are 0',
		);
	});

	it('rejects the distilled model with controls other than edge', () => {
		expect(() => completeSettings('transfer', {distilled: true})).toThrow(
			'set vis, depth, seg to 0',
		);
		expect(
			completeSettings('transfer', {distilled: true, vis: 0, depth: 0, seg: 0}).distilled,
		).toBe(true);
	});
});
