import {Box} from 'ink';
import {Panel} from '../../components/panel.js';
import {paintLine} from '../../components/rows.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {home} from '../../state/keys/contexts.js';
import {homeKeys, overlayKeys, show} from '../../state/keys/key-row.js';
import type {ClipFacts} from '../../workflow/comparison/clip-frames.js';
import type {Feature} from '../feature.js';
import {createClipFollower} from './clip-follower.js';
import {compareLines, compareTitle, tableLines} from './compare-lines.js';
import {
	type Clip,
	type Compare,
	comparedRuns,
	lengthOf,
	openCompare,
	pictureArea,
	setsOf,
	shownSet,
	type View,
	views,
} from './compare-state.js';

declare module '../../state/event.js' {
	interface Events {
		/** What is known of a video before its frames come. */
		'clip-facts': {file: string; facts: ClipFacts};
		'clip-frames': {file: string; frames: readonly Uint8Array[]};
		/** All its frames have come, or `failure` says why not. */
		'clip-read': {file: string; failure: string | undefined};
		/** They are read again, in another size. */
		'clips-forgotten': unknown;
		/** Frames that the time has gone on by. */
		'clip-turned': {by: number};
	}
}

const context: Context = {name: 'compare', title: 'Compare', order: 40};

/** By which a border moves, of 1, and a difference is multiplied, at most. */
const borderStep = 0.05;
const mostGain = 32;

const change = (state: DashboardState, overlay: Compare, by: Partial<Compare>): Step =>
	show(state, {...overlay, ...by});

const view = (name: View) => (state: DashboardState, overlay: Compare) =>
	change(state, overlay, {view: name, scroll: 0});

/** By so many frames; it stops at the ends. */
const step = (by: number) => (state: DashboardState, overlay: Compare) =>
	goTo(state, overlay, overlay.at + by);

/** By a tenth of the length. */
const jump = (by: number) => (state: DashboardState, overlay: Compare) =>
	goTo(state, overlay, overlay.at + by * Math.max(1, Math.round(lengthOf(state, overlay) / 10)));

function goTo(state: DashboardState, overlay: Compare, at: number): Step {
	const last = lengthOf(state, overlay) - 1;
	return change(state, overlay, {at: Math.max(0, Math.min(last, at)), isPlaying: false});
}

function nextView(state: DashboardState, overlay: Compare): Step {
	const at = views.indexOf(overlay.view);
	return view(views[(at + 1) % views.length] ?? 'beside')(state, overlay);
}

function nextSet(state: DashboardState, overlay: Compare): Step {
	const count = Math.max(1, setsOf(state, overlay).length);
	return change(state, overlay, {set: (overlay.set + 1) % count, partner: 1});
}

function nextPartner(state: DashboardState, overlay: Compare): Step {
	const count = shownSet(state, overlay).panes.length;
	const partner = overlay.partner + 1 < count ? overlay.partner + 1 : 1;
	return change(state, overlay, {partner});
}

const moveBorder = (by: number) => (state: DashboardState, overlay: Compare) =>
	change(state, overlay, {
		border: Math.max(0, Math.min(1, Math.round((overlay.border + by) * 100) / 100)),
	});

const amplify = (by: number) => (state: DashboardState, overlay: Compare) =>
	change(state, overlay, {gain: Math.max(1, Math.min(mostGain, overlay.gain * by))});

const scroll = (by: number) => (state: DashboardState, overlay: Compare) => {
	const {columns, rows} = pictureArea(state);
	const most = Math.max(0, tableLines(state, overlay, columns).length - rows - 1);
	return change(state, overlay, {scroll: Math.max(0, Math.min(most, overlay.scroll + by))});
};

const only =
	(...names: readonly View[]) =>
	(_: DashboardState, overlay: Compare) =>
		names.includes(overlay.view) ? undefined : '';
const pictures = only('beside', 'wipe', 'difference');

/** A clip of an open page with a change. */
function withClip(state: DashboardState, file: string, changed: (clip: Clip) => Clip): Step {
	const {overlay} = state;
	if (overlay?.kind !== 'compare') {
		return [state];
	}

	const before = overlay.clips[file] ?? {
		...{picture: {width: 16, height: 9, frames: []}, isWhole: false},
	};
	return show(state, {...overlay, clips: {...overlay.clips, [file]: changed(before)}});
}

/** Results beside each other, over each other, and against their inputs; what differs in a table. */
export const compare = {
	keys: homeKeys(home, [
		[
			'compare',
			'=',
			'',
			'compare the marked runs, or the run with the one before it',
			state => openCompare(state, comparedRuns(state)),
			{
				disabled: state =>
					comparedRuns(state).length > 0
						? undefined
						: 'select a run, or a prompt with results, first',
			},
		],
	]),
	overlays: {
		compare: {
			fillsScreen: true,
			keys: overlayKeys('compare', context, [
				[
					'clip-play',
					'space',
					'play',
					'play and pause',
					(state, overlay) => change(state, overlay, {isPlaying: !overlay.isPlaying}),
					{disabled: pictures},
				],
				['next-view', 'tab', 'view', 'side by side, wipe, difference, what differs', nextView],
				['frame-next', 'right .', '← →:frame', 'next frame', step(1), {disabled: pictures}],
				['frame-previous', 'left ,', '', 'previous frame', step(-1), {disabled: pictures}],
				['frames-on', ']', '[ ]:tenth', 'a tenth of the length on', jump(1), {disabled: pictures}],
				['frames-back', '[', '', 'a tenth of the length back', jump(-1), {disabled: pictures}],
				[
					'frame-first',
					'g home',
					'',
					'first frame',
					(state, overlay) => goTo(state, overlay, 0),
					{disabled: pictures},
				],
				[
					'frame-last',
					'G end',
					'',
					'last frame',
					(state, overlay) => goTo(state, overlay, Number.POSITIVE_INFINITY),
					{disabled: pictures},
				],
				[
					'border-left',
					'h',
					'h l:border',
					'move the border left',
					moveBorder(-borderStep),
					{disabled: only('wipe')},
				],
				[
					'border-right',
					'l',
					'',
					'move the border right',
					moveBorder(borderStep),
					{disabled: only('wipe')},
				],
				[
					'gain-more',
					'+',
					'+ -:amplify',
					'amplify the difference more',
					amplify(2),
					{disabled: only('difference')},
				],
				[
					'gain-less',
					'-',
					'',
					'amplify the difference less',
					amplify(0.5),
					{disabled: only('difference')},
				],
				[
					'next-set',
					'i',
					'inputs',
					'compare a result with its inputs and controls; again: the next result, then all',
					nextSet,
					{
						disabled: (state, overlay) =>
							pictures(state, overlay) ?? (setsOf(state, overlay).length > 1 ? undefined : ''),
					},
				],
				[
					'next-partner',
					'n',
					'next',
					'lay the next picture over the first',
					nextPartner,
					{
						disabled: (state, overlay) =>
							only('wipe', 'difference')(state, overlay) ??
							(shownSet(state, overlay).panes.length > 2 ? undefined : ''),
					},
				],
				['view-beside', '1', '', 'side by side', view('beside')],
				['view-wipe', '2', '', 'wipe: a border between two pictures', view('wipe')],
				['view-difference', '3', '', 'the difference of two pictures', view('difference')],
				['view-table', '4', '', 'what differs, in a table', view('table')],
				['down', 'j down', '', 'down', scroll(1), {disabled: only('table')}],
				['up', 'k up', '', 'up', scroll(-1), {disabled: only('table')}],
				['page-close', 'esc q =', 'close', 'close', (state, {from}) => show(state, from)],
			]),
			view({state, overlay}) {
				const {columns} = state.size;
				const rows = compareLines(state, overlay).map(line => paintLine(line, columns - 2));
				return (
					<Box position="absolute" left={0} top={1}>
						<Panel title={compareTitle(state, overlay)} width={columns} rows={rows} focused />
					</Box>
				);
			},
		},
	},
	on: {
		'clip-turned'(state, {by}) {
			const {overlay} = state;
			return overlay?.kind === 'compare' && overlay.isPlaying
				? show(state, {...overlay, at: (overlay.at + by) % lengthOf(state, overlay)})
				: [state];
		},
	},
	answers: {
		'clip-facts': (state, {file, facts: {width, height, fps, length, problem}}) =>
			withClip(state, file, () => ({
				picture: {width, height, frames: []},
				isWhole: false,
				fps,
				length,
				problem,
			})),
		'clip-frames': (state, {file, frames}) =>
			withClip(state, file, ({picture, ...clip}) => ({
				...clip,
				picture: {...picture, frames: [...picture.frames, ...frames]},
			})),
		'clip-read': (state, {file, failure}) =>
			withClip(state, file, clip => ({
				...clip,
				isWhole: true,
				length: clip.picture.frames.length || clip.length,
				problem: clip.problem ?? failure,
			})),
		'clips-forgotten': state =>
			state.overlay?.kind === 'compare' ? show(state, {...state.overlay, clips: {}}) : [state],
	},
	work: ({dispatch}) => createClipFollower(dispatch),
} satisfies Feature;
