/** What differs between runs: their settings, texts, files, and what made them. */
import {diffWordsWithSpace} from 'diff';
import {findDiffering} from '../settings/differing.js';
import {settingTexts} from '../settings/setting-texts.js';
import {kindName} from '../settings/settings-tables.js';
import {formatDuration} from '../text-format.js';
import {parentRunOf, type Run} from '../types.js';
import {formatMeasure} from './measures.js';
import {provenanceRows} from './provenance.js';

/** What a fact is about, in the order of a table. */
export const factGroups = ['made by', 'settings', 'text', 'inputs', 'outputs', 'result'] as const;
export type FactGroup = (typeof factGroups)[number];

/** A row of a comparison. */
export type DifferingRow = {
	group: FactGroup;
	/** A setting as its flag names it, a role, an output, a measure. */
	key: string;
	/** One for each run, in their order; undefined for a run that does not have it. */
	values: ReadonlyArray<string | undefined>;
};

type Fact = {group: FactGroup; key: string; text: string};

/** What is recorded of a run, as texts that can be compared. */
function factsOf(run: Run): Fact[] {
	const {promptText, negative, inputs, measures, rating, pick, note, times, server} = run;
	const outputs = ('outputs' in run && run.outputs) || [];
	const recipe = run.operation === 'recipe' ? run.recipe : undefined;
	const facts = (group: FactGroup, texts: Record<string, string | number | undefined>): Fact[] =>
		Object.entries(texts).flatMap(([key, text]) =>
			text === undefined || text === '' ? [] : [{group, key, text: String(text)}],
		);
	return [
		...facts('made by', {
			kind: kindName(run),
			model: run.model,
			host: run.host,
			slot: run.lane,
			server: server && `${server.name}, ${server.checkpoint}`,
			image: run.madeBy?.image ? undefined : recipe?.image,
			command: recipe?.command.join(' '),
			simulated: run.simulated ? 'yes' : 'no',
			sweep: run.sweep?.id,
			from: parentRunOf(run),
			...Object.fromEntries(provenanceRows(run)),
		}),
		...[...settingTexts(run)].map(([key, text]): Fact => ({group: 'settings', key, text})),
		...facts('text', {prompt: promptText, negative}),
		...inputs.map(
			({role, path, size, sha256}): Fact => ({
				group: 'inputs',
				key: role,
				text: sha256 === undefined ? `${path}, ${size} bytes` : `sha256 ${sha256}`,
			}),
		),
		...outputs.map(
			({name, sha256}): Fact => ({group: 'outputs', key: name, text: `sha256 ${sha256}`}),
		),
		...facts('result', {
			status: run.status,
			took:
				times.ended && times.running
					? formatDuration((Date.parse(times.ended) - Date.parse(times.running)) / 1000)
					: undefined,
			stars: rating,
			pick: pick === undefined ? undefined : pick ? 'picked' : 'rejected',
			note,
			...Object.fromEntries(
				Object.entries(measures?.values ?? {}).map(([key, value]) => [
					key,
					formatMeasure(key, value),
				]),
			),
		}),
	];
}

/** The rows in which runs differ, whole values in each. Equal runs have none. */
export function compareRuns(runs: readonly Run[]): DifferingRow[] {
	const all = runs.map(factsOf);
	return factGroups.flatMap(group => {
		const facts = all.map(own => own.filter(one => one.group === group));
		return findDiffering(facts).map(key => ({
			group,
			key,
			values: facts.map(own => own.find(one => one.key === key)?.text),
		}));
	});
}

/** Which alternatives of its prompt's text a run has: the axes of its sweep that are no settings, `text` and `evening`. */
export function textChoices({sweep, ...run}: Run): Array<{key: string; text: string}> {
	const axes = Object.entries(sweep?.axes ?? {});
	const settings = axes.length > 0 ? settingTexts(run as Run) : undefined;
	return axes
		.filter(([key]) => !settings?.has(key))
		.map(([key, value]) => ({key, text: String(value)}));
}

/** What is said of each run beside the others: the alternatives of a text and the settings in which they differ. */
export function differingChoices(
	runs: readonly Run[],
): Array<Pick<DifferingRow, 'key' | 'values'>> {
	const choices = runs.map(textChoices);
	return [
		...findDiffering(choices).map(key => ({
			key,
			values: choices.map(own => own.find(one => one.key === key)?.text),
		})),
		...compareRuns(runs).filter(({group}) => group === 'settings'),
	];
}

/**
 * What one run has changed of another: its kind, settings, texts, inputs and what made it. What it made of them and how
 * good that is says nothing about the change. Of runs of another kind, only what both have.
 */
export function changesSince(before: Run, run: Run): DifferingRow[] {
	const isSameKind = kindName(before) === kindName(run);
	const both = [before, run];
	// What made an older run may not be recorded: that is no change.
	const isKnown = both.every(({madeBy}) => madeBy);
	return compareRuns(isKnown ? both : both.map(one => ({...one, madeBy: undefined}))).filter(
		({group, values}) =>
			group !== 'outputs' && group !== 'result' && (isSameKind || !values.includes(undefined)),
	);
}

/** The run of the same prompt and kind that came before; undefined for the first one. */
export function findPrevious(run: Run, runs: readonly Run[]): Run | undefined {
	const {id, promptId} = run;
	return runs
		.filter(
			one =>
				promptId !== undefined &&
				one.promptId === promptId &&
				one.id < id &&
				kindName(one) === kindName(run),
		)
		.toSorted((one, two) => (one.id < two.id ? 1 : -1))[0];
}

/** A value for one line: hashes are cut. */
export const shortValue = (value: string | undefined) =>
	value?.replace(/^(sha256 \w{12})\w+$/, '$1…') ?? '-';

/** A part of a changed text. */
export type TextChange = {kind: 'same' | 'added' | 'removed'; text: string};

/** How one text became another, by words. */
export function compareTexts(before: string, after: string): TextChange[] {
	return diffWordsWithSpace(before, after).map(({value, added, removed}) => ({
		kind: added ? 'added' : removed ? 'removed' : 'same',
		text: value,
	}));
}

/** The same with the signs of `git diff --word-diff`: `a [-red-]{+blue+} car`. */
export function markChanges(changes: readonly TextChange[]): string {
	const signs = {same: ['', ''], added: ['{+', '+}'], removed: ['[-', '-]']} as const;
	return changes.map(({kind, text}) => `${signs[kind][0]}${text}${signs[kind][1]}`).join('');
}
