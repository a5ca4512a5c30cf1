import {CosmosError} from '../domain/errors.js';
import {
	controlNames,
	flagName,
	type Operation,
	type Setting,
	type Settings,
	type SettingsOf,
	settingsTables,
} from '../domain/settings.js';
import type {Flag, Words} from './verb.js';

/** The four weights of a transfer in one flag. */
export const weightsFlag: Flag = {
	key: 'weights',
	kind: 'text',
	value: 'VIS EDGE DEPTH SEG',
	count: 4,
	help: 'weights of the controls, 0 to 1, 0 is off (default 0.25 each)',
};

/** One flag for every setting of an operation. */
export function settingFlags(operation: Operation): readonly Flag[] {
	return (settingsTables[operation] as readonly Setting[]).map(row => ({
		key: row.key,
		kind: row.kind === 'switch' ? ('switch' as const) : ('text' as const),
		defaultsOn: row.kind === 'switch' && row.default,
		value: valueWord(row),
		help: helpOf(row),
	}));
}

function valueWord(row: Setting): string | undefined {
	if (row.kind === 'switch') {
		return undefined;
	}

	return row.kind === 'choice' ? 'WORD' : row.unit === 's' ? 'SECONDS' : 'N';
}

function helpOf(row: Setting): string {
	if (row.kind === 'switch') {
		return row.default ? `${row.help} (default on)` : row.help;
	}

	const range = row.kind === 'choice' ? row.choices.join(', ') : `${row.min} to ${row.max}`;
	return `${row.help} (${range}; default ${row.default})`;
}

/**
 * The settings that a call names. Ranges are checked where settings are completed.
 * @throws CosmosError (usage) for what is no number
 */
export function settingsFrom<O extends Operation>(
	operation: O,
	words: Words,
): Partial<SettingsOf<O>> {
	const settings: Record<string, unknown> = {};
	for (const row of settingsTables[operation] as readonly Setting[]) {
		const value = valueIn(words, row);
		if (value !== undefined) {
			settings[row.key] = value;
		}
	}

	return settings as Partial<SettingsOf<O>>;
}

function valueIn(words: Words, {key, kind}: Setting): unknown {
	if (kind === 'switch') {
		return words.on(key) || (words.off(key) ? false : undefined);
	}

	const text = words.text(key);
	return text === undefined || kind === 'choice' ? text : toNumber(flagName(key), text);
}

/**
 * The weights that `--weights` gives.
 * @throws CosmosError (usage) for what is no number, or a weight given twice
 */
export function weightsFrom(words: Words): Partial<Settings> {
	const four = words.text('weights')?.split(',');
	if (!four) {
		return {};
	}

	const twice = controlNames.find(name => words.text(name) !== undefined);
	if (twice) {
		throw new CosmosError('usage', `${flagName(twice)} and --weights both give that weight`);
	}

	return Object.fromEntries(
		controlNames.map((name, index) => [name, toNumber('--weights', four[index] ?? '')]),
	);
}

function toNumber(flag: string, text: string): number {
	const number = text.trim() === '' ? Number.NaN : Number(text);
	if (Number.isNaN(number)) {
		throw new CosmosError('usage', `${flag} is a number, not "${text}"`);
	}

	return number;
}
