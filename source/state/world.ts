import type {Workflow} from '../workflow/workflow-types.js';
import type {DashboardState, Notice} from './dashboard-state.js';
import type {Effect} from './effect.js';
import type {Event} from './event.js';

/** The terminal, beside the frames that are drawn on it. */
export type Terminal = {
	env: NodeJS.ProcessEnv;
	/** Writes a sequence that moves nothing on the screen. */
	write: (sequence: string) => void;
	/** Hands the terminal to another program until the task has ended. */
	suspend: (task: () => Promise<void>) => Promise<void>;
};

/** What effects work with. */
export type World = {
	workflow: Workflow;
	terminal: Terminal;
	/** The command that opens a video; undefined for the system's own. @throws CosmosError when it is withheld */
	findOpener: () => string | undefined;
	/** The words that call this program with the same data and configuration. */
	self: readonly string[];
	state: () => DashboardState;
	dispatch: (event: Event) => void;
	notice: (tone: Notice['tone'], text: string, hint?: string) => void;
	/** Shows an error as a notice, with `what` before its message. */
	failed: (error: unknown, what?: string) => void;
	/** Reads the lists again: call it before a notice about what has been stored, so the rows show it. */
	readAgain: () => Promise<void>;
	/** Performs another effect; resolves when it has ended. */
	perform: (effect: Effect) => Promise<void>;
	/** Ends the dashboard. */
	end: () => void;
};
