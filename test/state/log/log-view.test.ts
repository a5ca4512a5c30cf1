import {describe, expect, it} from 'vitest';
import {patternOf} from '../../../source/state/log/log-pattern.js';
import {
	copiedLines,
	type LogView,
	type LogWindow,
	noLog,
	scrollLog,
	searchedLog,
	showWindow,
	stretchLogMark,
	toggleLogMark,
	unseenLines,
	visibleLog,
	wants,
} from '../../../source/state/log/log-view.js';

const height = 3;

function window(change: Partial<LogWindow> = {}): LogWindow {
	return {
		runId: 'run_1',
		epoch: 1,
		first: 0,
		lines: ['0', '1', '2', '3', '4', '5', '6', '7'],
		pending: '',
		atStart: true,
		atEnd: true,
		size: 16,
		range: [0, 16],
		...change,
	};
}

const view = (change: Partial<LogWindow> = {}): LogView =>
	showWindow(noLog, window(change), height);

it('follows the end', () => {
	expect(visibleLog(view(), height)).toEqual(['5', '6', '7']);
});

it('shows a bar that has no end yet as the last row', () => {
	expect(visibleLog(view({pending: ' 46%|'}), height)).toEqual(['6', '7', ' 46%|']);
});

it('stays where it is while lines come, and counts them', () => {
	const scrolled = scrollLog(view(), -2, height);
	const grown = showWindow(scrolled, window({lines: [...window().lines, '8', '9']}), height);
	expect(visibleLog(grown, height)).toEqual(['3', '4', '5']);
	expect(unseenLines(grown)).toBe(2);
});

it('stays on its lines when earlier ones are read', () => {
	const scrolled = scrollLog(view(), -5, height);
	const longer = window({first: -2, lines: ['-2', '-1', ...window().lines]});
	expect(visibleLog(showWindow(scrolled, longer, height), height)).toEqual(['0', '1', '2']);
});

it('follows again when it reaches the end', () => {
	const scrolled = scrollLog(view(), -1, height);
	expect(scrolled.follow).toBe(false);
	expect(scrollLog(scrolled, 1, height).follow).toBe(true);
});

it('does not follow at the end of a window that is not the end of the log', () => {
	const scrolled = scrollLog(view({atEnd: false}), -1, height);
	expect(scrollLog(scrolled, 1, height).follow).toBe(false);
});

it('goes on following when there is nothing to scroll', () => {
	const short = view({lines: ['0', '1']});
	expect(scrollLog(short, -1, height).follow).toBe(true);
});

it('wants more lines near the ends of the window only', () => {
	const lines = Array.from({length: 100}, (_, index) => String(index));
	const middle = scrollLog(view({lines, atStart: false, atEnd: false}), -50, height);
	expect(wants(middle, height)).toBeUndefined();
	expect(wants(scrollLog(middle, -45, height), height)).toBe('earlier');
	expect(wants(scrollLog(middle, 45, height), height)).toBe('later');
});

it('wants nothing where the log itself ends', () => {
	expect(wants(scrollLog(view(), -5, height), height)).toBeUndefined();
});

describe('marking', () => {
	it('begins at the last line while the end is followed, and stops following', () => {
		const marked = toggleLogMark(view(), height);
		expect(marked).toMatchObject({follow: false, mark: {from: 7, to: 7}});
		expect(copiedLines(marked, height)).toEqual(['7']);
	});

	it('begins at the line that a search has found', () => {
		const found = view({epoch: 2, anchor: 4});
		expect(toggleLogMark(found, height).mark).toEqual({from: 4, to: 4});
	});

	it('is stretched in both directions, and the view goes with it', () => {
		const up = stretchLogMark(toggleLogMark(view(), height), -4, height);
		expect(copiedLines(up, height)).toEqual(['3', '4', '5', '6', '7']);
		expect(visibleLog(up, height)).toEqual(['3', '4', '5']);
	});

	it('ends at the ends of what there is', () => {
		const all = stretchLogMark(toggleLogMark(view(), height), Number.NEGATIVE_INFINITY, height);
		expect(all.mark?.to).toBe(0);
	});
});

it('copies what is on the screen, without its colours, when nothing is marked', () => {
	const lines = ['\u001b[31mred\u001b[0m', 'two'];
	expect(copiedLines(view({lines}), height)).toEqual(['red', 'two']);
});

it('brings the line that the reader has jumped to into sight', () => {
	const jumped = view({epoch: 2, anchor: 3});
	expect(jumped.follow).toBe(false);
	expect(visibleLog(jumped, height)).toContain('3');
});

describe('a search', () => {
	const pattern = patternOf('step');

	it('says that there is nothing', () => {
		expect(searchedLog(view(), {pattern, found: undefined}).search?.state).toBe('none');
	});

	it('stays on the only line there is', () => {
		const once = searchedLog(view(), {pattern, found: {offset: 5, wrapped: false}});
		const again = searchedLog(once, {pattern, found: undefined});
		expect(again.search).toMatchObject({state: 'found', at: 5, wrapped: true});
	});
});
