import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, it} from 'vitest';
import type {ShownRun} from '../../source/domain/types.js';
import {bindings, type CommandName} from '../../source/state/bindings.js';
import {fixedContexts} from '../../source/state/custom-keys.js';
import type {DashboardState} from '../../source/state/dashboard-state.js';
import {keyOf} from '../../source/state/key-text.js';
import {screenOf} from '../components/frame.js';
import {apply, commanded, filled, going, noon, prompt, start} from './examples.js';

/** Every command that may have another key has one, which nothing else is called. */
const moved = Object.fromEntries(
	bindings
		.filter(({context}) => !fixedContexts.includes(context))
		.map(({context, command}, index) => [
			`${context}.${command}`,
			[`alt-${String.fromCodePoint(0x4_00 + index)}`],
		]),
);

const size = {columns: 140, rows: 40};
const empty = (state: DashboardState) =>
	apply(
		state,
		{type: 'prompts-read', prompts: []},
		{type: 'runs-read', runs: [], ownRuns: [], at: noon},
	);
const welcome = (state: DashboardState) =>
	apply(
		{...state, touring: true},
		{type: 'prompts-read', prompts: [prompt(1)]},
		{
			type: 'runs-read',
			runs: [],
			ownRuns: [],
			at: noon,
		},
	);
const full = ({customKeys}: DashboardState) => filled({customKeys, size});
const interrupted: ShownRun = {...going(1), shown: 'interrupted'};
const log = (state: DashboardState): DashboardState => {
	const inLog = commanded(full(state), 'to-runs', 'open');
	const window = {
		runId: 'run_000000000001',
		epoch: 0,
		first: 0,
		lines: ['one', 'two'],
		pending: '',
		atStart: true,
		atEnd: true,
		size: 8,
	};
	return {...inLog, log: {...inLog.log, window, follow: false, mark: {from: 0, to: 1}}};
};

/** What is on the screen, where; `@` stands for the key of a command. */
const scenes: ReadonlyArray<
	[text: string, command: CommandName, scene: (state: DashboardState) => DashboardState]
> = [
	['@ makes one from a text', 'new-prompt', empty],
	['@ on a prompt, then', 'launch', empty],
	['@ Prompts', 'to-prompts', empty],
	['@ Runs', 'to-runs', empty],
	['@ opens the launch form', 'launch', welcome],
	['@ ends the tour', 'tour-end', welcome],
	['no runs yet: @ launches one', 'launch', welcome],
	['@ shows all rows', 'clear', state => ({...full(state), filters: {prompts: 'zzz', runs: ''}})],
	['mark them with @', 'mark', state => commanded(full(state), 'batch')],
	['@ keeps settings under', 'preset-save', state => commanded(full(state), 'launch')],
	['@ in a launch form', 'form-queue', state => commanded(full(state), 'queue')],
	['color.mp4; @ completes', 'complete-or-next', state => commanded(full(state), 'new-prompt')],
	['2 marked, @ copies', 'log-copy', log],
	['@ to the end', 'last', log],
	[
		'@ runs it again',
		'rerun',
		state =>
			commanded(
				apply(full(state), {
					type: 'runs-read',
					runs: [interrupted],
					ownRuns: [],
					at: noon,
				}),
				'to-runs',
			),
	],
	[
		'@ tries again',
		'ask-host',
		state =>
			apply(full(state), {type: 'host-failed', name: 'demo', message: 'no', hint: '', at: noon}),
	],
	[
		'@ shows it',
		'queue',
		state =>
			apply(commanded(full(state), 'launch'), {type: 'launch-accepted', queued: true, at: noon}),
	],
];

it.each(scenes)('says "%s" with the key that %s has', (text, command, scene) => {
	const usual = scene(start({size}));
	expect(screenOf(usual)).toContain(text.replace('@', keyOf(usual, command)));
	const own = scene(start({size, customKeys: moved}));
	expect(keyOf(own, command)).toMatch(/^alt-/);
	expect(screenOf(own)).toContain(text.replace('@', keyOf(own, command)));
});

/** `i launches`, `esc shows`: a key written into a text. */
const named =
	/(?:^|[\s;,(])(?:[b-zB-HJ-Z0-9/?*#!&:<>[\]]|[Ee]sc|[Ee]nter|[Tt]ab|[Ss]pace|ctrl-\w) (?:once|also|[a-z]{2,}s)\b/;
/** Rating is its digits. */
const harmless = 'give stars: 1 to 5, 0 takes them away';

it('has no text with a key written into it', () => {
	const source = path.join(import.meta.dirname, '..', '..', 'source');
	const found = ['state', 'components'].flatMap(room =>
		readdirSync(path.join(source, room)).flatMap(file =>
			readFileSync(path.join(source, room, file), 'utf8')
				.split('\n')
				.filter(line => !/^\s*(?:\*|\/)/.test(line))
				.flatMap(line => line.match(/'[^']*'|"[^"]*"|`[^`]*`/g) ?? [])
				.map(text => text.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, '…'))
				.filter(text => named.test(text) && text !== harmless && !text.includes('${'))
				.map(text => `${room}/${file}: ${text}`),
		),
	);
	expect(found).toEqual([]);
});
