import {expect, test} from 'vitest';
import {readStart} from '../../../source/executor/engine/start-protocol.js';
import {collectTo} from '../collect-to.js';

function read(chunks: readonly Buffer[]) {
	const heard: string[] = [];
	const output: Buffer[] = [];
	const reader = readStart({
		onReady: () => heard.push('ready'),
		onWait: holder => heard.push(holder),
		onStart: made => heard.push(...made),
		onOutput: collectTo(output),
	});
	for (const chunk of chunks) {
		reader.push(chunk);
	}

	return {heard, output: Buffer.concat(output), reader};
}

const words = 'ready\nwait run_a ann@desk Up 4 minutes\nwait run_b bob@lab\nstart\n';
const job = Buffer.from([0x00, 0xff, 0x0a, 0x73, 0x74, 0x61, 0x72, 0x74, 0x0a, 0xf0, 0x9f]);
const all = Buffer.concat([Buffer.from(words), job]);
const expected = ['ready', 'run_a of ann@desk (up 4 minutes)', 'run_b of bob@lab'];

test('protocol lines come before the job output, byte for byte', () => {
	const {heard, output, reader} = read([all]);
	expect(heard).toEqual(expected);
	expect(output).toEqual(job);
	expect(reader.started()).toBe(true);
	expect(reader.received()).toBe(job.length);
});

test('every cut into two chunks reads the same', () => {
	for (let cut = 1; cut < all.length; cut++) {
		const {heard, output} = read([all.subarray(0, cut), all.subarray(cut)]);
		expect({heard, output}).toEqual({heard: expected, output: job});
	}
});

test('byte by byte reads the same', () => {
	const {heard, output} = read([...all].map(byte => Buffer.from([byte])));
	expect({heard, output}).toEqual({heard: expected, output: job});
});

test('the job may print protocol lines itself', () => {
	const {heard, output} = read([Buffer.from('start\nwait run_x me\nstart\n')]);
	expect(heard).toEqual([]);
	expect(output.toString()).toBe('wait run_x me\nstart\n');
});

test('each holder is reported once', () => {
	const {heard} = read([Buffer.from('wait run_a a@b Up 1 second\nwait run_a a@b Up 2 seconds\n')]);
	expect(heard).toEqual(['run_a of a@b (up 1 second)']);
});

test('what makes the result is passed on with the start, at most 64 lines of it', () => {
	const lines = Array.from({length: 100}, (_, index) => `made gpu ${index}\n`).join('');
	expect(read([Buffer.from(`${lines}start\nmade gpu x\n`)]).heard).toHaveLength(64);
	expect(read([Buffer.from('made commit abc\nstart\n')]).heard).toEqual(['commit abc']);
});

test('a holder cannot send escapes to a terminal', () => {
	const {heard} = read([Buffer.from('wait run_a a\u001b[2J@b Up\n')]);
	expect(heard).toEqual(['run_a of a@b (up)']);
});

test('without the start line there is no output', () => {
	const {output, reader} = read([Buffer.from('ready\nnoise without an end')]);
	expect(output).toHaveLength(0);
	expect(reader.started()).toBe(false);
});
