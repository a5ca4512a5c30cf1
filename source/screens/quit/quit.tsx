import {Question} from '../../components/question.js';
import {type Line, span} from '../../state/content/line.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {always, home} from '../../state/keys/contexts.js';
import {everywhereKeys, homeKeys, overlayKeys, show} from '../../state/keys/key-row.js';
import type {Overlay, OverlayOf} from '../../state/overlay.js';
import {discard} from '../confirm/discard.js';
import type {Feature} from '../feature.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** Leaving while runs of this process are unfinished. */
		quit: {
			runs: readonly string[];
			/** They are being stopped. */
			stopping: boolean;
			/** What comes back for whoever stays. */
			under?: Overlay;
		};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		/** Ends the dashboard; `stop` stops its own runs first. */
		quit: {runs: 'stop' | 'leave'};
	}
}

const context: Context = {
	name: 'quit',
	title: 'Quitting while runs are unfinished',
	fixed: true,
	order: 91,
};

/** Two Ctrl-C within this many milliseconds quit at once. */
const twice = 2000;

/** Leaving the dashboard: at once, or after a question while runs of its own are unfinished. */
export const quit = {
	keys: [
		...homeKeys(home, [
			['quit', 'q', 'quit', 'quit; asks first while runs of this program are unfinished', leave],
		]),
		...everywhereKeys(always, [
			[
				'interrupt',
				'ctrl-c',
				'',
				'quit; twice within 2 s quits at once and leaves runs running',
				(state, _, at) => interrupt(state, at),
			],
		]),
	],
	overlays: {
		quit: {
			keys: overlayKeys('quit', context, [
				[
					'quit-stop',
					's',
					'stop and quit',
					'stop the runs and quit',
					(state, overlay) =>
						overlay.stopping
							? [state]
							: [
									{...state, overlay: {...overlay, stopping: true}},
									{kind: 'quit', runs: 'stop'},
								],
				],
				[
					'quit-leave',
					'l',
					'leave and quit',
					'leave the runs running and quit',
					state => [state, {kind: 'quit', runs: 'leave'}],
				],
				['quit-stay', 'esc n q', 'stay', 'stay here', (state, {under}) => show(state, under)],
			]),
			view: QuitView,
			showsKeys: true,
		},
	},
	work: ({perform, end}) => ({
		perform: {
			async quit({runs}) {
				if (runs === 'stop') {
					await perform({kind: 'stop-queue'});
					await perform({kind: 'stop-own-runs'});
				}

				end();
			},
		},
	}),
} satisfies Feature;

function leave(state: DashboardState): Step {
	return state.ownRuns.length === 0
		? [state, {kind: 'quit', runs: 'leave'}]
		: show(state, question(state));
}

/** Ctrl-C: quits when nothing would be lost or it comes again, else asks. */
function interrupt(state: DashboardState, at: number): Step {
	const {overlay, ownRuns} = state;
	const again = at - state.interruptedAt < twice;
	const marked = {...state, interruptedAt: at};
	if (again || (ownRuns.length === 0 && !isTyped(overlay))) {
		return [marked, {kind: 'quit', runs: 'leave'}];
	}

	if (ownRuns.length > 0) {
		return show(marked, overlay?.kind === 'quit' ? overlay : question(state));
	}

	const isAsked = overlay?.kind === 'confirm' || overlay?.kind === 'quit';
	return overlay && !isAsked ? show(marked, discard(overlay)) : [marked];
}

function question({ownRuns: runs, overlay: under}: DashboardState): OverlayOf<'quit'> {
	return {kind: 'quit', runs, stopping: false, under};
}

/** Whether quitting would lose something that was typed into a form, open or below a question. */
function isTyped(overlay: Overlay | undefined): boolean {
	if (!overlay) {
		return false;
	}

	return (
		('typed' in overlay && overlay.typed) ||
		('form' in overlay && overlay.form.typed) ||
		('under' in overlay && isTyped(overlay.under))
	);
}

function QuitView({state, overlay}: {state: DashboardState; overlay: OverlayOf<'quit'>}) {
	const runs = overlay.runs.map(id => {
		const run = state.runs?.find(one => one.run.id === id)?.run;
		return {name: run?.promptName ?? id, host: run?.host ?? ''};
	});
	const [it, keeps, reconnects] =
		runs.length === 1 ? ['it', 'keeps', 'reconnects'] : ['them', 'keep', 'reconnect'];
	const they = runs.length === 1 ? 'it' : 'they';
	const named = runs.map(({name, host}): Line => [span('strong', name), ` on ${host}`]);
	if (overlay.stopping) {
		return (
			<Question
				size={state.size}
				title="Quit"
				lines={[...named, [span('accent', 'stopping, then quitting …')]]}
				answers={[]}
			/>
		);
	}

	return (
		<Question
			size={state.size}
			title={`Quit with ${runs.length === 1 ? 'a run' : `${runs.length} runs`} unfinished?`}
			lines={[
				...named,
				[],
				[span('dim', `If you leave ${it}, ${they} ${keeps} running and ${reconnects} next time.`)],
			]}
			answers={[
				['s', `stop ${it} and quit`],
				['l', `leave ${it} and quit`],
				['esc', 'stay'],
			]}
		/>
	);
}
