import type {Graphics} from '../domain/graphics.js';
import type {Host} from '../domain/host.js';
import type {Preset} from '../domain/preset.js';
import type {Progress} from '../domain/progress.js';
import type {Operation, OperationSettings} from '../domain/settings.js';
import type {Prompt, Recipe, ShownRun} from '../domain/types.js';
import type {TransferProgress} from '../executor/run-watcher.js';
import type {QueueView} from '../workflow/queue-types.js';
import type {HostReport} from '../workflow/workflow-types.js';
import type {GpuSample} from './host/gpu-use.js';
import {type LogView, noLog} from './log/log-view.js';
import type {Overlay} from './overlay.js';
import type {ListName, PanelName, TabName} from './panels.js';
import {noPictures, type PictureColours, type Pictures} from './pictures/pictures.js';
import type {Sorts} from './sorts.js';

export type Notice = {
	tone: 'good' | 'bad' | 'info';
	text: string;
	/** What to do about it; may be empty. */
	hint: string;
	/** Milliseconds since 1970. */
	at: number;
	/** What comes after it goes before it, unless that is bad, until a key has seen it off. */
	lasting?: boolean;
};

/** What is known of a run while it goes, beyond what the store says. */
export type RunMotion = {
	/** The bar at the end of its log, when that is a bar. */
	bar?: Progress;
	/** The last line of its log. */
	lastLine: string;
	/** A file on its way; only of this process's own runs. */
	transfer?: TransferProgress;
};

export type HostView =
	| {state: 'asking'; name: string}
	| {state: 'known'; name: string; report: HostReport; at: number}
	| {state: 'failed'; name: string; message: string; hint: string; at: number};

/** What is known of a host from the answers so far. Times are milliseconds since 1970. */
export type HostLook = {
	/** The last answer and when it came; it stays while the host is silent. */
	answer?: {report: HostReport; at: number};
	/** Why the host does not answer, since when, and when it was asked last. */
	trouble?: {message: string; hint: string; since: number; at: number};
	/** When it was asked last, while its answer is late. */
	waitingSince?: number;
	/** Oldest first. */
	samples: readonly GpuSample[];
};

export type LastForm = {
	settings: OperationSettings['settings'];
	host: string;
	/** The family of a transfer, or the recipe's name; absent for the first family. */
	model?: string;
};

export type DashboardState = {
	size: {columns: number; rows: number};
	/** On the way from a first start to a first video: say what this is, and what to press next. */
	touring: boolean;
	hosts: readonly Host[];
	/** Jobs of the user's own, as the configuration has them. */
	recipes: readonly Recipe[];
	/** Absolute path of a run's folder at home. */
	runFolderOf: (runId: string) => string;
	/** Newest first; undefined until first read. */
	prompts?: readonly Prompt[];
	runs?: readonly ShownRun[];
	/** Undefined until first read. */
	queue?: QueueView;
	/** Milliseconds since 1970: the times that it expects count from there. */
	queueReadAt: number;
	/** Why the lists could not be read, while that is so. */
	storeProblem: string;
	focus: PanelName;
	/** The list whose selected thing the detail shows. */
	subject: ListName;
	/** Selected ids, so that a new row does not move the selection. */
	selected: Record<ListName, string | undefined>;
	filters: Record<ListName, string>;
	sorts: Sorts;
	/** Id of the prompt whose runs alone are in the list. */
	runsOf?: string;
	/** Nothing is launched, made or stopped from here. */
	readOnly: boolean;
	/** Keys that the user has given commands, by `context.command`. */
	customKeys: Readonly<Record<string, readonly string[]>>;
	/** Marked ids, in the order of marking. */
	marks: Record<ListName, readonly string[]>;
	tab: TabName;
	/** First visible row of a tab other than the log. */
	scroll: number;
	/** The detail has the whole screen. */
	zoomed: boolean;
	/** The log has the whole screen without borders. */
	bare: boolean;
	log: LogView;
	pictures: Pictures;
	pictureColours: PictureColours;
	/** The terminal has said that it draws pictures by itself. */
	graphics?: Graphics;
	motions: Readonly<Record<string, RunMotion>>;
	/** Unfinished runs of this process. */
	ownRuns: readonly string[];
	host: HostView;
	/** By the host's name. */
	looks: Readonly<Record<string, HostLook>>;
	overlay?: Overlay;
	/** Newest last. */
	notices: readonly Notice[];
	/** The newest notice has not been seen off yet. */
	noticeShown: boolean;
	/** Settings kept under names. */
	presets: readonly Preset[];
	/** What each form was launched with last. */
	lastForms: Partial<Record<Operation, LastForm>>;
	defaultHost: string;
	/** Milliseconds since 1970; moves only while a run goes. */
	now: number;
	/** When Ctrl-C was last pressed; two in a row quit at once. */
	interruptedAt: number;
};

export type InitialState = Pick<
	DashboardState,
	| 'size'
	| 'touring'
	| 'readOnly'
	| 'customKeys'
	| 'pictureColours'
	| 'hosts'
	| 'recipes'
	| 'runFolderOf'
	| 'defaultHost'
	| 'now'
>;

export function initialState(given: InitialState): DashboardState {
	return {
		...given,
		storeProblem: '',
		queueReadAt: given.now,
		focus: 'prompts',
		subject: 'prompts',
		selected: {prompts: undefined, runs: undefined, queue: undefined},
		filters: {prompts: '', runs: '', queue: ''},
		sorts: {prompts: 'newest', runs: 'newest'},
		marks: {prompts: [], runs: [], queue: []},
		tab: 'prompt',
		scroll: 0,
		zoomed: false,
		bare: false,
		log: noLog,
		pictures: noPictures,
		motions: {},
		ownRuns: [],
		host: {state: 'asking', name: given.defaultHost},
		looks: {},
		notices: [],
		noticeShown: false,
		presets: [],
		lastForms: {},
		interruptedAt: 0,
	};
}
