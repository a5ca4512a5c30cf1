import {parseDecimal} from '../../domain/decimal.js';
import {CosmosError} from '../../domain/errors.js';
import {
	flagName,
	type Kind,
	type Operation,
	type Setting,
	type Settings,
	type SettingsOf,
	weightNames,
} from '../../domain/settings/settings.js';
import {kinds, ownerName, tableOfKind} from '../../domain/settings/settings-tables.js';
import {type Flag, textFlag, type Words} from '../verb.js';

/** The four weights of a transfer in one flag. */
export const weightsFlag = textFlag(
	'weights',
	'VIS EDGE DEPTH SEG',
	'weights of the controls, 0 to 1, 0 is off',
	{count: 4},
);

/** A setting, and the kinds of jobs that have it so. */
type Use = {row: Setting; kind: Kind};

/**
 * One flag for every setting of some kinds of jobs. What only some of them have, or have with
 * another range or default, says so.
 */
export function settingFlags(of: readonly Kind[]): readonly Flag[] {
	const uses = of.flatMap(kind => tableOfKind(kind).map((row): Use => ({row, kind})));
	const keys = [...new Set(uses.map(({row}) => row.key))];
	return keys.map(key =>
		flagOf(
			uses.filter(({row}) => row.key === key),
			of,
		),
	);
}

/** The kinds of jobs that an operation can be. */
export function kindsOf(operation: Operation): readonly Kind[] {
	return kinds.filter(kind => kind.operation === operation);
}

function flagOf(uses: readonly Use[], of: readonly Kind[]): Flag {
	const [{row}] = uses as readonly [Use, ...Use[]];
	const all = uses.flatMap(use => (use.row.kind === 'choice' ? use.row.choices : []));
	const choices = [...new Set(all)];
	return {
		key: row.key,
		kind: row.kind === 'switch' ? ('switch' as const) : ('text' as const),
		defaultsOn: row.kind === 'switch' && row.default,
		value: valueWord(row),
		help: helpOf(uses, of),
		...(choices.length > 0 && {completes: choices}),
	};
}

function valueWord(row: Setting): string | undefined {
	if (row.kind === 'switch') {
		return undefined;
	}

	switch (row.kind) {
		case 'choice':
			return 'WORD';
		case 'text':
			return 'TEXT';
		default:
			return row.unit === 's' ? 'SECONDS' : 'N';
	}
}

/** `how … (0 to 20; default 5; transfer2.5: 0 to 7; default 3)`. */
function helpOf(uses: readonly Use[], of: readonly Kind[]): string {
	const [{row}] = uses as readonly [Use, ...Use[]];
	const notes = new Map<string, Kind[]>();
	for (const use of uses) {
		const note = noteOn(use.row, use.row === row ? undefined : row);
		notes.set(note, [...(notes.get(note) ?? []), use.kind]);
	}

	const only = uses.length < of.length ? namesOf(uses.map(({kind}) => kind)) : '';
	const parts = [...notes].map(([note, those], at) =>
		at === 0 || note === '' ? note : `${namesOf(those)}: ${note}`,
	);
	const note = parts.filter(Boolean).join('; ');
	return `${only && `${only}: `}${row.help}${note && ` (${note})`}`;
}

/**
 * `transfer1, upscale`; the families go by `transfer` where it is all of them. Of many modes of a family
 * those are named that are not meant: `cosmos3 (not reasoner)`.
 */
function namesOf(some: readonly Kind[]): string {
	const isAll = (operation: Operation) => kindsOf(operation).every(kind => some.includes(kind));
	const names = some.map(kind => (isAll(kind.operation) ? kind.operation : nameAmong(kind, some)));
	return [...new Set(names)].join(', ');
}

function nameAmong(kind: Kind, some: readonly Kind[]): string {
	if (kind.mode === undefined) {
		return ownerName(kind);
	}

	const modes = kindsOf(kind.operation).filter(({model}) => model === kind.model);
	const list = (those: readonly Kind[]) => those.map(({mode}) => mode).join(', ');
	const [meant, others] = [true, false].map(is => modes.filter(one => some.includes(one) === is));
	if (!meant || !others || others.length === 0) {
		return kind.model;
	}

	return others.length < meant.length
		? `${kind.model} (not ${list(others)})`
		: `${kind.model} (${list(meant)})`;
}

/**
 * Range and default of a setting.
 * @param first says what need not be said again
 */
function noteOn(row: Setting, first?: Setting): string {
	if (row.kind === 'switch') {
		return row.default && !first?.default ? 'default on' : '';
	}

	const range = rangeOf(row);
	const parts = [
		...(first && rangeOf(first) === range ? [] : [range]),
		...(first?.default === row.default ? [] : [`default ${row.default}`]),
	];
	return parts.join('; ');
}

function rangeOf(row: Setting): string {
	return 'min' in row ? `${row.min} to ${row.max}` : 'choices' in row ? row.choices.join(', ') : '';
}

/**
 * The settings that a call names, of whichever family. Ranges, and whether they fit together, are
 * checked where settings are completed.
 * @param of the kinds of jobs that it may be
 * @throws CosmosError (usage) for what is no number
 */
export function settingsFrom<O extends Operation>(
	operation: O,
	words: Words,
	of: readonly Kind[] = kindsOf(operation),
): Partial<SettingsOf<O>> {
	const settings: Record<string, unknown> = {};
	const rows = of.flatMap(tableOfKind);
	for (const row of rows) {
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
	return text === undefined || kind === 'choice' || kind === 'text'
		? text
		: toNumber(flagName(key), text);
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

	const twice = weightNames.find(name => words.text(name) !== undefined);
	if (twice) {
		throw new CosmosError(
			'invalid-setting',
			`${flagName(twice)} and --weights both set that weight`,
		);
	}

	return Object.fromEntries(
		weightNames.map((name, index) => [name, toNumber('--weights', four[index] ?? '')]),
	);
}

function toNumber(flag: string, text: string): number {
	const number = parseDecimal(text);
	if (Number.isNaN(number)) {
		throw new CosmosError('invalid-setting', `${flag} must be a number, not "${text}"`);
	}

	return number;
}
