import type {Graphics} from '../domain/graphics.js';
import {createPictureMaker} from '../workflow/picture-maker.js';
import type {Workflow} from '../workflow/workflow-types.js';
import type {Action} from './actions.js';
import {type DashboardState, initialState} from './dashboard-state.js';
import type {Effect} from './effect.js';
import {effectOf} from './effect-of.js';
import {createEffects, type TerminalDoor} from './effects.js';
import {createHostRetry} from './host/host-retry.js';
import {createHostWatch} from './host/host-watch.js';
import {createViewKeeper, type KeptView} from './kept-view.js';
import type {CommandName} from './keys/bindings.js';
import type {CustomKeys} from './keys/custom-keys.js';
import {commandFor} from './keys/key-lookup.js';
import type {Stroke} from './keys/key-strokes.js';
import {createLogFollower} from './log/log-follower.js';
import {chosenCommand} from './palette/palette-items.js';
import {createMotionWatch} from './pictures/motion-watch.js';
import {createPictureFollower} from './pictures/picture-follower.js';
import type {PictureColours} from './pictures/pictures.js';
import {createBatchingPlanner} from './queue/batching-planner.js';
import {reduce} from './reducer.js';
import {unfinishedRuns} from './selectors.js';
import {watchLists} from './store-lists.js';

/** The dashboard without its picture: the state, and the one place where keys come in. */
export type Dashboard = {
	state: () => DashboardState;
	/** Calls back after every change; returns the way to stop. */
	subscribe: (onChange: () => void) => () => void;
	press: (strokes: readonly Stroke[]) => void;
	paste: (text: string) => void;
	resize: (columns: number, rows: number) => void;
	/** How the terminal draws pictures by itself; undefined when it does not. */
	setGraphics: (graphics: Graphics | undefined) => void;
	/** Resolves when the lists have been read, or could not be. */
	read: Promise<void>;
	/** Resolves when the user has left. */
	ended: Promise<void>;
	/** Resolves when what is kept for the next start is on the disk. */
	close: () => Promise<void>;
};

export type DashboardOptions = {
	firstStart: boolean;
	/** Launches, makes and stops nothing, and takes up no interrupted run. @default false */
	readOnly?: boolean;
	customKeys?: CustomKeys;
	/** @default 'none' */
	pictureColours?: PictureColours;
	/** What the last start has left. */
	kept?: KeptView;
	columns: number;
	rows: number;
	terminal: TerminalDoor;
	/** The command that opens a video. Default: the system's own. */
	openCommand?: string;
};

/** A folder is looked into when typing has rested so long. Milliseconds. */
const inspectAfter = 150;

/** Starts reading, watching and listening to keys; ends with `close`. */
export function createDashboard(workflow: Workflow, options: DashboardOptions): Dashboard {
	const {readOnly = false, kept = {}} = options;
	const given = initialState({
		size: {columns: options.columns, rows: options.rows},
		touring: goesOnTour(workflow, options),
		readOnly,
		customKeys: options.customKeys ?? {},
		pictureColours: options.pictureColours ?? 'none',
		hosts: workflow.hosts,
		recipes: workflow.recipes,
		defaultHost: workflow.defaultHost,
		runFolderOf: workflow.runFolder,
		now: Date.now(),
	});
	let state: DashboardState = {...given, ...kept, touring: given.touring};
	const listeners = new Set<() => void>();
	let end = () => {};
	const ended = new Promise<void>(resolve => {
		end = resolve;
	});
	let closed = false;

	const dispatch = (action: Action) => {
		const next = closed ? state : reduce(state, action);
		if (next !== state) {
			state = next;
			follow();
			for (const listener of listeners) {
				listener();
			}
		}
	};

	const lists = watchLists(workflow, dispatch);
	const motions = createMotionWatch(workflow.openLog, (runId, {bar, lastLine}) =>
		dispatch({type: 'motion', runId, bar, lastLine}),
	);
	const effects = createEffects({
		workflow,
		dispatch,
		readAgain: lists.readAgain,
		end: () => end(),
		terminal: options.terminal,
		customKeys: given.customKeys,
		openCommand: options.openCommand,
	});
	const log = createLogFollower(workflow, dispatch);
	const pictures = createPictureFollower(createPictureMaker(workflow.dataDir), dispatch);
	const clock = createClock(now => dispatch({type: 'ticked', now}));
	const folder = createFolderWatch(effects.inspect);

	const batching = createBatchingPlanner(workflow, dispatch);
	const hostWatch = createHostWatch(workflow, dispatch);
	const hostRetry = createHostRetry(host =>
		effects.perform({kind: 'ask-host', host, quietly: true}),
	);
	const keeper = createViewKeeper(workflow.dataDir, state);

	/** Brings what reads, watches and ticks in line with the state. */
	const follow = () => {
		const going = unfinishedRuns(state);
		motions.keep(going.map(({run}) => run));
		clock.run(going.length > 0);
		log.follow(state);
		pictures.follow(state);
		folder.follow(state);
		batching.follow(state);
		hostWatch.follow(state);
		hostRetry.follow(state);
		keeper.follow(state);
	};

	const perform = (effect: Effect) => {
		switch (effect.kind) {
			case 'log-start':
			case 'log-end':
			case 'log-search':
			case 'log-search-stop':
				return log.perform(effect);
			case 'look-again':
				return hostWatch.askAgain();
			default:
				return effects.perform(effect);
		}
	};

	const obey = (command: CommandName) => {
		const at = Date.now();
		const effect = effectOf(state, command, at);
		dispatch({type: 'command', command, at});
		if (effect) {
			perform(effect);
		}
	};

	const press = ({name, text}: Stroke) => {
		const command = commandFor(state, name);
		if (command) {
			const chosen = state.overlay?.kind === 'palette' ? chosenCommand(state.overlay) : undefined;
			obey(command);
			if (command === 'palette-run' && chosen) {
				obey(chosen);
			}
		} else if (text !== '') {
			dispatch({type: 'typed', text, at: Date.now()});
		}
	};

	// Whatever reaches a host has more to load than the lists, which can be shown by then.
	lists.first.then(() =>
		setImmediate(() => {
			if (closed) {
				return;
			}

			perform({kind: 'ask-host', host: workflow.defaultHost});
			if (!readOnly) {
				effects.adopt();
				effects.runQueue();
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
			for (const stroke of strokes) {
				press(stroke);
			}
		},
		paste: text => dispatch({type: 'typed', text, at: Date.now()}),
		resize: (columns, rows) => dispatch({type: 'resized', columns, rows}),
		setGraphics: graphics => dispatch({type: 'graphics', graphics}),
		read: lists.first,
		ended,
		close() {
			closed = true;
			const kept = effects.close();
			lists.close();
			motions.close();
			log.close();
			pictures.close();
			clock.run(false);
			hostWatch.close();
			hostRetry.close();
			folder.close();
			return Promise.all([kept, keeper.close()]).then(() => undefined);
		},
	};
}

/** From the first start on, until it is over or was ended. */
function goesOnTour(workflow: Workflow, {readOnly, kept, firstStart}: DashboardOptions): boolean {
	return !readOnly && workflow.defaultHost === 'demo' && (kept?.touring ?? firstStart);
}

/** A tick a second while something goes; none while nothing does. */
function createClock(onTick: (now: number) => void) {
	let timer: NodeJS.Timeout | undefined;
	return {
		run(on: boolean) {
			if (on) {
				timer ??= setInterval(() => onTick(Date.now()), 1000);
			} else {
				clearInterval(timer);
				timer = undefined;
			}
		},
	};
}

/** Has the folder of the prompt form looked into when typing rests. */
function createFolderWatch(inspect: (folder: string) => void) {
	let timer: NodeJS.Timeout | undefined;
	let asked = '';
	return {
		follow({overlay}: DashboardState) {
			const form = overlay?.kind === 'prompt' ? overlay.form : undefined;
			if (form?.folder.state !== 'looking') {
				asked = '';
			} else if (form.fields.folder.text !== asked) {
				asked = form.fields.folder.text;
				clearTimeout(timer);
				timer = setTimeout(() => inspect(asked), inspectAfter);
			}
		},
		close: () => clearTimeout(timer),
	};
}
