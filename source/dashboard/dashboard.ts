import type {Graphics} from '../domain/graphics.js';
import {type DashboardState, initialState, type Key} from '../state/dashboard-state.js';
import type {Event} from '../state/event.js';
import type {Stroke} from '../state/keys/key-strokes.js';
import type {PictureColours} from '../state/pictures.js';
import type {Terminal} from '../state/world.js';
import type {MouseReport} from '../terminal/mouse.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {createEffects} from './effects.js';
import {createViewStore, type KeptView} from './kept-view.js';
import {watchLists} from './store-lists.js';
import {keyTable, update} from './update.js';

/** The dashboard without its picture: the state, and the one place where keys come in. */
export type Dashboard = {
	state: () => DashboardState;
	/** Calls back after every change; returns the way to stop. */
	subscribe: (onChange: () => void) => () => void;
	press: (strokes: readonly Stroke[]) => void;
	paste: (text: string) => void;
	resize: (columns: number, rows: number) => void;
	mouse: (report: MouseReport) => void;
	/** How the terminal draws pictures itself; undefined when it does not. */
	setGraphics: (graphics: Graphics | undefined) => void;
	/** Resolves when the lists have been read, or could not be. */
	read: Promise<void>;
	/** Resolves when the user has quit. */
	ended: Promise<void>;
	/** Resolves when everything to keep is on disk. */
	close: () => Promise<void>;
};

export type DashboardOptions = {
	firstStart: boolean;
	/** Launches, creates and stops nothing, and resumes no interrupted run. @default false */
	readOnly?: boolean;
	/** A notice that is shown with the lists. @default none */
	firstNotice?: string;
	/** The key table. @default as the screens define it */
	keys?: readonly Key[];
	/** @default 'none' */
	pictureColours?: PictureColours;
	/** Whether the mouse is used, as the configuration says. @default false */
	mouse?: boolean;
	/** What was kept from the last start. */
	kept?: KeptView;
	columns: number;
	rows: number;
	terminal: Terminal;
	/** The command that opens a video. @default the system's own */
	findOpener?: () => string | undefined;
	/** The words that call this program with the same data and configuration. @default none */
	self?: readonly string[];
};

/** Starts reading, watching and listening to keys; ends with `close`. */
export function createDashboard(workflow: Workflow, options: DashboardOptions): Dashboard {
	const {readOnly = false, kept = {}} = options;
	const given = initialState({
		size: {columns: options.columns, rows: options.rows},
		touring: isTouring(workflow, options),
		readOnly,
		keys: options.keys ?? keyTable,
		pictureColours: options.pictureColours ?? 'none',
		hosts: workflow.hosts,
		recipes: workflow.recipes,
		defaultHost: workflow.defaultHost,
		runFolderOf: workflow.runFolder,
		now: Date.now(),
		mouse: options.mouse ?? false,
	});
	let state: DashboardState = {
		...given,
		...kept,
		touring: given.touring,
		mouse: given.mouse && (kept.mouse ?? true),
	};
	const listeners = new Set<() => void>();
	let end = () => {};
	const ended = new Promise<void>(resolve => {
		end = resolve;
	});
	let closed = false;

	const dispatch = (event: Event) => {
		if (closed) {
			return;
		}

		const [next, ...tasks] = update(state, event);
		if (next !== state) {
			state = next;
			for (const listener of listeners) {
				listener();
			}

			effects.follow(state);
			view.follow(state);
		}

		for (const effect of tasks) {
			effects.perform(effect);
		}
	};

	const lists = watchLists(workflow, dispatch);
	const effects = createEffects({
		workflow,
		terminal: options.terminal,
		findOpener: options.findOpener ?? (() => process.env.COSMOS_OPEN),
		self: options.self ?? [],
		state: () => state,
		dispatch,
		readAgain: lists.readAgain,
		end: () => end(),
	});
	const view = createViewStore(workflow.dataDir, state);

	lists.first.then(() => {
		const {firstNotice: text} = options;
		if (text !== undefined) {
			dispatch({type: 'noticed', notice: {tone: 'info', text, hint: '', at: Date.now()}});
		}
	});

	// Whatever reaches a host has more to load than the lists, which can be shown by then.
	lists.first.then(() =>
		setImmediate(() => {
			if (!closed) {
				effects.start();
			}
		}),
	);

	return {
		state: () => state,
		subscribe(onChange) {
			listeners.add(onChange);
			return () => listeners.delete(onChange);
		},
		press(strokes) {
			for (const {name, text} of strokes) {
				dispatch({type: 'key', name, text, at: Date.now()});
			}
		},
		paste: text => dispatch({type: 'typed', text, at: Date.now()}),
		mouse: report => dispatch({type: 'mouse', ...report, at: Date.now()}),
		resize: (columns, rows) => dispatch({type: 'resized', columns, rows}),
		setGraphics: graphics => dispatch({type: 'graphics', graphics}),
		read: lists.first,
		ended,
		async close() {
			closed = true;
			lists.close();
			await Promise.all([effects.close(), view.close()]);
		},
	};
}

/** From the first start until the first video, or until the user ends it. */
function isTouring(workflow: Workflow, {readOnly, kept, firstStart}: DashboardOptions): boolean {
	return !readOnly && workflow.defaultHost === 'demo' && (kept?.touring ?? firstStart);
}
