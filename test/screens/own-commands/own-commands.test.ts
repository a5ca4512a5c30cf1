import {describe, expect, it} from 'vitest';
import {keyTable} from '../../../source/dashboard/update.js';
import type {OwnCommand} from '../../../source/domain/own-command.js';
import {withOwnCommands} from '../../../source/screens/own-commands/own-commands.js';
import {fittingItems} from '../../../source/screens/palette/palette-items.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import {
	apply,
	commanded,
	commandFor,
	done,
	effectOf,
	filled,
	going,
	noon,
	type,
} from '../../dashboard/examples.js';

const copy: OwnCommand = {
	name: 'copy',
	key: 'W',
	on: 'output',
	run: ['cp', '{video}', '{ask.folder}'],
	ask: {},
	output: 'notice',
};

function stateWith(command: Partial<OwnCommand>, more: Partial<DashboardState> = {}) {
	const keys = withOwnCommands(keyTable, [{...copy, run: ['cp', '{video}'], ...command}], {});
	const runs = [done(1), going(2)];
	return commanded(
		apply(filled({keys, ...more}), {type: 'runs-read', runs, ownRuns: [], at: noon}),
		'to-runs',
	);
}

const effectIn = (state: DashboardState) => effectOf(state, 'commands.copy');

describe('a command of the configuration', () => {
	it('runs with the values of the selected run, in its words and its environment', () => {
		const effect = effectIn(stateWith({}));
		expect(effect).toMatchObject({kind: 'program', name: 'copy', output: 'notice'});
		expect(effect?.kind === 'program' && effect.calls).toMatchObject([
			{
				words: ['cp', expect.stringMatching(/run_000000000001\/outputs\/.*\.mp4$/)],
				env: {COSMOS_SELECTED_ID: 'run_000000000001', COSMOS_SELECTED_NAME: 'prompt-1'},
			},
		]);
	});

	it('runs for each of the marked rows', () => {
		const state = commanded(stateWith({on: 'run', run: ['echo', '{id}']}), 'mark', 'mark');
		const effect = effectIn(state);
		expect(effect?.kind === 'program' && effect.calls.map(({words}) => words[1])).toEqual([
			'run_000000000001',
			'run_000000000002',
		]);
	});

	it('has its key, is in the palette by its name, and is gone where it has nothing to work on', () => {
		const state = stateWith({});
		expect(commandFor(state, 'W')).toBe('commands.copy');
		const {overlay} = commanded(state, 'palette');
		expect(overlay?.kind === 'palette' && fittingItems(overlay).map(({name}) => name)).toContain(
			'copy',
		);
		expect(commandFor(commanded(state, 'to-prompts'), 'W')).toBeUndefined();
	});

	it('says what it wants where the run has no result', () => {
		const state = commanded(stateWith({}), 'down', 'commands.copy');
		expect(state.notices.at(-1)?.text).toBe('select a run with a result first');
		const other = commanded(stateWith({on: 'run'}), 'down', 'commands.copy');
		expect(other.notices.at(-1)?.text).toBe('run_000000000002 has no video');
	});

	it('asks before it runs, and takes the answers', () => {
		const asked = commanded(stateWith({run: copy.run, ask: {folder: 'Where?'}}), 'commands.copy');
		expect(asked.overlay).toMatchObject({kind: 'own-ask'});
		expect(effectOf(asked, 'own-answer')).toBeUndefined();
		const effect = effectOf(type(asked, '/tmp/with blank'), 'own-answer');
		expect(effect?.kind === 'program' && effect.calls[0]).toMatchObject({
			words: ['cp', expect.anything(), '/tmp/with blank'],
			env: {COSMOS_ASK_FOLDER: '/tmp/with blank'},
		});
	});

	it('asks whether it is meant, and runs nothing without a yes', () => {
		const asked = commanded(stateWith({confirm: 'Really?'}), 'commands.copy');
		expect(asked.overlay).toMatchObject({
			kind: 'confirm',
			lines: ['Really?', 'run_000000000001  prompt-1'],
		});
		expect(effectOf(asked, 'confirm-no')).toBeUndefined();
		expect(effectOf(asked, 'confirm-yes')?.kind).toBe('program');
	});

	it('runs nothing in a dashboard that is read-only', () => {
		const state = commanded(stateWith({}, {readOnly: true}), 'commands.copy');
		expect(state.notices.at(-1)?.text).toBe('this dashboard is read-only');
	});

	it('with the key of another is refused, and both are named', () => {
		expect(() => stateWith({key: 's'})).toThrow('"s" would be both commands.copy and home.stop');
	});

	it('may have the key of one for something else', () => {
		const two = [copy, {...copy, name: 'other', on: 'prompt', run: ['x'], ask: {}}] as const;
		expect(withOwnCommands(keyTable, [{...copy, ask: {folder: '?'}}, two[1]], {})).toHaveLength(
			keyTable.length + 2,
		);
	});
});
