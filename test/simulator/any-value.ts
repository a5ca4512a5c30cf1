import fc from 'fast-check';
import type {Setting, SettingValue} from '../../source/domain/settings/settings.js';

/** Any allowed value of a setting, its bounds and its default often. */
export function anyValue(row: Setting): fc.Arbitrary<SettingValue> {
	switch (row.kind) {
		case 'switch':
			return fc.boolean();
		case 'choice':
			return fc.constantFrom(...row.choices);
		case 'text':
			return fc.string();
		default: {
			const {min, max, default: usual} = row;
			const whole = fc.integer({min: Math.ceil(min), max: Math.floor(max)});
			const any = row.kind === 'integer' ? whole : fc.double({min, max, noNaN: true});
			return fc.oneof(fc.constantFrom(min, usual, max), any);
		}
	}
}

/** Values that NVIDIA's program takes, where they have a bound there; ours can be narrower. */
export type Bounds = {min?: number; max?: number};

/** A value that no such program takes; undefined for a setting that takes anything. */
export function anyWrongValue(
	row: Setting,
	{min, max}: Bounds,
): fc.Arbitrary<SettingValue> | undefined {
	if (row.kind === 'choice') {
		return fc.stringMatching(/^[a-z]{3,12}$/).filter(word => !row.choices.includes(word));
	}

	if (row.kind !== 'integer' && row.kind !== 'number') {
		return undefined;
	}

	const beyond = fc.double({min: 0.001, max: 1000, noNaN: true});
	const whole = fc.integer({min: 1, max: 1000});
	const distance = row.kind === 'integer' ? whole : beyond;
	const wrong: Array<fc.Arbitrary<SettingValue>> = [
		...(min === undefined ? [] : [distance.map(by => min - by)]),
		...(max === undefined ? [] : [distance.map(by => max + by)]),
		...(row.kind === 'integer' ? [whole.map(by => Math.max(row.min, 1) + by + 0.5)] : []),
	];
	return wrong.length === 0 ? undefined : fc.oneof(...wrong);
}
