import {setTimeout as wait} from 'node:timers/promises';
import type {Simulation} from './failures.js';
import type {Console} from './python/console.js';
import {logLine} from './python/log.js';
import {drawBar} from './python/tqdm.js';

const place = 'diffusion/model/model_t2w.py:210:forward';

/** Prints what `COSMOS_SIMULATE` asks for besides the log. */
export async function makeNoise(console: Console, {words}: Simulation): Promise<void> {
	if (words.has('garbage')) {
		await printGarbage(console);
	}

	if (words.has('long-line')) {
		const length = words.get('long-line') ?? 102_400;
		await console.stdout(`${'0123456789abcdef'.repeat(Math.ceil(length / 16)).slice(0, length)}\n`);
	}

	if (words.has('loud')) {
		await printLines(console, words.get('loud') ?? 100_000, words.get('pace'));
	}

	if (words.has('bars')) {
		await printBars(console, words.get('bars') ?? 90_000);
	}
}

/** Numbered lines of about 100 bytes, in pieces of some 64 KB. @param pace lines a second */
async function printLines(console: Console, count: number, pace = Infinity): Promise<void> {
	const time = new Date();
	const begun = performance.now();
	let piece = '';
	for (let number = 1; number <= count; number++) {
		piece += logLine(time, 'INFO', `cosmos_transfer1/${place}`, `line ${number} of ${count}`);
		if (piece.length > 65_000 || number === count) {
			await console.stdout(piece);
			piece = '';
			const early = begun + (number / pace) * 1000 - performance.now();
			if (early > 0) {
				await wait(early);
			}
		}
	}
}

async function printBars(console: Console, count: number): Promise<void> {
	let piece = '';
	for (let number = 1; number <= count; number++) {
		piece += `\r${drawBar('', number, count, number * 0.01)}`;
		if (piece.length > 32_000 || number === count) {
			await console.stderr(piece);
			piece = '';
		}
	}
}

/** Escapes that a terminal would interpret: none of them may reach a person's. */
const hostile = [
	'\u001b[2J\u001b[H',
	'\u001b]0;a title\u0007',
	'\u001b]52;c;Y29weQ==\u0007',
	'\u001b]8;;https://example.com/\u001b\\a link\u001b]8;;\u001b\\',
	'\u001b[6n\u001b[c\u001b[?1049h\u001b[?25l\u001b[8m',
	'\u001bP+q544e\u001b\\\u001b_a command\u001b\\\u001bc',
	'\u009b31mC1\u009d0;a title\u009c',
	'\u202ebackwards\u202c zero\u200bwidth\ufeff',
	'\u0000\u0007\b\u000b\f\u007f',
	'\u001b]never ended',
];

async function printGarbage(console: Console): Promise<void> {
	const bytes = Uint8Array.from({length: 4096}, (_, index) => (index * 167 + (index >> 4)) & 0xff);
	await console.stdout(bytes);
	await console.stdout('\n');
	for (const sequence of hostile) {
		await console.stdout(`before ${sequence} after\n`);
	}

	await console.stdout(Buffer.from([0x61, 0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x62, 0x0a]));
	const text = Buffer.from('cut in two: 🎬 ok\n');
	const middle = text.indexOf(0xf0) + 2;
	await console.stdout(text.subarray(0, middle));
	// So that the two halves arrive as two reads.
	await wait(50);
	await console.stdout(text.subarray(middle));
}
