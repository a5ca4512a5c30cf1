import {describe, expect, it} from 'vitest';
import {shortened} from '../../../source/screens/log/log-rows.js';

const red = /^\u001b\[31m/;
const yellow = /^\u001b\[33m/;

describe('a line of a log', () => {
	it("shows time and message, without Cosmos 3's prefix and that of the models before", () => {
		const text = (line: string) => shortened(line).replaceAll(/\u001b\[[\d;]*m/g, '');
		expect(text('[11-29 17:48:53|job=|INFO|a/b.py:124:init] Loaded')).toBe('17:48:53 Loaded');
		expect(text('[11-29 17:48:53|job=|WARNING|a/b.py:1:f] odd')).toBe('17:48:53 WARNING odd');
		expect(text('[07-01 11:26:45|INFO|a.py:1:f] Loaded')).toBe('11:26:45 Loaded');
	});

	it.each([
		'Traceback (most recent call last):',
		'torch.OutOfMemoryError: CUDA out of memory.',
		'[rank3]: ValueError: bad',
		'ERROR: no such option',
		'KeyboardInterrupt',
	])('is red when it reports an error: %s', line => {
		expect(shortened(line)).toMatch(red);
	});

	it.each(['UserWarning: slow', 'WARNING: odd', 'a/b.py:12: FutureWarning: gone soon'])(
		'is yellow when it warns: %s',
		line => {
			expect(shortened(line)).toMatch(yellow);
		},
	);

	it.each(['no error here', 'errors: 0', 'Erroneous', '\u001b[32mERROR\u001b[39m', 'warnings off'])(
		'keeps its colour otherwise: %s',
		line => {
			expect(shortened(line)).toBe(line);
		},
	);
});
