import {constants} from 'node:fs';
import {copyFile} from 'node:fs/promises';
import path from 'node:path';
import {inputRow} from '../../components/text-input.js';
import {expandHome} from '../../config/places.js';
import {CosmosError, systemCode} from '../../domain/errors.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import type {EffectOf} from '../../state/effect.js';
import {detail, home} from '../../state/keys/contexts.js';
import {homeKeys, overlayKeys, show, textKeys} from '../../state/keys/key-row.js';
import {keyOf} from '../../state/keys/keymap.js';
import type {LogPattern} from '../../state/log/log-pattern.js';
import {
	countedLog,
	type LogWindow,
	type MatchCount,
	searchedLog,
	showWindow,
	toggleLogMark,
	togglePrefixes,
} from '../../state/log/log-view.js';
import {isLogShown, shownRunOf} from '../../state/selectors.js';
import {editText, insertText, type TextField, textField} from '../../state/text-field.js';
import type {World} from '../../state/world.js';
import {contentRows} from '../detail/content-rows.js';
import type {Feature} from '../feature.js';
import {
	copyLines,
	findNextError,
	searchNext,
	searchPrevious,
	startFind,
	toggleFollow,
} from './log-commands.js';
import {createLogFollower} from './log-follower.js';
import {pageLog} from './page-log.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** Typing what a log is searched for, which lines are shown, a time, or where it is saved. */
		find: {purpose: 'search' | 'keep' | 'time' | 'save'; field: TextField};
	}
}

declare module '../../state/event.js' {
	interface Events {
		'log-read': {window: LogWindow};
		/** `fraction` of the log that has been searched, 0 to 1. */
		'log-searching': {pattern: LogPattern; fraction: number};
		'log-searched': {pattern: LogPattern; found?: {offset: number; wrapped: boolean}};
		/** `at`: where the line begins that was found. */
		'log-counted': {pattern: LogPattern; at: number; count: MatchCount};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		'log-start': unknown;
		'log-end': unknown;
		/** `from`: a byte offset; without it, from the line at the top of the screen. */
		'log-search': {
			pattern: LogPattern;
			direction: 1 | -1;
			from: number | undefined;
			line: number;
			/** The line at `from` counts too. */
			here?: boolean;
		};
		'log-search-stop': unknown;
		'save-log': {runId: string; file: string};
		'page-log': {runId: string};
	}
}

const context: Context = {
	name: 'find',
	title: 'Search in the log, and where to save it',
	order: 20,
};
const signs = {search: '/', keep: '&', time: 'go to time ', save: 'save to '} as const;

const noLog = (state: DashboardState) => (isLogShown(state) && shownRunOf(state) ? undefined : '');
const noSearch = (state: DashboardState) =>
	noLog(state) ?? (state.log.search ? undefined : 'search for something first');
const notLive = (state: DashboardState) =>
	noLog(state) ??
	(isUnfinished(shownRunOf(state)?.shown ?? 'failed') ? undefined : 'the run has ended');

const searchHelp = 'search the whole log; case-sensitive once a capital is typed';
const followHelp = 'toggle following the end of the log';

const withLog = (state: DashboardState, log: DashboardState['log']): Step => [{...state, log}];
const ask = (state: DashboardState, purpose: keyof typeof signs, words?: string): Step =>
	show(state, {kind: 'find', purpose, field: textField(words)});

const search = (state: DashboardState) => ask(state, 'search', state.log.search?.pattern.words);
const keep = (state: DashboardState) => ask(state, 'keep', state.log.keep);
const goToTime = (state: DashboardState) => ask(state, 'time');
const save = (state: DashboardState) =>
	ask(state, 'save', `${shownRunOf(state)?.run.id ?? 'run'}.log`);
const mark = (state: DashboardState) =>
	withLog(state, toggleLogMark(state.log, contentRows(state)));
const toggleWrap = (state: DashboardState) =>
	withLog(state, {...state.log, wrapped: !state.log.wrapped});
const showPrefixes = (state: DashboardState) => withLog(state, togglePrefixes(state.log));

function openPager(state: DashboardState): Step {
	const run = shownRunOf(state)?.run;
	return run ? [state, {kind: 'page-log', runId: run.id}] : [state];
}

/** The log of a run: searched, filtered, copied, saved. */
export const log = {
	keys: [
		...homeKeys(
			detail,
			[
				['search', '/', 'search', searchHelp, search, {verb: 'search log'}],
				['search-next', 'n', 'next', 'next match', searchNext, {disabled: noSearch}],
				['search-previous', 'N', '', 'previous match', searchPrevious, {disabled: noSearch}],
				['next-error', ';', 'next error', 'next error', findNextError],
				['keep-matching', '&', 'only', 'show only lines with these words', keep],
				['log-time', '@', '', 'go to a time, such as 17:04 or 17:04:30', goToTime],
				['log-mark', 'm', '', 'start or end a selection of lines; moving extends it', mark],
				['log-copy', 'y', 'copy', 'copy the selected lines, or those on the screen', copyLines],
				['log-save', 'S', '', 'save the log to a file', save, {verb: 'save log'}],
				['log-pager', 'v', '', 'open the log in $PAGER', openPager, {verb: 'logs'}],
			],
			{disabled: noLog},
		),
		...homeKeys(
			home,
			[
				['follow', 'f', 'follow', followHelp, toggleFollow, {disabled: notLive}],
				['wrap', 'w', '', 'toggle wrapping of long log lines', toggleWrap],
				['prefixes', 't', '', 'toggle full log prefixes', showPrefixes],
			],
			{disabled: noLog},
		),
	],
	overlays: {
		find: {
			keys: [
				...overlayKeys('find', context, [
					['find-start', 'enter', 'go', 'start; without words, show everything again', startFind],
					['find-cancel', 'esc', 'cancel', 'change nothing', state => show(state, undefined)],
				]),
				...textKeys('find', (state, overlay, edit) =>
					show(state, {...overlay, field: editText(overlay.field, edit)}),
				),
			],
			type: (state, overlay, text) =>
				show(state, {...overlay, field: insertText(overlay.field, text, false)}),
			footer: (_, {purpose, field}, columns) =>
				` ${signs[purpose]}${inputRow(field, {width: columns - signs[purpose].length - 4, focused: true})}   `,
		},
	},
	on: {
		'log-read': (state, {window}) =>
			shownRunOf(state)?.run.id === window.runId
				? withLog(state, showWindow(state.log, window, contentRows(state)))
				: [state],
		'log-searching': (state, event) => withLog(state, searchedLog(state.log, event)),
		'log-searched': (state, event) => withLog(state, searchedLog(state.log, event)),
		'log-counted': (state, event) => withLog(state, countedLog(state.log, event)),
	},
	work(world) {
		const {workflow, dispatch, terminal} = world;
		const follower = createLogFollower(workflow, dispatch);
		return {
			perform: {
				'log-start': follower.toStart,
				'log-end': follower.toEnd,
				'log-search': follower.search,
				'log-search-stop': follower.stopSearch,
				'save-log': effect => saveLog(world, effect),
				'page-log': ({runId}) =>
					terminal.suspend(() => pageLog(workflow.openLog(runId), terminal.env)),
			},
			follow: follower.follow,
			close: follower.close,
		};
	},
	lasting: ['save-log'],
} satisfies Feature;

/** Byte for byte; an existing file is left alone. */
async function saveLog(
	{workflow, notice, state}: World,
	{runId, file}: EffectOf<'save-log'>,
): Promise<void> {
	const target = path.resolve(expandHome(file));
	try {
		await copyFile(workflow.openLog(runId).path, target, constants.COPYFILE_EXCL);
	} catch (error) {
		throw systemCode(error) === 'EEXIST'
			? new CosmosError('usage', `${target} already exists`, {
					hint: `${keyOf(state(), 'log-save')} takes another name.`,
				})
			: error;
	}

	notice('good', `Saved the log to ${target}`);
}
