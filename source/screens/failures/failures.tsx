import {ListDialog} from '../../components/list-dialog.js';
import {title} from '../../components/page.js';
import {paintLine} from '../../components/rows.js';
import {retryText} from '../../domain/dataset/retry-policy.js';
import type {FailedRun, FailureGroup} from '../../domain/failures/failure-groups.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {counted} from '../../domain/text-format.js';
import {type Line, span} from '../../state/content/line.js';
import {pad, wrap} from '../../state/content/text-layout.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {choiceKeys, select} from '../../state/keys/choice-keys.js';
import {home} from '../../state/keys/contexts.js';
import {close, homeKeys, overlayKeys, show} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import type {Feature} from '../feature.js';
import {formOfRuns} from '../launch/open-form.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** Open failures by reason; undefined until they have been read. */
		failures: {groups?: readonly FailureGroup[]; selected: number};
	}
}

declare module '../../state/event.js' {
	interface Events {
		'failures-read': {groups: readonly FailureGroup[]};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		'read-failures': unknown;
		'retry-failures': {group: FailureGroup};
		'ignore-failures': {group: FailureGroup};
	}
}

type Failures = OverlayOf<'failures'>;

const context: Context = {name: 'failures', title: 'Failures', order: 43.7};
const countOf = ({groups = []}: Failures) => groups.length;
const selectedOf = ({groups = [], selected}: Failures) => groups[selected];
const exampleOf = ({runs}: FailureGroup) => runs[0] as FailedRun;
const needsGroup = (_: DashboardState, overlay: Failures) =>
	selectedOf(overlay) ? undefined : 'no failures are open';

function act(kind: 'retry-failures' | 'ignore-failures') {
	return (state: DashboardState, overlay: Failures): Step => {
		const group = selectedOf(overlay);
		return group ? [state, {kind, group}] : [state];
	};
}

/** Failed runs by reason: retried together, or ignored. */
export const failures = {
	keys: homeKeys(home, [
		[
			'failures',
			'X',
			'',
			'failed runs by reason: retry or ignore them',
			state => [{...state, overlay: {kind: 'failures', selected: 0}}, {kind: 'read-failures'}],
		],
	]),
	overlays: {
		failures: {
			keys: [
				...overlayKeys('failures', context, [
					[
						'failures-retry',
						'enter r',
						'retry all',
						'add all runs of this reason to the queue again',
						act('retry-failures'),
						{disabled: needsGroup, changes: true},
					],
					[
						'failures-form',
						's',
						'settings',
						'retry all with changed settings: opens the form with those of the example',
						(state, overlay) => {
							const group = selectedOf(overlay);
							const form = group && formOfRuns(state, group.runs);
							return form ? show(state, {kind: 'launch', form}) : [state];
						},
						{
							disabled(state, overlay) {
								const group = selectedOf(overlay);
								return group && !formOfRuns(state, group.runs)
									? 'the prompts of these runs no longer exist'
									: needsGroup(state, overlay);
							},
							changes: true,
						},
					],
					[
						'failures-ignore',
						'i',
						'ignore',
						'hide these runs here; they get the tag ignored',
						act('ignore-failures'),
						{disabled: needsGroup, changes: true},
					],
					['page-close', 'esc q X', 'close', 'close', close],
				]),
				...choiceKeys('failures', context, countOf),
			],
			view: FailuresView,
		},
	},
	answers: {
		'failures-read'(state, {groups}) {
			const {overlay} = state;
			return overlay?.kind === 'failures'
				? select(state, {...overlay, groups}, groups.length)
				: [state];
		},
	},
	work({workflow, dispatch, readAgain, notice, failed}) {
		const read = async () =>
			dispatch({type: 'failures-read', groups: await workflow.listFailures()});
		const after = async (task: Promise<unknown>, done: string) => {
			try {
				await task;
				await Promise.all([readAgain(), read()]);
				notice('good', done);
			} catch (error) {
				failed(error);
			}
		};

		return {
			perform: {
				'read-failures': read,
				'retry-failures': ({group: {reason, runs}}) =>
					after(
						workflow.retryRuns(runs),
						`Added ${counted(runs.length, 'job')} to the queue: ${reason}`,
					),
				'ignore-failures': ({group: {reason, runs}}) =>
					after(
						workflow.ignoreRuns(runs),
						`Ignored ${counted(runs.length, 'failed run')}: ${reason}`,
					),
			},
		};
	},
	lasting: ['retry-failures', 'ignore-failures'],
} satisfies Feature;

/** Rows of the example below the list. */
const exampleRows = 6;
const reasonWidth = 22;
const countWidth = 7;
const retryWidth = 26;
const heading = `${pad('reason', reasonWidth)}${pad('runs', countWidth)}${pad('retried in datasets', retryWidth)}newest`;

function FailuresView({state, overlay}: {state: DashboardState; overlay: Failures}) {
	const {size} = state;
	const {groups, selected} = overlay;
	const group = selectedOf(overlay);
	return (
		<ListDialog
			size={size}
			title={title('Failures')}
			widest={100}
			count={countOf(overlay)}
			line={(index, width) => lineOf(groups?.[index] as FailureGroup, width)}
			selected={selected}
			height={Math.min(Math.max(3, countOf(overlay)), size.rows - 8 - exampleRows)}
			above={width => [paintLine([span('dim', `  ${heading}`)], width)]}
			empty={groups ? 'No failures are open.' : 'reading …'}
			below={width => {
				const lines = group ? exampleLines(exampleOf(group), width - 4) : [];
				return Array.from(
					{length: exampleRows},
					(_, index): Line => ['  ', ...(lines[index] ?? [])],
				);
			}}
		/>
	);
}

/** The reason, how many runs, what a dataset does about it, and the message of the newest. */
function lineOf(group: FailureGroup, width: number): Line {
	const {failure} = exampleOf(group);
	const left = width - reasonWidth - countWidth - retryWidth;
	return [
		pad(group.reason, reasonWidth),
		span('bad', pad(String(group.runs.length), countWidth)),
		span('dim', pad(retryText(group.reason), retryWidth)),
		...(left > 4 ? [pad(cleanText(failure.message), left)] : []),
	];
}

function exampleLines({id, promptName, host, failure}: FailedRun, width: number): Line[] {
	const texts = [failure.message, failure.hint].filter(Boolean);
	return [
		[],
		[span('dim', 'example  '), `${id}  ${cleanText(promptName)}, ${cleanText(host)}`],
		...texts.flatMap(text => wrap(cleanText(text), width).map((words): Line => [words])),
	].slice(0, exampleRows);
}
