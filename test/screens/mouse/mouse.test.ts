import {describe, expect, it} from 'vitest';
import {update} from '../../../source/dashboard/update.js';
import {placeAt} from '../../../source/screens/mouse/place.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import type {EventOf} from '../../../source/state/event.js';
import {visibleIds} from '../../../source/state/selectors.js';
import {filled} from '../../dashboard/examples.js';
import {screenOf} from '../../dashboard/frame.js';

/** Where a text begins on the screen of a state. */
function find(state: DashboardState, text: string): {column: number; row: number} {
	const lines = screenOf(state).split('\n');
	const row = lines.findIndex(line => line.includes(text));
	expect(row, text).not.toBe(-1);
	return {column: lines[row]?.indexOf(text) ?? 0, row};
}

/** The row of the cursor of a list that is drawn below `above` others with rows. */
function cursorRow(state: DashboardState, above: number): number {
	const rows = screenOf(state)
		.split('\n')
		.flatMap((line, row) => (line.startsWith('│>') ? [row] : []));
	return rows[above] ?? expect.fail('no cursor');
}

type Mouse = Omit<EventOf<'mouse'>, 'type'>;
const send = (state: DashboardState, event: Partial<Mouse>) =>
	update(state, {type: 'mouse', action: 'press', column: 0, row: 0, at: 0, ...event})[0];

const sizes = [
	[80, 24],
	[100, 30],
	[120, 40],
	[200, 50],
] as const;

describe.each(sizes)('at %s columns and %s rows', (columns, rows) => {
	const state = filled({size: {columns, rows}, focus: 'prompts', subject: 'prompts'});

	it('every visible row of a list is found where it is drawn', () => {
		for (const [above, list] of (['prompts', 'runs'] as const).entries()) {
			const focused = {...state, focus: list, subject: list};
			const [id = ''] = visibleIds(focused, list);
			const row = cursorRow(focused, above);
			expect(placeAt(focused, 5, row)).toEqual({kind: 'row', list, id});
		}
	});

	it('each key of the footer runs its own command', () => {
		const place = find(state, '? help');
		expect(place.row).toBe(rows - 1);
		expect(placeAt(state, place.column, place.row)).toEqual({kind: 'key', command: 'help'});
		expect(send(state, place).overlay?.kind).toBe('help');
	});

	it('nothing on the screen makes a click fail', () => {
		for (let row = 0; row < rows; row++) {
			for (let column = 0; column < columns; column += 3) {
				for (const action of ['press', 'drag', 'release', 'up', 'down'] as const) {
					expect(() => send(state, {action, column, row})).not.toThrow();
				}
			}
		}
	});
});

describe('the mouse', () => {
	const state = filled({size: {columns: 120, rows: 32}, focus: 'prompts', subject: 'prompts'});

	it('selects a run by a click, and opens it by two', () => {
		const [first = '', second = ''] = visibleIds(state, 'runs');
		const row = cursorRow({...state, focus: 'runs', subject: 'runs'}, 1);
		const once = send(state, {column: 4, row: row + 1, at: 1000});
		expect([once.focus, once.selected.runs]).toEqual(['runs', second]);
		expect(send(once, {column: 4, row: row + 1, at: 1300}).focus).toBe('detail');
		expect(send(once, {column: 4, row: row + 1, at: 1500}).focus).toBe('runs');
		expect(send(once, {column: 4, row, at: 1300}).selected.runs).toBe(first);
	});

	it('changes the tab', () => {
		const shown = {...state, focus: 'runs', subject: 'runs', tab: 'log'} as const;
		expect(send(shown, find(shown, 'Lineage')).tab).toBe('lineage');
	});

	it('scrolls what is below the wheel, and leaves the focus', () => {
		const [, second] = visibleIds(state, 'prompts');
		const scrolled = send(state, {action: 'down', column: 4, row: 2});
		expect(scrolled.selected.prompts).toBe(second);
		const detail = send(state, {action: 'down', column: 80, row: 10});
		expect(detail.focus).toBe('prompts');
	});

	it('drags the border between the lists and the detail', () => {
		const {column, row} = find(state, '╮╭');
		const pressed = send(state, {column, row});
		const dragged = send(pressed, {action: 'drag', column: column + 10, row});
		const released = send(dragged, {action: 'release', column: column + 10, row});
		expect(find(released, '╮╭').column).toBe(column + 10);
		expect(send(released, {action: 'drag', column: 20, row})).toBe(released);
	});

	it('leaves what lies below a dialog alone', () => {
		const asked = update(state, {type: 'key', name: '?', text: '?', at: 0})[0];
		expect(send(asked, {column: 4, row: 2})).toBe(asked);
	});
});
