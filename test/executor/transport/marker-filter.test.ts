import fc from 'fast-check';
import {expect, test} from 'vitest';
import {createMarkerFilter} from '../../../source/executor/transport/marker-filter.js';
import {collectTo} from '../collect-to.js';

test('only what follows the marker passes, however the stream is cut into chunks', () => {
	const bytes = fc.uint8Array({maxLength: 40});
	fc.assert(
		fc.property(bytes, bytes, fc.array(fc.nat(8), {minLength: 1}), (before, after, sizes) => {
			const stream = Buffer.concat([before, Buffer.from('<MARK>'), after]);
			const passed: Buffer[] = [];
			const filter = createMarkerFilter('<MARK>', collectTo(passed));
			for (let at = 0, turn = 0; at < stream.length; turn++) {
				const size = 1 + (sizes[turn % sizes.length] ?? 0);
				filter.push(stream.subarray(at, at + size));
				at += size;
			}

			expect(Buffer.concat(passed)).toEqual(Buffer.from(after));
		}),
	);
});

test('output before the marker is kept for the message', () => {
	const filter = createMarkerFilter('<MARK>', () => undefined);
	filter.push(Buffer.from('This account is '));
	filter.push(Buffer.from('not available.'));
	expect(filter.noise()).toBe('This account is not available.');
});
