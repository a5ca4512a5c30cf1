import {Box} from 'ink';
import type {DashboardState} from '../state/dashboard-state.js';
import {emptyListLines} from '../state/empty-texts.js';
import {keyOf} from '../state/key-text.js';
import type {Layout} from '../state/layout.js';
import {type Line, span} from '../state/line.js';
import type {ListName} from '../state/panels.js';
import {selectedIndex, visibleIds} from '../state/selectors.js';
import {visiblePrompts, visibleRuns} from '../state/visible-rows.js';
import {type ListLine, promptLines, runLines} from './list-lines.js';
import {Panel} from './panel.js';
import {firstVisible, listRow, pageOf, paintLine} from './rows.js';

type ListsProps = {state: DashboardState; layout: Layout};

/** Prompts over runs, with one border between them. */
export function Lists({state, layout}: ListsProps) {
	return (
		<Box flexDirection="column" width={layout.listWidth} height={layout.bodyHeight}>
			<Panel
				title={titleOf(state, 'prompts', keyOf(state, 'to-prompts'), 'Prompts')}
				note={countOf(state, 'prompts')}
				width={layout.listWidth}
				rows={rowsOf(state, layout, 'prompts')}
				focused={state.focus === 'prompts'}
				closed={false}
			/>
			<Panel
				title={titleOf(state, 'runs', keyOf(state, 'to-runs'), 'Runs')}
				note={countOf(state, 'runs')}
				width={layout.listWidth}
				rows={rowsOf(state, layout, 'runs')}
				focused={state.focus === 'runs'}
				joined
			/>
		</Box>
	);
}

/** Exactly the rows that are on the screen: only these cost anything. */
function rowsOf(state: DashboardState, layout: Layout, list: ListName): string[] {
	const inner = layout.listWidth - 2;
	const height = list === 'prompts' ? layout.promptRows : layout.runRows;
	const count = visibleIds(state, list).length;
	if (count === 0) {
		const lines = emptyListLines(state, list, inner - 2);
		const rows = lines.map(line => paintLine([' ', ...line], inner));
		return pageOf(rows, 0, height, inner);
	}

	const selected = selectedIndex(state, list);
	const first = firstVisible(selected, count, height);
	const rows = linesOf(state, list, first, first + height, inner - 2).map(({id, line}, index) =>
		listRow(line, {
			width: inner,
			selected: first + index === selected,
			focused: state.focus === list,
			marked: state.marks[list].includes(id),
		}),
	);
	return pageOf(rows, 0, height, inner);
}

function linesOf(
	state: DashboardState,
	list: ListName,
	from: number,
	to: number,
	width: number,
): ListLine[] {
	return list === 'prompts'
		? promptLines(state, visiblePrompts(state).slice(from, to), width)
		: runLines(state, visibleRuns(state).slice(from, to), width);
}

function titleOf(state: DashboardState, list: ListName, key: string, title: string): Line {
	const role = state.focus === list ? 'accent' : 'plain';
	return [
		span('dim', `${key} `),
		span(role, title),
		...chipsOf(state, list).map(chip => span('warn', `  ${chip}`)),
	];
}

/** What the list leaves out and how it is sorted, when that is not how it begins. */
function chipsOf({filters, sorts, runsOf, prompts}: DashboardState, list: ListName): string[] {
	const prompt = list === 'runs' ? runsOf : undefined;
	const name = prompts?.find(({id}) => id === prompt)?.name ?? prompt;
	return [
		...(name === undefined ? [] : [`of ${name}`]),
		...(filters[list] === '' ? [] : [`/${filters[list]}`]),
		...(sorts[list] === 'newest' ? [] : [`by ${sorts[list]}`]),
	];
}

function countOf(state: DashboardState, list: ListName): string {
	const all = state[list]?.length;
	if (all === undefined) {
		return '…';
	}

	const visible = visibleIds(state, list).length;
	const marked = state.marks[list].length;
	const narrowed = state.filters[list] !== '' || (list === 'runs' && state.runsOf !== undefined);
	const count = narrowed ? `${visible} of ${all}` : String(all);
	return marked === 0 ? count : `${marked} marked · ${count}`;
}
