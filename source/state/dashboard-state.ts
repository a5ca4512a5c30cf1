import type {Graphics} from '../domain/graphics.js';
import type {Host} from '../domain/hosts/host.js';
import type {Progress} from '../domain/runs/progress.js';
import type {Preset} from '../domain/settings/preset.js';
import type {Operation, OperationSettings} from '../domain/settings/settings.js';
import type {Prompt, Recipe, ShownRun} from '../domain/types.js';
import type {TransferProgress} from '../executor/run-watcher.js';
import type {QueueView} from '../workflow/queue/queue-types.js';
import type {HostReport} from '../workflow/workflow-types.js';
import type {Effect} from './effect.js';
import {type ArrangedList, firstView, type ListViews} from './list-views.js';
import {type LogView, noLog} from './log/log-view.js';
import type {OutputText} from './output-texts.js';
import type {Overlay} from './overlay.js';
import type {ListName, PanelName, TabName} from './panels.js';
import {noPictures, type PictureColours, type Pictures} from './pictures.js';
import type {Undoable} from './undoable.js';

export type Notice = {
	tone: 'good' | 'bad' | 'info';
	text: string;
	/** What to do about it; may be empty. */
	hint: string;
	/** Milliseconds since 1970. */
	at: number;
	/** Later notices go before it, unless they are bad, until a key has dismissed it. */
	lasting?: boolean;
};

/** What is known of a run while it is running, beyond what the store says. */
export type RunMotion = {
	/** The progress bar at the end of its log, if there is one. */
	bar?: Progress;
	/** The last line of its log. */
	lastLine: string;
	/** The file being transferred; only for this process's own runs. */
	transfer?: TransferProgress;
};

/** How busy a host's GPUs were at one moment. */
export type GpuSample = {
	/** Milliseconds since 1970. */
	at: number;
	/** Percent, by the GPU's index; without those whose driver does not report it. */
	use: Readonly<Record<number, number>>;
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
	trouble?: {message: string; hint: string; fingerprint?: string; since: number; at: number};
	/** When it was asked last, while its answer is late. */
	waitingSince?: number;
	/** Oldest first. */
	samples: readonly GpuSample[];
};

export type LastForm = {
	/** What was entered; the rest had its defaults. */
	settings: Partial<OperationSettings['settings']>;
	host: string;
	/** The family of a transfer, or the recipe's name; absent for the first family. */
	model?: string;
	mode?: string;
};

export type DashboardState = {
	size: {columns: number; rows: number};
	/** Columns of the lists, where a person has moved their border. */
	listWidth?: number;
	/** Whether the terminal is to report its mouse. */
	mouse: boolean;
	/** The last press: of a row, by its id, or of the border; `at` in milliseconds since 1970. */
	click?: {on: string; at: number};
	/** Between a first start and a first video: say what this is, and what to press next. */
	touring: boolean;
	hosts: readonly Host[];
	/** Jobs of the user's own, as the configuration has them. */
	recipes: readonly Recipe[];
	/** Absolute path of a run's local folder. */
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
	/** What the older rows of a list were found by. */
	olderFound: {[L in ArrangedList]?: string};
	/** Columns, order and groups of each list. */
	views: ListViews;
	/** Id of the prompt whose runs alone are in the list. */
	runsOf?: string;
	/** Nothing is launched, made or stopped from here. */
	readOnly: boolean;
	/** Every key of the dashboard: the footer, the help and the update all read this table. */
	keys: readonly Key[];
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
	/** The texts of outputs that were looked at, by their files. */
	outputTexts: Readonly<Record<string, OutputText>>;
	pictureColours: PictureColours;
	/** The terminal has reported that it draws pictures itself. */
	graphics?: Graphics;
	motions: Readonly<Record<string, RunMotion>>;
	/** Unfinished runs of this process. */
	ownRuns: readonly string[];
	host: HostView;
	/** By the host's name. */
	looks: Readonly<Record<string, HostLook>>;
	overlay?: Overlay;
	/** What was done here and can be taken back, newest last. */
	undoables: readonly Undoable[];
	/** Newest last. */
	notices: readonly Notice[];
	/** The newest notice has not been dismissed yet. */
	noticeShown: boolean;
	/** Saved settings. */
	presets: readonly Preset[];
	/** What each form was last launched with. */
	lastForms: Partial<Record<Operation, LastForm>>;
	defaultHost: string;
	/** Milliseconds since 1970; moves only while a run is unfinished. */
	now: number;
	/** When Ctrl-C was last pressed; two in a row quit at once. */
	interruptedAt: number;
};

/** A state after something has happened, and what is to be done about it. */
export type Step = readonly [state: DashboardState, ...effects: Effect[]];

/** Where keys belong. Of several contexts that are active at once, the lowest rank is asked first. */
export type Context = {
	/** As the configuration and docs/keys.md name it. */
	name: string;
	title: string;
	/** @default 2 */
	rank?: number;
	/** Its place in help. @default 50 */
	order?: number;
	/** Whether it has the keys now, while its screen is open. @default always */
	isActive?: (state: DashboardState) => boolean;
	/** Contexts of the same screen that never have the keys at the same time. */
	apart?: readonly string[];
	/** The configuration cannot change its keys: the screen shows them in its own text. */
	fixed?: boolean;
};

/** One row of the key table: a command with its keys, its words and what it does. */
export type Key = {
	/** The overlay that it belongs to. */
	screen: Overlay['kind'] | 'home' | 'everywhere';
	context: Context;
	command: string;
	/** As `strokesOf` names them. */
	keys: readonly string[];
	/** The configuration has given it other keys. */
	isCustom: boolean;
	/** In the footer; empty: in help only. `← →:change` shows other keys than the first. */
	label: string;
	help: string;
	/** The verb of the command line that does the same, where it has another name. */
	verb?: string;
	/** It ends or removes something: no harmless key of another panel has the same letter. */
	destroys: boolean;
	/** It only moves about, so the palette leaves it out. */
	isMove: boolean;
	/** Why it does nothing now; empty when that needs no words, undefined when it works. */
	disabled: (state: DashboardState) => string | undefined;
	/** @param at milliseconds since 1970 */
	run: (state: DashboardState, at: number) => Step;
};

export type InitialState = Pick<
	DashboardState,
	| 'size'
	| 'touring'
	| 'readOnly'
	| 'keys'
	| 'pictureColours'
	| 'hosts'
	| 'recipes'
	| 'runFolderOf'
	| 'defaultHost'
	| 'now'
	| 'mouse'
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
		olderFound: {},
		views: {prompts: firstView, runs: firstView},
		marks: {prompts: [], runs: [], queue: []},
		tab: 'prompt',
		scroll: 0,
		zoomed: false,
		bare: false,
		log: noLog,
		pictures: noPictures,
		outputTexts: {},
		motions: {},
		ownRuns: [],
		host: {state: 'asking', name: given.defaultHost},
		looks: {},
		undoables: [],
		notices: [],
		noticeShown: false,
		presets: [],
		lastForms: {},
		interruptedAt: 0,
	};
}
