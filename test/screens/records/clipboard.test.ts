import {expect, it} from 'vitest';
import {copySequence} from '../../../source/screens/records/clipboard.js';

it('hands a text to the terminal as OSC 52', () => {
	expect(copySequence('grün', false)).toBe('\u001b]52;c;Z3LDvG4=\u0007');
});

it('says it through tmux as well', () => {
	expect(copySequence('a', true)).toBe(
		'\u001b]52;c;YQ==\u0007\u001bPtmux;\u001b\u001b]52;c;YQ==\u0007\u001b\\',
	);
});

it('refuses what a terminal would cut', () => {
	expect(copySequence('x'.repeat(60_000), false)).toBeUndefined();
});

it('lets nothing of the text out as it is', () => {
	expect(copySequence('\u0007\u001b]0;title\u0007', false)).toMatch(
		/^\u001b\]52;c;[\w+/=]+\u0007$/,
	);
});
