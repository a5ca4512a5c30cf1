import {expect, test} from 'vitest';
import {parseExitCode, unknownExit} from '../../source/domain/exit-code.js';

test.each([
	['0', 0],
	['3', 3],
	['255', 255],
])('reads the exit status %j', (text, code) => {
	expect(parseExitCode(text)).toBe(code);
});

test.each([undefined, '', ' ', '-', '-1', '+0', '256', '0x0', '1e1', '0 ', '0\n', '00000', 'zero'])(
	'does not accept %j as an exit status',
	text => {
		expect(parseExitCode(text)).toBeUndefined();
	},
);

test('an unknown exit status is reported as a failure', () => {
	const {code, failure} = unknownExit('no record');
	expect(code).not.toBe(0);
	expect(failure?.message).toBe('the exit status of the job is unknown: no record');
});
