import {expect, it} from 'vitest';
import {halfBlocks} from '../../source/components/half-blocks.js';
import {paintLine} from '../../source/components/rows.js';
import {pixelSpan} from '../../source/state/content/line.js';

const row = (...pixels: ReadonlyArray<readonly number[]>) => Uint8Array.from(pixels.flat());
const red = [200, 0, 0];
const blue = [0, 0, 200];

it('paints the upper pixel as the character and the lower one behind it', () => {
	const pixels = {upper: row(red), lower: row(blue), colours: 'true'} as const;
	expect(halfBlocks(pixels, 10)).toBe(
		'\u001b[38;2;200;0;0m\u001b[48;2;0;0;200m▀\u001b[49m\u001b[39m',
	);
});

it('says a colour once for neighbours that an eye does not tell apart', () => {
	const upper = row(red, [204, 4, 4], blue);
	const painted = halfBlocks({upper, lower: row(blue, blue, blue), colours: 'true'}, 10);
	expect(painted.match(/38;2/g)).toHaveLength(2);
	expect(painted.match(/48;2/g)).toHaveLength(1);
});

it.each([
	[[0, 0, 0], 16],
	[[255, 255, 255], 231],
	[[255, 0, 0], 196],
	[[128, 128, 128], 244],
])('takes the nearest of 256 colours for %j', (colour, code) => {
	const pixels = {upper: row(colour), lower: row(colour), colours: 256} as const;
	expect(halfBlocks(pixels, 1)).toContain(`\u001b[38;5;${code}m\u001b[48;5;${code}m▀`);
});

it('is cut to the width of its row', () => {
	const span = pixelSpan({upper: row(red, red, red), lower: row(red, red, red), colours: 256});
	const text = paintLine([span, 'after'], 2).replaceAll(/\u001b\[[0-9;]*m/g, '');
	expect(text).toBe('▀▀');
});
