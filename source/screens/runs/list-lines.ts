import {statusRoles} from '../../components/rows.js';
import {cleanText} from '../../domain/log-lines.js';
import {kindName} from '../../domain/settings-tables.js';
import {statusSigns} from '../../domain/text-format.js';
import type {Annotations, Prompt, ShownRun} from '../../domain/types.js';
import {type Line, span} from '../../state/content/line.js';
import {pad} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {shortTime, standing} from '../../state/selectors.js';
import {runCounts} from '../../state/visible-rows.js';
import {tagsText} from '../records/stars.js';

/** From this inner width on, runs show their ids and hosts. */
export const wideFrom = 64;

/** A row of a list and the id of what it shows. */
export type ListLine = {id: string; line: Line};

/** Rows of the list of prompts: name, number of runs, when it was made. */
export function promptLines(
	state: DashboardState,
	prompts: readonly Prompt[],
	width: number,
): ListLine[] {
	const counts = runCounts(state.runs ?? []);
	const rating = ratingWidth(prompts, width);
	const tagWidth = width >= wideFrom && prompts.some(({tags}) => tags) ? 20 : 0;
	return prompts.map(prompt => {
		const count = counts.get(prompt.id) ?? 0;
		const runs = count === 0 ? '-' : `${count} ${count === 1 ? 'run' : 'runs'}`;
		const line = [
			`${pad(cleanText(prompt.name), width - 17 - rating - tagWidth)} `,
			span('dim', pad(tagsText(prompt), tagWidth)),
			span('warn', pad(ratingText(prompt.rating, rating), rating)),
			span('dim', `${pad(runs, 9)}${shortTime(prompt.createdAt, state.now).padStart(6)} `),
		];
		return {id: prompt.id, line};
	});
}

/**
 * Rows of the list of runs: sign, name, operation, how it stands, when it was launched. The column
 * with how runs stand is as wide as its widest words. Where it is narrow, a transfer, which most
 * runs are, goes without saying.
 */
export function runLines(
	state: DashboardState,
	runs: readonly ShownRun[],
	width: number,
): ListLine[] {
	const words = runs.map(shown => standing(state, shown));
	const standingWidth = Math.max(8, ...words.map(word => word.length));
	const wide = width >= wideFrom;
	const rating = ratingWidth(
		runs.map(({run}) => run),
		width,
	);
	const longest = Math.max(longestOperation, ...runs.map(({run}) => kindName(run).length + 1));
	const hostWidth = Math.min(11, Math.max(...runs.map(({run}) => run.host.length + 1)));
	const nameWidth = width - standingWidth - 11 - rating - (wide ? 17 + hostWidth : 0);
	return runs.map(({run, shown}, index) => {
		const operation = wide || run.operation !== 'transfer' ? ` ${kindName(run)}` : '';
		const operationWidth = wide ? longest : operation.length;
		const line: Line = [
			span(statusRoles[shown], statusSigns[shown]),
			` ${pad(cleanText(run.promptName), nameWidth - operationWidth)}`,
			span('dim', `${pad(operation, operationWidth)} `),
			...(wide ? [span('dim', `${pad(run.id, 17)}${pad(run.host, hostWidth)}`)] : []),
			span('warn', pad(ratingText(run.rating, rating), rating)),
			span(statusRoles[shown], pad(words[index] ?? '', standingWidth)),
			span('dim', ` ${shortTime(run.createdAt, state.now).padStart(6)} `),
		];
		return {id: run.id, line};
	});
}

/** Columns for the stars: none when nothing in sight has any, `★4` where it is narrow. */
function ratingWidth(shown: readonly Annotations[], width: number): number {
	if (shown.every(({rating}) => rating === undefined)) {
		return 0;
	}

	return width >= wideFrom ? 6 : 3;
}

function ratingText(rating: number | undefined, width: number): string {
	return rating === undefined ? '' : width < 6 ? `★${rating}` : '★'.repeat(rating);
}

const longestOperation = ' transfer'.length;
