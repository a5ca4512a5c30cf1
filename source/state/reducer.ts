import {defaultModel} from '../domain/models/families.js';
import type {Action} from './actions.js';
import {belowQuestion} from './below-question.js';
import type {DashboardState, Notice} from './dashboard-state.js';
import {targetTitle} from './forms/form-target.js';
import {settingsIn} from './forms/launch-form.js';
import {withPresets} from './forms/preset-form.js';
import {completeFolder, folderSeen, type PromptForm} from './forms/prompt-form.js';
import {withAnswer, withLate} from './host/host-look.js';
import type {CommandName} from './keys/bindings.js';
import {keyOf} from './keys/key-text.js';
import {askToQuit, interrupted} from './leaving.js';
import {reduceLogCommand} from './log/log-commands.js';
import {searchedLog, showWindow} from './log/log-view.js';
import {
	clearList,
	drill,
	knownMarks,
	markRange,
	sortNext,
	toggleMark,
	toOrigin,
	withMarks,
} from './marks.js';
import {batchProblem, openOverlay} from './open-overlay.js';
import {reducePictureCommand, reducePictures} from './pictures/reduce-pictures.js';
import {batchingApplied, withBatchingView} from './queue/batching.js';
import {reduceQueue} from './queue/queue-keys.js';
import {reduceRecordEvent} from './records/reduce-record.js';
import {contentRows, focusOn, reduceMove} from './reduce-home.js';
import {reduceOverlay, typeIntoOverlay} from './reduce-overlay.js';
import {shownRunOf, unfinishedRuns} from './selectors.js';
import {settle} from './settle.js';
import {withTourEnd} from './tour.js';

/** Old notices are dropped from here on. */
const mostNotices = 200;
/** A key pressed so soon after a notice came was not an answer to it. Milliseconds. */
const noticeRests = 1500;

/** The dashboard's state after an action. Pure: the same state and action give the same state. */
export function reduce(state: DashboardState, action: Action): DashboardState {
	const next = settle(state, belowQuestion(state, action, step));
	return withTourEnd(next, 'at' in action ? action.at : next.now);
}

function step(state: DashboardState, action: Action): DashboardState {
	switch (action.type) {
		case 'command':
			return reduceCommand(withoutOldNotice(state, action.at), action.command, action.at);
		case 'typed':
			return typeIntoOverlay(withoutOldNotice(state, action.at), action.text);
		case 'resized':
			if (state.size.columns === action.columns && state.size.rows === action.rows) {
				return state;
			}

			return {...state, size: {columns: action.columns, rows: action.rows}};
		case 'prompts-read':
			return knownMarks({...state, prompts: action.prompts, storeProblem: ''});
		case 'runs-read':
			return readRuns(state, action);
		case 'store-failed':
			return {...state, storeProblem: action.message};
		case 'log-read':
			return shownRunOf(state)?.run.id === action.window.runId
				? {...state, log: showWindow(state.log, action.window, contentRows(state))}
				: state;
		case 'log-searching':
		case 'log-searched':
			return {...state, log: searchedLog(state.log, action)};
		case 'picture':
		case 'picture-turned':
		case 'graphics':
			return reducePictures(state, action);
		case 'motion': {
			const {runId, bar, lastLine} = action;
			return withMotion(state, runId, {...state.motions[runId], bar, lastLine});
		}

		case 'transfer': {
			const motion = state.motions[action.runId] ?? {lastLine: ''};
			return withMotion(state, action.runId, {...motion, transfer: action.progress});
		}

		case 'run-started':
			return showRun(state, action.runId);
		case 'launch-accepted':
			return accepted(state, action.at, action.queued ?? false);
		case 'queue-read':
			return knownMarks({...state, queue: action.view, queueReadAt: action.at});
		case 'batching-view':
			return withBatchingView(state, action.view);
		case 'batching-applied':
			return batchingApplied(state);
		case 'launch-refused':
			return state.overlay?.kind === 'launch' || state.overlay?.kind === 'plan'
				? {
						...state,
						overlay: {
							kind: 'launch',
							form: {
								...state.overlay.form,
								sent: false,
								refusal: sentence(action.message, action.hint),
							},
						},
					}
				: state;
		case 'plan-made':
			return state.overlay?.kind === 'plan'
				? {...state, overlay: {...state.overlay, view: action.view}}
				: state;
		case 'folder-seen':
			return withForm(state, form => folderSeen(form, action.folder, action.view));
		case 'path-completed':
			return withForm(state, form => completeFolder(form, action));
		case 'prompt-made':
			return {
				...focusOn(state, 'prompts'),
				overlay: undefined,
				filters: {...state.filters, prompts: ''},
				prompts: [
					action.prompt,
					...(state.prompts ?? []).filter(({id}) => id !== action.prompt.id),
				],
				selected: {...state.selected, prompts: action.prompt.id},
			};
		case 'prompt-refused':
			return withForm(state, form => ({...form, saving: false, refusal: action.message}));
		case 'presets-read':
			return withPresets(state, action.presets);
		case 'record':
			return reduceRecordEvent(state, action.event);
		case 'host-asked':
			return {...state, host: {state: 'asking', name: action.name}};
		case 'host-answered':
		case 'host-looked':
			return withAnswer(state, action);
		case 'host-late':
			return withLate(state, action);
		case 'host-failed': {
			const {name, message, hint, at} = action;
			return {...state, host: {state: 'failed', name, message, hint, at}};
		}

		case 'noticed':
			return withNotice(state, action.notice);
		case 'ticked':
			return {...state, now: action.now};
	}
}

function reduceCommand(state: DashboardState, command: CommandName, at: number): DashboardState {
	if (command === 'interrupt') {
		return interrupted(state, at);
	}

	if (state.overlay) {
		return reduceOverlay(state, state.overlay, command);
	}

	if (command === 'quit') {
		return askToQuit(state);
	}

	const problem = command === 'batch' ? batchProblem(state) : undefined;
	if (problem) {
		return withNotice(state, {tone: 'info', text: problem, hint: '', at});
	}

	return (
		reduceLogCommand(state, command) ??
		reducePictureCommand(state, command) ??
		reduceMark(state, command) ??
		reduceQueue(state, command) ??
		reduceMove(state, command) ?? {...state, overlay: openOverlay(state, command, at)}
	);
}

function reduceMark(state: DashboardState, command: CommandName): DashboardState | undefined {
	const list = state.focus === 'detail' ? state.subject : state.focus;
	switch (command) {
		case 'mark':
			return toggleMark(state, list);
		case 'mark-range':
			return markRange(state, list);
		case 'clear':
			return clearList(state, list);
		case 'sort':
			return list === 'queue' ? state : sortNext(state, list);
		case 'drill':
			return drill(state);
		case 'to-origin':
			return toOrigin(state);
		default:
			return undefined;
	}
}

function readRuns(
	state: DashboardState,
	{runs, ownRuns, at}: Extract<Action, {type: 'runs-read'}>,
): DashboardState {
	const next = {...state, runs, ownRuns, now: at, storeProblem: ''};
	const going = new Set(unfinishedRuns(next).map(({run}) => run.id));
	const motions = Object.fromEntries(Object.entries(state.motions).filter(([id]) => going.has(id)));
	return knownMarks({...next, motions});
}

/** A run of ours has begun: it is what the user wants to look at. */
function showRun(state: DashboardState, runId: string): DashboardState {
	const next: DashboardState = {
		...state,
		filters: {...state.filters, runs: ''},
		runsOf: undefined,
		selected: {...state.selected, runs: runId},
		// The run itself now says what the notice announced.
		noticeShown: state.noticeShown && state.notices.at(-1)?.tone !== 'info',
		ownRuns: state.ownRuns.includes(runId) ? state.ownRuns : [...state.ownRuns, runId],
	};
	// Whoever is busy with a form or a log is not torn away from it.
	return next.overlay || next.focus === 'detail' ? next : {...focusOn(next, 'runs'), tab: 'log'};
}

function accepted(state: DashboardState, at: number, queued: boolean): DashboardState {
	const {overlay} = state;
	if (overlay?.kind !== 'launch' && overlay?.kind !== 'plan') {
		return state;
	}

	const {form} = overlay;
	const {what, of} = targetTitle(form.target);
	return withNotice(
		{
			...withMarks(state, state.subject, []),
			overlay: undefined,
			focus: state.focus === 'detail' ? state.subject : state.focus,
			zoomed: false,
			bare: false,
			lastForms: {
				...state.lastForms,
				[form.target.operation]: {
					settings: settingsIn(form),
					host: form.host,
					...(form.model !== defaultModel && {model: form.model}),
				},
			},
		},
		queued
			? {
					tone: 'good',
					text: `${what}: ${of}, in the queue`,
					hint: `${keyOf(state, 'to-queue')} shows it`,
					at,
				}
			: {tone: 'info', text: `${what}: ${of}, on ${form.host} …`, hint: '', at},
	);
}

function withForm(state: DashboardState, change: (form: PromptForm) => PromptForm): DashboardState {
	return state.overlay?.kind === 'prompt'
		? {...state, overlay: {...state.overlay, form: change(state.overlay.form)}}
		: state;
}

function withMotion(
	state: DashboardState,
	runId: string,
	motion: DashboardState['motions'][string],
): DashboardState {
	return {...state, motions: {...state.motions, [runId]: motion}};
}

function withNotice(state: DashboardState, notice: Notice): DashboardState {
	const last = state.notices.at(-1);
	const goesBefore = state.noticeShown && last?.lasting && notice.tone !== 'bad';
	const notices = goesBefore
		? [...state.notices.slice(0, -1), notice, last]
		: [...state.notices, notice];
	return {...state, notices: notices.slice(-mostNotices), noticeShown: true};
}

function withoutOldNotice(state: DashboardState, at: number): DashboardState {
	const last = state.notices.at(-1);
	return state.noticeShown && last && at - last.at > noticeRests
		? {...state, noticeShown: false}
		: state;
}

const sentence = (message: string, hint: string) => (hint === '' ? message : `${message}. ${hint}`);
