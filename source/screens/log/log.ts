import {constants} from 'node:fs';
import {copyFile} from 'node:fs/promises';
import path from 'node:path';
import {inputRow} from '../../components/text-input.js';
import {expandHome} from '../../config/places.js';
import {CosmosError, systemCode} from '../../domain/errors.js';
import {isUnfinished} from '../../domain/run-status.js';
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
import {copyLines, findNextError, repeatSearch, startFind, toggleFollow} from './log-commands.js';
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
const signs = {search: '/', keep: '&', time: 'from ', save: 'save to '} as const;

const noLog = (state: DashboardState) => (isLogShown(state) && shownRunOf(state) ? undefined : '');
const noSearch = (state: DashboardState) =>
	noLog(state) ?? (state.log.search ? undefined : 'nothing has been searched for yet');
const notLive = (state: DashboardState) =>
	noLog(state) ??
	(isUnfinished(shownRunOf(state)?.shown ?? 'failed') ? undefined : 'the run has ended');

const withLog = (state: DashboardState, log: DashboardState['log']): Step => [{...state, log}];

/** The log of a run: searched, filtered, copied, saved. */
export const log = {
	keys: [
		...homeKeys(detail, [
			[
				'search',
				'/',
				'search',
				'search the whole log; case-sensitive once a capital is typed',
				state =>
					show(state, {
						kind: 'find',
						purpose: 'search',
						field: textField(state.log.search?.pattern.words),
					}),
				{disabled: noLog, verb: 'search log'},
			],
			[
				'search-next',
				'n',
				'next',
				'next match',
				state => repeatSearch(state, 1),
				{disabled: noSearch},
			],
			[
				'search-previous',
				'N',
				'',
				'previous match',
				state => repeatSearch(state, -1),
				{disabled: noSearch},
			],
			['next-error', 'x', 'next error', 'next error', findNextError, {disabled: noLog}],
			[
				'keep-matching',
				'&',
				'only',
				'show only lines with these words',
				state => show(state, {kind: 'find', purpose: 'keep', field: textField(state.log.keep)}),
				{disabled: noLog},
			],
			[
				'log-time',
				'@',
				'',
				'go to a time, such as 17:04 or 17:04:30',
				state => show(state, {kind: 'find', purpose: 'time', field: textField('')}),
				{disabled: noLog},
			],
			[
				'log-mark',
				'm',
				'',
				'start or end a selection of lines; moving extends it',
				state => withLog(state, toggleLogMark(state.log, contentRows(state))),
				{disabled: noLog},
			],
			[
				'log-copy',
				'y',
				'copy',
				'copy the selected lines, or those on the screen',
				copyLines,
				{disabled: noLog},
			],
			[
				'log-save',
				'S',
				'',
				'save the log to a file',
				state =>
					show(state, {
						kind: 'find',
						purpose: 'save',
						field: textField(`${shownRunOf(state)?.run.id ?? 'run'}.log`),
					}),
				{disabled: noLog, verb: 'save log'},
			],
			[
				'log-pager',
				'v',
				'',
				'open the log in $PAGER',
				state => {
					const run = shownRunOf(state)?.run;
					return run ? [state, {kind: 'page-log', runId: run.id}] : [state];
				},
				{disabled: noLog, verb: 'logs'},
			],
		]),
		...homeKeys(home, [
			[
				'follow',
				'f',
				'follow',
				'toggle following the end of the log',
				toggleFollow,
				{disabled: notLive},
			],
			[
				'wrap',
				'w',
				'',
				'toggle wrapping of long log lines',
				state => withLog(state, {...state.log, wrapped: !state.log.wrapped}),
				{disabled: noLog},
			],
			[
				'prefixes',
				't',
				'',
				'toggle full log prefixes',
				state => withLog(state, togglePrefixes(state.log)),
				{disabled: noLog},
			],
		]),
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
