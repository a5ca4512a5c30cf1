import {WriteStream} from 'node:tty';
import {expect, it} from 'vitest';
import {colourBits} from '../../source/terminal/picture-colours.js';

/** A terminal for which Node knows no more than this environment. */
const bitsIn = (env: NodeJS.ProcessEnv) =>
	colourBits({getColorDepth: () => WriteStream.prototype.getColorDepth(env)}, env);

it.each([
	'xterm-256color',
	'tmux-256color',
	'screen-256color',
	'rxvt-unicode-256color',
	'putty-256color',
])('finds 256 colours in TERM=%s, as SSH passes it on without TMUX', TERM => {
	expect(bitsIn({TERM})).toBe(8);
});

it.each([
	['xterm', 4],
	['dumb', 1],
])('finds fewer in TERM=%s', (TERM, bits) => {
	expect(bitsIn({TERM})).toBe(bits);
});

it('takes COLORTERM for all colours, whatever TERM says', () => {
	expect(bitsIn({TERM: 'tmux-256color', COLORTERM: 'truecolor'})).toBe(24);
});
