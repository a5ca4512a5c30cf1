import {expect, it} from 'vitest';
import type {CommandName} from '../../source/state/bindings.js';
import type {DashboardState} from '../../source/state/dashboard-state.js';
import {commanded, filled} from './examples.js';

const scrollOf = ({overlay}: DashboardState) =>
	overlay && 'scroll' in overlay ? overlay.scroll : undefined;
const times = (count: number, command: CommandName) => Array<CommandName>(count).fill(command);
const help = () => commanded(filled({size: {columns: 80, rows: 24}}), 'help');

it('turns a page by what the window shows of it, less one line', () => {
	expect(scrollOf(commanded(help(), 'page-down'))).toBe(19);
	expect(scrollOf(commanded(help(), 'page-down', 'page-down', 'page-up'))).toBe(19);
});

it('stops at the end, so that the next key up moves at once', () => {
	const end = commanded(help(), ...times(40, 'page-down'));
	expect(scrollOf(commanded(end, 'down'))).toBe(scrollOf(end));
	expect(scrollOf(commanded(end, 'up'))).toBe((scrollOf(end) ?? 0) - 1);
});

it.each(['stats', 'host', 'notices'] as const)('keeps %s where all of it is seen', page => {
	const open = commanded(filled({size: {columns: 120, rows: 60}}), page);
	expect(scrollOf(commanded(open, 'down', 'page-down'))).toBe(0);
});
