import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, it} from 'vitest';
import {keyTable} from '../../source/dashboard/update.js';
import type {ShownRun} from '../../source/domain/types.js';
import type {DashboardState} from '../../source/state/dashboard-state.js';
import {keyOf} from '../../source/state/keys/keymap.js';
import {apply, commanded, filled, going, noon, prompt, start} from './examples.js';
import {screenOf} from './frame.js';

/** Every command that may have another key has one, which nothing else is called. */
const moved = keyTable.map((key, index) =>
	key.context.fixed
		? key
		: {...key, isCustom: true, keys: [`alt-${String.fromCodePoint(0x4_00 + index)}`]},
);

const size = {columns: 140, rows: 30};
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
const full = ({keys}: DashboardState) => filled({keys, size});
const withInterrupted = (state: DashboardState) => {
	const interrupted: ShownRun = {...going(1), shown: 'interrupted'};
	const read = {type: 'runs-read', runs: [interrupted], ownRuns: [], at: noon} as const;
	return commanded(apply(full(state), read), 'to-runs');
};

const withoutHost = (state: DashboardState) =>
	apply(full(state), {type: 'host-failed', name: 'demo', message: 'no', hint: '', at: noon});
const queued = (state: DashboardState) =>
	apply(commanded(full(state), 'launch'), {type: 'launch-accepted', queued: true, at: noon});
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
		range: [0, 8] as const,
	};
	return {...inLog, log: {...inLog.log, window, follow: false, mark: {from: 0, to: 1}}};
};

type Texts = ReadonlyArray<readonly [text: string, command: string]>;

/** What is on the screen, where; `@` stands for the key of a command. */
const scenes: ReadonlyArray<readonly [(state: DashboardState) => DashboardState, Texts]> = [
	[
		empty,
		[
			['@ creates one from a text', 'new-prompt'],
			['@ on a prompt, then', 'launch'],
			['@ Prompts', 'to-prompts'],
			['@ Runs', 'to-runs'],
			['@ Queue', 'to-queue'],
		],
	],
	[
		welcome,
		[
			['@ opens the launch form', 'launch'],
			['@ ends the tour', 'tour-end'],
			['no runs yet: @ launches one', 'launch'],
		],
	],
	[
		state => ({...full(state), filters: {prompts: 'zzz', runs: '', queue: ''}}),
		[['@ shows all rows', 'clear']],
	],
	[state => commanded(full(state), 'batch'), [['mark them with @', 'mark']]],
	[
		state => commanded(full(state), 'launch'),
		[['@ saves the settings as a preset', 'preset-save']],
	],
	[state => commanded(full(state), 'to-queue'), [['@ in a launch form', 'form-queue']]],
	[
		state => commanded(full(state), 'new-prompt'),
		[['folder or file; @ completes', 'complete-or-next']],
	],
	[
		log,
		[
			['2 marked, @ copies', 'log-copy'],
			['@ to the end', 'last'],
		],
	],
	[withInterrupted, [['@ runs it again', 'rerun']]],
	[withoutHost, [['@ tries now', 'ask-host']]],
	[queued, [['@ shows it', 'to-queue']]],
];

it('says the keys that the user has given', () => {
	for (const [scene, texts] of scenes) {
		const state = scene(start({size, keys: moved}));
		const screen = screenOf(state);
		for (const [text, command] of texts) {
			expect(keyOf(state, command)).toMatch(/^alt-/);
			expect(screen).toContain(text.replace('@', keyOf(state, command)));
		}
	}
});

/** `i launches`, `esc shows`: a key written into a text. */
const named =
	/(?:^|[\s;,(])(?:[b-zB-HJ-Z0-9/?*#!&:<>[\]]|[Ee]sc|[Ee]nter|[Tt]ab|[Ss]pace|ctrl-\w) (?:once|also|[a-z]{2,}s)\b/;
/** Digits that are stars and seconds, of keys that nobody can move. */
const harmless = [
	'rate with 1 to 5 stars; 0 removes them',
	'quit; twice within 2 s quits at once and leaves runs running',
];

it('has no text with a key written into it', () => {
	const source = path.join(import.meta.dirname, '..', '..', 'source');
	const found = ['state', 'components', 'screens', 'dashboard'].flatMap(room =>
		sourcesIn(path.join(source, room)).flatMap(file =>
			readFileSync(path.join(source, room, file), 'utf8')
				.split('\n')
				.filter(line => !/^\s*(?:\*|\/)/.test(line))
				.flatMap(line => line.match(/'[^']*'|"[^"]*"|`[^`]*`/g) ?? [])
				.map(text => text.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, '…'))
				.filter(text => named.test(text) && !harmless.includes(text) && !text.includes('${'))
				.map(text => `${room}/${file}: ${text}`),
		),
	);
	expect(found).toEqual([]);
});

function sourcesIn(folder: string): string[] {
	const files = readdirSync(folder, {recursive: true, encoding: 'utf8'});
	return files.filter(file => /\.tsx?$/.test(file));
}
