import {Box} from 'ink';
import {firstRowOf} from '../../components/first-row.js';
import {Panel, type PanelProps} from '../../components/panel.js';
import {listRow, pageOf, paintLine} from '../../components/rows.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {type Line, span} from '../../state/content/line.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {unendedCount} from '../../state/job-words.js';
import {keyOf} from '../../state/keys/keymap.js';
import type {Layout} from '../../state/layout.js';
import {firstView, type ListView} from '../../state/list-views.js';
import type {ListName} from '../../state/panels.js';
import {type RowGroup, rowAtLine} from '../../state/row-groups.js';
import {rowCount, selectedIndex, visibleCount, wholeCount} from '../../state/selectors.js';
import {rowGroups, visibleJobs, visiblePrompts, visibleRuns} from '../../state/visible-rows.js';
import {jobLines} from '../queue/job-rows.js';
import {type ListLine, promptLines, runLines} from '../runs/list-lines.js';
import {emptyListLines} from './empty-texts.js';

type ListsProps = {state: DashboardState; layout: Layout};

const titles = {prompts: 'Prompts', runs: 'Runs', queue: 'Queue'} as const;
const keysTo = {prompts: 'to-prompts', runs: 'to-runs', queue: 'to-queue'} as const;

/** Prompts over runs over the queue, with one border between them; that of an empty queue is the lowest. */
export function Lists({state, layout}: ListsProps) {
	const hasQueue = layout.rows.queue > 0;
	const panel = (list: ListName, more: Pick<PanelProps, 'place' | 'closed'>) => (
		<Panel
			title={titleOf(state, list)}
			note={countOf(state, list)}
			width={layout.listWidth}
			rows={layout.rows[list] === 0 ? [] : rowsOf(state, layout, list)}
			focused={state.focus === list}
			{...more}
		/>
	);
	return (
		<Box flexDirection="column" width={layout.listWidth} height={layout.bodyHeight}>
			{panel('prompts', {closed: false})}
			{panel('runs', {place: 'joined', closed: false})}
			{panel('queue', {place: hasQueue ? 'joined' : 'lowest', closed: hasQueue})}
		</Box>
	);
}

/** Exactly the rows that are on the screen: only these cost anything. */
function rowsOf(state: DashboardState, layout: Layout, list: ListName): string[] {
	const inner = layout.listWidth - 2;
	const height = layout.rows[list];
	const count = visibleCount(state, list);
	if (count === 0) {
		const lines = emptyListLines(state, list, inner - 2);
		const rows = lines.map(line => paintLine([' ', ...line], inner));
		return pageOf(rows, 0, height, inner);
	}

	const selected = selectedIndex(state, list);
	const groups = rowGroups(state, list);
	const first = firstRowOf(state, list, height);
	const lines = Array.from({length: Math.min(height, count + groups.length - first)}, (_, at) =>
		rowAtLine(groups, first + at),
	);
	const indexes = lines.filter(line => typeof line === 'number');
	const from = indexes[0] ?? 0;
	const items = linesOf(state, list, from, from + indexes.length, inner - 2);
	const rows = lines.map(line => {
		if (typeof line !== 'number') {
			return paintLine(headingOf(state, list, line), inner);
		}

		const {id, line: cells} = items[line - from] as ListLine;
		return listRow(cells, {
			width: inner,
			selected: line === selected,
			focused: state.focus === list,
			marked: state.marks[list].includes(id),
		});
	});
	return pageOf(rows, 0, height, inner);
}

/** `city-night  3`; of things without a value, which value that is. */
function headingOf({views}: DashboardState, list: ListName, {name, count}: RowGroup): Line {
	const none = list === 'queue' ? '' : `no ${views[list].group}`;
	return [' ', span('strong', cleanText(name) || none), span('dim', `  ${count}`)];
}

function linesOf(
	state: DashboardState,
	list: ListName,
	from: number,
	to: number,
	width: number,
): ListLine[] {
	switch (list) {
		case 'prompts':
			return promptLines(state, visiblePrompts(state).slice(from, to), width);
		case 'runs':
			return runLines(state, visibleRuns(state).slice(from, to), width);
		case 'queue':
			return jobLines(state, visibleJobs(state).slice(from, to), width);
	}
}

function titleOf(state: DashboardState, list: ListName): Line {
	const role = state.focus === list ? 'accent' : 'plain';
	return [
		span('dim', `${keyOf(state, keysTo[list])} `),
		span(role, titles[list]),
		...chipsOf(state, list).map(chip => span('warn', `  ${chip}`)),
	];
}

/** What the list leaves out and how it is sorted, when that is not how it begins. */
function chipsOf(state: DashboardState, list: ListName): string[] {
	const {filters, runsOf, prompts, queue} = state;
	const prompt = list === 'runs' ? runsOf : undefined;
	const name = prompts?.find(({id}) => id === prompt)?.name ?? prompt;
	return [
		...(name === undefined ? [] : [`of ${name}`]),
		...(filters[list] === '' ? [] : [`/${filters[list]}`]),
		...(list === 'queue' ? [] : sortChip(state.views[list])),
		...(list === 'queue' && queue?.paused ? ['paused'] : []),
	];
}

function sortChip({sort, reversed}: ListView): string[] {
	const isFirst = sort === firstView.sort && reversed === firstView.reversed;
	return isFirst ? [] : [`by ${sort}${reversed ? ', reversed' : ''}`];
}

function countOf(state: DashboardState, list: ListName): string {
	if (rowCount(state, list) === undefined) {
		return '…';
	}

	const visible = visibleCount(state, list);
	const marked = state.marks[list].length;
	const narrowed = state.filters[list] !== '' || (list === 'runs' && state.runsOf !== undefined);
	const whole = list === 'queue' ? queueCount(state) : wholeCount(state, list);
	const count = narrowed ? `${visible} of ${wholeCount(state, list)}` : whole;
	return marked === 0 ? count : `${marked} marked · ${count}`;
}

/** Jobs that have ended are counted where they are seen. */
function queueCount({queue, subject}: DashboardState): string {
	const left = unendedCount(queue);
	const ended = (queue?.jobs.length ?? 0) - left;
	return ended > 0 && subject === 'queue' ? `${left} · ${ended} ended` : String(left);
}
