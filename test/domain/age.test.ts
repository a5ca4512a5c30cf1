import {expect, test} from 'vitest';
import {formatAge, parseAge} from '../../source/domain/age.js';

test.each([
	['30m', 1800],
	['12h', 43_200],
	['7d', 604_800],
	['2w', 1_209_600],
	['0m', 0],
])('%s is %d seconds', (text, seconds) => {
	expect(parseAge(text)).toBe(seconds);
});

test.each(['', '7', 'd', '-1d', '1.5h', '7 d', '7days'])('"%s" is refused', text => {
	expect(() => parseAge(text)).toThrow(`"${text}" is not a valid age`);
});

test.each([
	[59, '0 min'],
	[3599, '59 min'],
	[3600, '1 h'],
	[172_800, '2 d'],
	[-5, '0 min'],
])('%d seconds are shown as %s', (seconds, text) => {
	expect(formatAge(seconds)).toBe(text);
});
