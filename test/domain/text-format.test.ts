import {expect, test} from 'vitest';
import {formatBytes, formatBytesOf} from '../../source/domain/text-format.js';

const mib = 1024 ** 2;

test.each([
	[0, '0 B'],
	[1023, '1023 B'],
	[1536, '1.5 KiB'],
	[300 * mib, '300 MiB'],
])('%d bytes are %s', (count, text) => {
	expect(formatBytes(count)).toBe(text);
});

test.each([
	[0, 0, '0 of 0 B'],
	[512, 2048, '0.5 of 2.0 KiB'],
	[12 * mib, 27.3 * mib, '12.0 of 27.3 MiB'],
	[7 * mib, 512 * mib, '7.0 of 512 MiB'],
])('a part is formatted in the unit of the whole: %d of %d', (part, whole, text) => {
	expect(formatBytesOf(part, whole)).toBe(text);
});
