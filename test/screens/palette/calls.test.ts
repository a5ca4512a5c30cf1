import {describe, expect, it} from 'vitest';
import {callWords, withLastWord, wordsSoFar} from '../../../source/screens/palette/call-words.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import {apply, commanded, effectOf, filled, type} from '../../dashboard/examples.js';

const verbs = [
	['rate', 'rate with stars'],
	['list', 'list prompts, runs'],
	['stats', 'durations'],
	['ui', 'the dashboard'],
] as const;

/** The palette with this text, once the verbs are known. */
function typed(text: string, more: Partial<DashboardState> = {}): DashboardState {
	const open = commanded(filled(more), 'palette');
	return type(apply(open, {type: 'call-offers', text: '', offers: verbs}), text);
}

const textIn = ({overlay}: DashboardState) =>
	overlay?.kind === 'palette' ? overlay.field.text : undefined;

describe('what is typed after the colon', () => {
	it('is a call when it is a verb with words', () => {
		expect(effectOf(typed('rate latest 5'), 'palette-run')).toEqual({
			kind: 'call',
			words: ['rate', 'latest', '5'],
		});
	});

	it('is a call when it is a verb that no action has', () => {
		expect(effectOf(typed('list'), 'palette-run')).toEqual({kind: 'call', words: ['list']});
	});

	it('finds an action as before when an action has the name, or no verb', () => {
		expect(effectOf(typed('stats'), 'palette-run')).toEqual({
			kind: 'run-command',
			command: 'stats',
		});
		expect(effectOf(typed('mark ran'), 'palette-run')?.kind).toBe('run-command');
	});

	it('asks for what may come next at each key', () => {
		const open = commanded(filled(), 'palette');
		const known = apply(open, {type: 'call-offers', text: '', offers: verbs});
		expect(effectOf(type(known, 'rate '), 'cursor-end')).toEqual({
			kind: 'complete-call',
			text: 'rate ',
		});
	});

	it('is completed to what all offers share, then to the chosen one', () => {
		const offers = [
			['run_12', ''],
			['run_13', ''],
		] as const;
		const state = apply(typed('rate r'), {type: 'call-offers', text: 'rate r', offers});
		const shared = commanded(state, 'palette-complete');
		expect(textIn(shared)).toBe('rate run_1');
		const again = apply(shared, {type: 'call-offers', text: 'rate run_1', offers});
		expect(textIn(commanded(again, 'palette-next', 'palette-complete'))).toBe('rate run_13 ');
	});

	it('offers for an earlier text change nothing', () => {
		const state = apply(typed('rate lat'), {
			...{type: 'call-offers', text: 'rate l', offers: [['latest', '']]},
		});
		expect(textIn(commanded(state, 'palette-complete'))).toBe('rate lat');
	});

	it('does not open a second dashboard, and changes nothing in one that is read-only', () => {
		expect(effectOf(typed('ui '), 'palette-run')).toBeUndefined();
		const state = commanded(typed('rate latest 5', {readOnly: true}), 'palette-run');
		expect(state.notices.at(-1)?.text).toBe('this dashboard is read-only');
	});
});

describe('the words of a call', () => {
	it.each([
		['note latest "wet asphalt"', ['note', 'latest', 'wet asphalt']],
		["note latest 'it\\s'", ['note', 'latest', 'it\\s']],
		['tag latest wet\\ asphalt', ['tag', 'latest', 'wet asphalt']],
		['note latest ""', ['note', 'latest', '']],
	])('%s', (text, words) => expect(callWords(text)).toEqual(words));

	it('end with the one that is being typed', () => {
		expect(wordsSoFar('rate ')).toEqual(['rate', '']);
		expect(wordsSoFar('rate la')).toEqual(['rate', 'la']);
	});

	it('get another last word, in quotes where it needs them', () => {
		expect(withLastWord('rate la', 'latest')).toBe('rate latest');
		expect(withLastWord('show ', 'city night')).toBe('show "city night"');
	});
});
