import {CosmosError} from '../errors.js';
import type {SettingValue} from '../settings/settings.js';
import {mostPoints} from './axis-values.js';

/** Something that a sweep varies: a setting, or the alternatives of a text. */
export type Axis = {name: string; values: readonly SettingValue[]};

/** One value of each axis, by its name. */
export type Point = Record<string, SettingValue>;

export type SweepShape = {
	/** The first values of all axes together, then the second ones … @default every combination */
	zip?: boolean;
	/** Only this many of the points, chosen at random: the same ones for the same axes. */
	sample?: number;
};

/**
 * The points of a sweep; of a grid, the last axis varies fastest. One empty point without axes.
 * @throws CosmosError (usage) for more than 10,000 points, and for axes of different lengths that are zipped
 */
export function combine(axes: readonly Axis[], shape: SweepShape = {}): Point[] {
	const {zip} = shape;
	const {count, wanted} = countPoints(axes, shape);
	const places =
		wanted < count ? choose(count, wanted) : Array.from({length: count}, (_, at) => at);
	return places.map(place => (zip ? zippedPoint(axes, place) : gridPoint(axes, place)));
}

/**
 * How many points there are, and how many of them `combine` returns.
 * @throws CosmosError (usage) as it does
 */
export function countPoints(
	axes: readonly Axis[],
	{zip, sample}: SweepShape = {},
): {count: number; wanted: number} {
	const count = zip ? zippedCount(axes) : axes.reduce((all, {values}) => all * values.length, 1);
	if (count > Number.MAX_SAFE_INTEGER) {
		// Above it not every whole number exists, and counting up would never end.
		throw new CosmosError('usage', `a sweep of more than ${Number.MAX_SAFE_INTEGER} runs`, {
			hint: 'Give fewer values.',
		});
	}

	const wanted = Math.min(count, sample ?? count);
	if (wanted > mostPoints) {
		throw new CosmosError('usage', `a sweep of ${count} runs is more than ${mostPoints}`, {
			hint: 'Give fewer values, or choose some of them with --sample N.',
		});
	}

	return {count, wanted};
}

function gridPoint(axes: readonly Axis[], place: number): Point {
	let rest = place;
	const entries = axes.toReversed().map(({name, values}) => {
		const value = values[rest % values.length] as SettingValue;
		rest = Math.floor(rest / values.length);
		return [name, value] as const;
	});
	return Object.fromEntries(entries.toReversed());
}

/** An axis of one value goes with all of the others. */
function zippedPoint(axes: readonly Axis[], place: number): Point {
	return Object.fromEntries(
		axes.map(({name, values}) => [name, values[values.length === 1 ? 0 : place] as SettingValue]),
	);
}

function zippedCount(axes: readonly Axis[]): number {
	const [first, ...others] = axes.filter(({values}) => values.length > 1);
	const other = others.find(({values}) => values.length !== first?.values.length);
	if (first && other) {
		throw new CosmosError(
			'usage',
			`--zip needs as many values of each: ${first.name} has ${first.values.length}, ${other.name} has ${other.values.length}`,
			{hint: 'Without --zip every combination is run.'},
		);
	}

	return first?.values.length ?? 1;
}

/** `wanted` of the first `count` whole numbers, in order: by chance, but the same each time. */
function choose(count: number, wanted: number): number[] {
	const chosen = new Set<number>();
	let state = 0x9e3779b9;
	const random = () => {
		// Mulberry32, a small generator of 32 bits.
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};

	// Floyd's algorithm: each number once, whatever `count` is.
	for (let last = count - wanted; last < count; last++) {
		const place = Math.floor(random() * (last + 1));
		chosen.add(chosen.has(place) ? last : place);
	}

	return [...chosen].sort((a, b) => a - b);
}

/** `seed 3, guidance 5`. */
export function describePoint(axes: Readonly<Point>): string {
	return Object.entries(axes)
		.map(([name, value]) => `${name} ${value}`)
		.join(', ');
}
