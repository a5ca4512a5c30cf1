import {type Column, fitColumns} from '../../components/columns.js';
import {statusRoles} from '../../components/rows.js';
import type {Field} from '../../domain/filter/field.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {formatMeasure} from '../../domain/runs/measures.js';
import {textChoices} from '../../domain/runs/run-difference.js';
import {
	kindName,
	type SettingInForce,
	settingValues,
} from '../../domain/settings/settings-tables.js';
import {counted, formatDuration, statusSigns} from '../../domain/text-format.js';
import type {Annotations, Prompt, ShownRun} from '../../domain/types.js';
import {type Line, type Span, span, textOf} from '../../state/content/line.js';
import {cut, pad, widthOf} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import type {Filtered} from '../../state/list-filters.js';
import {type ArrangedList, findColumn, type ListColumn, valuesOf} from '../../state/list-views.js';
import {shownPromptName} from '../../state/prompt-names.js';
import {flagOf, rowTime, standing} from '../../state/selectors.js';
import {runCounts} from '../../state/visible-rows.js';
import {tagsText} from '../records/stars.js';

/** From this inner width on, rows show ids, hosts and whole words. */
export const wideFrom = 64;

/** A row of a list and the id of what it shows. */
export type ListLine = {id: string; line: Line};

/** Rows of the list of prompts: name, tags, stars, number of runs, when it was created. */
export function promptLines(
	state: DashboardState,
	prompts: readonly Prompt[],
	width: number,
): ListLine[] {
	const counts = runCounts(state.runs ?? []);
	const {columns} = state.views.prompts;
	if (columns) {
		const items = prompts.map(prompt => ({prompt, runs: counts.get(prompt.id) ?? 0}));
		const special: SpecialCells<{prompt: Prompt; runs: number}> = {
			name: ({prompt: {name, id}}) => shownPromptName(state, name, id),
			tags: ({prompt}) => span('dim', tagsText(prompt)),
			runs: ({runs}) => span('dim', countText(runs)),
		};
		const lines = chosenLines(state, 'prompts', items, columns, width, special);
		return prompts.map(({id}, index) => ({id, line: lines[index] ?? []}));
	}

	const times = prompts.map(({createdAt}) => rowTime(createdAt, state.now, width >= wideFrom));
	const names = prompts.map(({name: own, id}) => shownPromptName(state, own, id));
	const {name, widths} = fitColumns(width - 1, widest(names), [
		{key: 'time', width: timeWidth(times)},
		{key: 'runs', width: 9},
		{key: 'rating', width: ratingWidth(prompts, width)},
		{key: 'tags', width: prompts.some(({tags}) => tags) ? 20 : 0, least: 8},
	]);
	return prompts.map((prompt, index) => {
		const count = counts.get(prompt.id) ?? 0;
		const line = [
			nameCell(names[index] ?? '', name),
			span('dim', cell(tagsText(prompt), widths.tags)),
			span('warn', cell(ratingText(prompt.rating, widths.rating), widths.rating)),
			span('dim', cell(countText(count), widths.runs)),
			span('dim', timeCell(times[index], widths.time)),
		];
		return {id: prompt.id, line};
	});
}

/**
 * Rows of the list of runs. Of runs of the same prompt those settings are shown that differ. Where it is
 * narrow the id goes first, then the host, a transfer, which most runs are, is not named, and the name
 * of the prompt shrinks last.
 */
export function runLines(
	state: DashboardState,
	runs: readonly ShownRun[],
	width: number,
): ListLine[] {
	const {columns} = state.views.runs;
	if (columns) {
		const differences = findDifferences(runs);
		const special: SpecialCells<ShownRun> = {
			name: ({run}) => shownPromptName(state, run.promptName, run.promptId),
			status: shown => span(statusRoles[shown.shown], shortStanding(standing(state, shown), width)),
			differs: ({run}) => differences.get(run.id) ?? '',
			tags: ({run}) => span('dim', tagsText(run)),
		};
		const lines = chosenLines(state, 'runs', runs, columns, width - signWidth, special);
		return runs.map((shown, index) => ({
			id: shown.run.id,
			line: [signOf(shown), ...(lines[index] ?? [])],
		}));
	}

	const standings = runs.map(shown => shortStanding(standing(state, shown), width));
	const wide = width >= wideFrom;
	const kinds = runs.map(({run}) => (wide || run.operation !== 'transfer' ? kindName(run) : ''));
	const differences = findDifferences(runs);
	const own = runs.map(({run}) => run);
	const times = own.map(({createdAt}) => rowTime(createdAt, state.now, width >= wideFrom));
	const names = own.map(run => shownPromptName(state, run.promptName, run.promptId));
	const {name, widths} = fitColumns(width - signWidth - 1, widest(names), [
		column('standing', Math.max(8, widest(standings)), 8),
		column('kind', widest(kinds), 4),
		{key: 'time', width: timeWidth(times)},
		{key: 'rating', width: ratingWidth(own, width)},
		column('difference', Math.min(18, widest([...differences.values()]))),
		column('host', wide ? Math.min(10, widest(own.map(({host}) => host))) : 0),
		column('id', wide ? 16 : 0),
	]);
	return runs.map(({run, shown}, index) => {
		const line: Line = [
			signOf({run, shown}),
			nameCell(names[index] ?? '', name),
			span('dim', cell(kinds[index] ?? '', widths.kind)),
			span('plain', cell(differences.get(run.id) ?? '', widths.difference)),
			span('dim', cell(run.id, widths.id)),
			span('dim', cell(cleanText(run.host), widths.host)),
			span('warn', cell(ratingText(run.rating, widths.rating), widths.rating)),
			span(statusRoles[shown], cell(standings[index] ?? '', widths.standing)),
			span('dim', timeCell(times[index], widths.time)),
		];
		return {id: run.id, line};
	});
}

/** A name in its column; the end of an id, which tells prompts of one name apart, is not cut off. */
function nameCell(text: string, width: number): string {
	const clean = cleanText(text);
	const [end = ''] = / \u2026\w{4}$/.exec(clean) ?? [];
	return widthOf(clean) > width && width > 2 * widthOf(end)
		? cut(clean.slice(0, clean.length - end.length), width - widthOf(end)) + end
		: pad(clean, width);
}

const signWidth = 2;
const signOf = ({run, shown}: ShownRun): Span =>
	flagOf(run) ? span('warn', '! ') : span(statusRoles[shown], `${statusSigns[shown]} `);
const countText = (runs: number) => (runs === 0 ? '-' : counted(runs, 'run'));

/** Cells that show more than the value of their column. */
type SpecialCells<T> = Readonly<Record<string, (item: T) => Span | string>>;
/** Columns of a text in a chosen column, at most. */
const widestText = 24;

/** Which columns get room first, of those that a list begins with; one that was added goes before them. */
const importance: readonly string[] = 'status kind created runs stars differs tags host id'.split(
	' ',
);
const byImportance = (one: string, two: string) =>
	importance.indexOf(one) - importance.indexOf(two);

/** Rows with the columns that were chosen, in their order. */
function chosenLines<L extends ArrangedList>(
	state: DashboardState,
	list: L,
	items: ReadonlyArray<Filtered[L]>,
	columns: readonly string[],
	width: number,
	special: SpecialCells<Filtered[L]>,
): Line[] {
	const texts = new Map(
		columns.map(name => {
			const column: ListColumn<L> | undefined = findColumn(list, name, state.recipes);
			const cellOf =
				special[name] ?? (item => (column ? cellText(state, column, item, width) : ''));
			return [name, items.map(item => cellOf(item))];
		}),
	);
	const plain = (name: string) => (texts.get(name) ?? []).map(text => textOf([text]));
	const others = columns.filter(name => name !== 'name').toSorted(byImportance);
	const {name: nameWidth, widths} = fitColumns(
		width - 1,
		widest(plain('name')),
		others.map(name => column(name, Math.min(widestText, widest(plain(name))))),
	);
	return items.map((_, index) => {
		const cells = columns.map((name, at): Span | string => {
			const given = texts.get(name)?.[index] ?? '';
			const role = typeof given === 'string' ? 'plain' : given.role;
			const own = name === 'name' ? nameWidth : (widths[name] ?? 0) - 1;
			const gap = at === 0 ? '' : ' ';
			return own < 0 ? '' : span(role, `${gap}${nameCell(textOf([given]), own)}`);
		});
		return [...cells, ' '];
	});
}

/** A value as a row shows it: a bare number with the name of its column. */
function cellText<T>(
	state: DashboardState,
	column: Field<T>,
	item: T,
	width: number,
): Span | string {
	const [value] = valuesOf(column, item, state.now);
	if (value === undefined) {
		return '';
	}

	switch (column.type) {
		case 'time':
			return span('dim', rowTime(String(value), state.now, width >= wideFrom));
		case 'duration':
			return formatDuration(Number(value));
		case 'number':
			return column.name === 'stars'
				? span('warn', ratingText(Number(value) || undefined, width >= wideFrom ? 6 : 3))
				: `${column.name} ${formatMeasure(column.name, Number(value))}`;
		default:
			return column.isSetting ? `${column.name} ${value}` : String(value);
	}
}

/** Columns of a time, with the blank before it. */
const timeWidth = (times: readonly string[]) => Math.max(6, widest(times)) + 1;

/** A column of texts with the blank before it; none for texts that are empty. */
function column<K extends string>(key: K, width: number, least?: number): Column<K> {
	return width === 0
		? {key, width: 0}
		: {key, width: width + 1, ...(least && {least: Math.min(least, width) + 1})};
}

/** A text in a column that begins with a blank. */
const cell = (text: string, width: number) => (width === 0 ? '' : ` ${pad(text, width - 1)}`);
/** The last column, with a blank before the border. */
const timeCell = (time = '', width: number) => `${width === 0 ? '' : time.padStart(width)} `;
const widest = (texts: readonly string[]) => Math.max(0, ...texts.map(widthOf));

/** Columns of the state of a run, where there is little room. */
const narrowStanding = 14;
/** Failure reasons that take more, in short. */
const shortReasons: Readonly<Record<string, string>> = {
	'host-out-of-memory': 'host memory',
	'gpu-out-of-memory': 'GPU memory',
};

/** Leaves out a time or a percentage rather than cutting it. */
const shortStanding = (words: string, width: number) =>
	width < wideFrom && words.length > narrowStanding
		? cut(shortReasons[words] ?? words.replace(/ (?:eta )?[\d:]+%?$/, ''), narrowStanding)
		: words;

/**
 * What tells runs of the same prompt apart, by the run's id: the settings that differ among them. Where
 * somebody has set some, those that follow from these or from the inputs are not named.
 */
function findDifferences(runs: readonly ShownRun[]): ReadonlyMap<string, string> {
	const groups = Map.groupBy(
		runs.filter(({run}) => run.promptId !== undefined),
		({run: {promptId, operation, model, mode}}) => `${promptId} ${operation} ${model} ${mode}`,
	);
	const words = new Map<string, string>();
	for (const group of [...groups.values()].filter(one => one.length > 1)) {
		const tables = group.map(({run}) => settingValues(run));
		const [first = [], ...others] = tables;
		const all = first
			.filter(({row, value}) => others.some(table => valueIn(table, row.key) !== value))
			.map(({row}) => row.key);
		const isSet = (key: string) => tables.some(table => findIn(table, key)?.changed);
		const differing = all.some(isSet) ? all.filter(isSet) : all;
		const choices = group.map(({run}) => textChoices(run).map(({text}) => text));
		const hasChoices = new Set(choices.map(texts => texts.join('\n'))).size > 1;
		for (const [index, {run}] of group.entries()) {
			const table = tables[index] ?? [];
			const own = table.filter(({row}) => differing.includes(row.key));
			const settings = own.map(({row, value}) => `${row.label} ${value}`);
			words.set(run.id, [...((hasChoices && choices[index]) || []), ...settings].join(' '));
		}
	}

	return words;
}

const findIn = (table: readonly SettingInForce[], key: string) =>
	table.find(({row}) => row.key === key);
const valueIn = (table: readonly SettingInForce[], key: string) => findIn(table, key)?.value;

/** Columns for the stars with the blank before them: none when nothing in sight has any. */
function ratingWidth(shown: readonly Annotations[], width: number): number {
	if (shown.every(({rating}) => rating === undefined)) {
		return 0;
	}

	return width >= wideFrom ? 6 : 3;
}

function ratingText(rating: number | undefined, width: number): string {
	return rating === undefined ? '' : width < 6 ? `★${rating}` : '★'.repeat(rating);
}
