import {expect, it, vi} from 'vitest';
import {createAnswerFilter} from '../../source/terminal/answer-filter.js';

const kitty = '\u001b_Gi=31;OK\u001b\\';
const attributes = '\u001b[?62;4c';
const cells = '\u001b[6;20;10t';
const colours = '\u001b[?1;0;256S';

/** A filter that listens, with the answers and the typed input that it got. */
function listening() {
	const answers: string[] = [];
	let typed = '';
	const filter = createAnswerFilter(() => {
		typed += filter.read(null) ?? '';
	});
	filter.listen(answer => answers.push(answer));
	const send = (chunk: string) => {
		typed += filter.read(chunk) ?? '';
		typed += filter.read(null) ?? '';
	};

	return {filter, answers, send, typed: () => typed};
}

it('finds answers among keys, wherever they are cut', () => {
	const all = `a${kitty}\u001b[A${cells}${colours}b${attributes}`;
	for (let at = 0; at <= all.length; at++) {
		const {answers, send, typed} = listening();
		send(all.slice(0, at));
		send(all.slice(at));
		expect([at, typed(), answers]).toEqual([at, 'a\u001b[Ab', [kitty, cells, colours, attributes]]);
	}

	const {answers, send, typed} = listening();
	for (const byte of all) {
		send(byte);
	}

	expect([typed(), answers.length]).toEqual(['a\u001b[Ab', 4]);
});

it('passes keys that start like an answer if nothing follows', () => {
	vi.useFakeTimers();
	const {send, typed, answers} = listening();
	send('\u001b');
	expect(typed()).toBe('');
	vi.runAllTimers();
	expect(typed()).toBe('\u001b');
	send('\u001b[6~\u001b[1;5A\u001b_x\u001bO');
	expect(typed()).toBe('\u001b\u001b[6~\u001b[1;5A\u001b_x\u001bO');
	expect(answers).toEqual([]);
	vi.useRealTimers();
});

it('passes everything once all questions are answered', () => {
	const {filter, send, typed} = listening();
	filter.rest();
	send('\u001b');
	send(attributes);
	expect(typed()).toBe(`\u001b${attributes}`);
});
