import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {pageView, title} from '../../components/page.js';
import {systemCode} from '../../domain/errors.js';
import {createLineDecoder} from '../../domain/runs/log-lines.js';
import {type Line, span} from '../../state/content/line.js';
import {wrap} from '../../state/content/text-layout.js';
import type {DashboardState, Step} from '../../state/dashboard-state.js';
import type {EffectOf} from '../../state/effect.js';
import {show} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import {type Page, pageKeys} from '../../state/page.js';
import type {World} from '../../state/world.js';
import type {Feature} from '../feature.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** What a program has printed so far. `ended`: how, once it has. */
		program: {name: string; text: readonly string[]; ended?: string; scroll: number};
	}
}

declare module '../../state/event.js' {
	interface Events {
		/** A program whose output is shown. */
		'program-began': {name: string};
		'program-printed': {lines: readonly string[]};
		'program-ended': {how: string};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		/** Runs a program, beside the dashboard, for each set of words, one after the other. */
		program: {
			name: string;
			calls: ReadonlyArray<{words: readonly string[]; env: Readonly<Record<string, string>>}>;
			output: 'silent' | 'notice' | 'page';
		};
		/** Ends the program whose output was shown. */
		'program-stop': unknown;
	}
}

type Program = EffectOf<'program'>;

/** Lines of an output that are kept; a page is no log. */
const mostLines = 2000;

const page: Page<'program'> = {
	kind: 'program',
	title: (_, {name}) => title(name),
	lines: (_, {text, ended}, width) => [
		...text.flatMap(line => wrap(line, width).map((row): Line => [row])),
		...(text.length === 0 ? [] : [[]]),
		[span('dim', ended ?? 'running; closing this page ends it')],
	],
	widest: 120,
	otherRows: 6,
	least: 4,
};

const close = (state: DashboardState): Step => [
	{...state, overlay: undefined},
	{kind: 'program-stop'},
];

/** Programs that run beside the dashboard, and a page with what one prints. */
export const program = {
	overlays: {
		program: {keys: pageKeys(page, close), view: pageView(page)},
	},
	on: {
		'program-began': (state, {name}) => show(state, {kind: 'program', name, text: [], scroll: 0}),
	},
	answers: {
		'program-printed': (state, {lines}) =>
			withPage(state, overlay => ({
				...overlay,
				text: [...overlay.text, ...lines].slice(-mostLines),
			})),
		'program-ended': (state, {how}) => withPage(state, overlay => ({...overlay, ended: how})),
	},
	work: runPrograms,
} satisfies Feature;

function withPage(
	state: DashboardState,
	change: (overlay: OverlayOf<'program'>) => OverlayOf<'program'>,
): Step {
	const {overlay} = state;
	return [overlay?.kind === 'program' ? {...state, overlay: change(overlay)} : state];
}

function runPrograms({terminal, workflow, notice, dispatch}: World) {
	let stop = new AbortController();

	/** @returns why it has failed; undefined when it has not */
	async function call(
		{words: [command = '', ...args], env}: Program['calls'][number],
		onLines: ((lines: readonly string[]) => void) | undefined,
		signal?: AbortSignal,
	): Promise<string | undefined> {
		const child = spawn(command, args, {
			env: {...terminal.env, COSMOS_DATA: workflow.dataDir, ...env},
			stdio: ['ignore', onLines ? 'pipe' : 'ignore', onLines ? 'pipe' : 'ignore'],
			// A Ctrl-C of the terminal is not for it, and it may outlive the dashboard.
			detached: true,
			signal,
		});
		for (const stream of [child.stdout, child.stderr]) {
			const decoder = createLineDecoder();
			stream?.on('data', chunk => onLines?.(decoder.push(chunk).map(({text}) => text)));
			stream?.on('end', () => {
				const {text} = decoder.pending();
				onLines?.(text === '' ? [] : [text]);
			});
		}

		try {
			const [code, killed] = await once(child, 'close');
			return code === 0 ? undefined : killed ? `was ended by ${killed}` : `ended with code ${code}`;
		} catch (error) {
			if (systemCode(error) === 'ENOENT') {
				return `there is no program "${command}"`;
			}

			return signal?.aborted ? 'was ended' : `could not be started: ${(error as Error).message}`;
		}
	}

	async function inBackground({name, calls, output}: Program): Promise<void> {
		let last = '';
		for (const one of calls) {
			const keepLast = (lines: readonly string[]) => {
				last = lines.findLast(line => line.trim() !== '') ?? last;
			};
			const problem = await call(one, output === 'silent' ? undefined : keepLast);
			if (problem) {
				notice('bad', `${name}: ${problem}`, last);
				return;
			}
		}

		if (output === 'notice') {
			notice('good', last === '' ? `${name}: done` : `${name}: ${last}`);
		}
	}

	async function onPage({name, calls}: Program): Promise<void> {
		stop = new AbortController();
		const {signal} = stop;
		dispatch({type: 'program-began', name});
		const send = (lines: readonly string[]) =>
			signal.aborted || dispatch({type: 'program-printed', lines});
		for (const one of calls) {
			const problem = await call(one, send, signal);
			if (signal.aborted || problem) {
				return signal.aborted ? undefined : dispatch({type: 'program-ended', how: problem ?? ''});
			}
		}

		dispatch({type: 'program-ended', how: 'done'});
	}

	return {
		perform: {
			program: (effect: Program) =>
				effect.output === 'page' ? onPage(effect) : inBackground(effect),
			'program-stop': () => stop.abort(),
		},
		close: () => stop.abort(),
	};
}
