import type {ReactNode} from 'react';
import type {DashboardState, Key, Step} from '../state/dashboard-state.js';
import type {EffectKind, EffectOf} from '../state/effect.js';
import type {EventName, EventOf} from '../state/event.js';
import type {OverlayKind, OverlayOf} from '../state/overlay.js';
import type {World} from '../state/world.js';

/** What a folder of `screens/` brings to the dashboard. The registry has a row for each. */
export type Feature = {
	/** Keys of the home screen. */
	keys?: readonly Key[];
	/** What it lays over the home screen. */
	overlays?: {[K in OverlayKind]?: OverlayScreen<K>};
	/** What its events do to the state. */
	on?: Handlers;
	/** The same for answers that a form or a page waits for: they reach it below a question too. */
	answers?: Handlers;
	/** How its effects are performed, and what follows the state. */
	work?: (world: World) => Work;
	/** Effects that change what is stored, and soon end: the dashboard waits for them when it closes. */
	lasting?: readonly EffectKind[];
};

export type OverlayScreen<K extends OverlayKind> = {
	keys: readonly Key[];
	/** Text that is typed or pasted. Default: it is ignored. */
	type?: (state: DashboardState, overlay: OverlayOf<K>, text: string) => Step;
	view?: (props: {state: DashboardState; overlay: OverlayOf<K>}) => ReactNode;
	/** What stands in the last row before the keys; `columns` at most. */
	footer?: (state: DashboardState, overlay: OverlayOf<K>, columns: number) => string;
	/** Its view is a row, beside which the panels stay as they are. */
	leavesHome?: boolean;
	/** It takes all rows between the host line and the keys: the panels need not be drawn. */
	fillsScreen?: boolean;
	/** A question, which shows its answers itself: the footer has none. */
	showsKeys?: boolean;
};

export type Handlers = {
	[T in EventName]?: (state: DashboardState, event: EventOf<T>) => Step;
};

export type Performers = {
	[K in EffectKind]?: (effect: EffectOf<K>) => unknown;
};

export type Work = {
	perform?: Performers;
	/** Called with the state after every change. */
	follow?: (state: DashboardState) => void;
	/** Called once, when the first frame can be drawn. */
	start?: () => void;
	close?: () => void | Promise<void>;
};
