import {describe, expect, it} from 'vitest';
import {firstVisible} from '../../source/components/rows.js';
import {inputRow, inputRows} from '../../source/components/text-input.js';
import {createPaint} from '../../source/components/theme.js';
import {fitLogLine, shortened, wrapLogLine} from '../../source/screens/log/log-rows.js';
import {widthOf} from '../../source/state/content/text-layout.js';
import {textField} from '../../source/state/text-field.js';

describe('log lines', () => {
	it('are cut to the width with their colours closed', () => {
		const row = fitLogLine('\u001b[31mred and long\u001b[0m', 6);
		expect(widthOf(row)).toBe(6);
		expect(row).toMatch(/^\u001b\[31mred a\u001b\[(0|39)m…$/);
	});

	it('show the time and the message of a long prefix', () => {
		const line = '[11-24 14:38:58|INFO|cosmos_transfer1/diffusion/transfer.py:33:main] sampling';
		expect(shortened(line)).toBe('\u001b[2m14:38:58\u001b[22m sampling');
	});

	it('show a level that is more than information', () => {
		const line = '[11-24 14:38:58|ERROR|cosmos_transfer1/guardrail.py:33:main] blocked';
		expect(shortened(line)).toMatch(/14:38:58.* .*ERROR.* blocked/);
	});

	it('stay as they are without a prefix', () => {
		expect(shortened('[1] [a|b] text')).toBe('[1] [a|b] text');
	});

	it('are wrapped without losing a character', () => {
		expect(wrapLogLine('abcdefgh', 3)).toEqual(['abc', 'def', 'gh ']);
		expect(wrapLogLine('', 3)).toEqual(['   ']);
	});
});

describe('text input', () => {
	const cursor = /\u001b\[7m(.)\u001b\[27m/;

	it('shows the cursor after the last character', () => {
		expect(inputRow(textField('abc'), {width: 8, focused: true})).toBe(
			'abc\u001b[7m \u001b[27m    ',
		);
	});

	it('keeps the cursor in sight in a long text', () => {
		const row = inputRow(textField('x'.repeat(100)), {width: 10, focused: true});
		expect(widthOf(row)).toBe(10);
		expect(row).toMatch(cursor);
	});

	it('shows the rows around the cursor of a text with lines', () => {
		const rows = inputRows(textField('1\n2\n3\n4'), {width: 10, rows: 2, focused: true});
		expect(rows[0]).toMatch(/^3/);
		expect(rows[1]).toMatch(/^4\u001b\[7m/);
	});

	it('shows a placeholder while it is empty', () => {
		const row = inputRow(textField(), {width: 12, focused: false, placeholder: 'a folder'});
		expect(row).toContain('a folder');
	});

	it('is as wide as asked with wide characters', () => {
		const row = inputRow(textField('漢字漢字漢字'), {width: 7, focused: true});
		expect(widthOf(row)).toBe(7);
	});
});

it('shows the selected row of a long list', () => {
	for (const selected of [0, 5, 50, 98, 99]) {
		const first = firstVisible(selected, 100, 10);
		expect(first).toBeGreaterThanOrEqual(0);
		expect(selected).toBeGreaterThanOrEqual(first);
		expect(selected).toBeLessThan(first + 10);
	}
});

it('uses no colour codes without colours', () => {
	const paint = createPaint('none');
	const roles = ['dim', 'strong', 'accent', 'good', 'warn', 'bad', 'selected', 'tab'] as const;
	const text = roles.map(role => paint(role, 'x')).join('');
	expect(text).not.toMatch(/\u001b\[(?:\d+;)*[34]\d[;m]/);
});
