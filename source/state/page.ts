import type {Line} from './content/line.js';
import type {Context, DashboardState, Key, Step} from './dashboard-state.js';
import {pages} from './keys/contexts.js';
import {overlayKeys, show} from './keys/key-row.js';
import type {Overlay, OverlayKind, OverlayOf, Overlays} from './overlay.js';

/** Overlays that scroll. */
export type PageKind = {
	[K in OverlayKind]: Overlays[K] extends {scroll: number} ? K : never;
}[OverlayKind];

/** A page of lines over the home screen; as many as there are, the view scrolls over them. */
export type Page<K extends PageKind> = {
	kind: K;
	title: (state: DashboardState, overlay: OverlayOf<K>) => Line;
	/** @param width columns of the text */
	lines: (state: DashboardState, overlay: OverlayOf<K>, width: number) => readonly Line[];
	/** Lines that stay above those that scroll. */
	head?: (overlay: OverlayOf<K>) => readonly Line[];
	/** Columns that it takes where there is room, borders included. @default 84 */
	widest?: number;
	/** Blanks on each side of the text. @default 1 */
	margin?: number;
	/** Rows of the screen that it leaves to borders and head. @default 4 */
	otherRows?: number;
	/** Rows that it has from its first frame on, so that answers do not move it. @default 0 */
	least?: number;
};

/** Columns of a page, borders included, on a screen of so many. */
export function pageWidth({widest = 84}: {widest?: number}, columns: number): number {
	return Math.min(columns, widest);
}

/** Columns of a page's text. */
export function pageTextWidth(page: {widest?: number; margin?: number}, columns: number): number {
	return pageWidth(page, columns) - 2 - 2 * (page.margin ?? 1);
}

/** Rows for the text of a page that is as high as it may be, on a screen of so many. */
export const pageRows = ({otherRows = 4}: {otherRows?: number}, rows: number) => rows - otherRows;

/**
 * The part of a page that is visible: its first row, how many rows, and what its border says of it.
 * @param most rows that there is room for
 * @param least rows that it has in any case, where there is room
 */
export function visiblePart(lines: number, scroll: number, most: number, least = 0) {
	const height = Math.min(Math.max(lines, least), most);
	// A taller window may have left the position beyond the last.
	const first = Math.min(scroll, Math.max(0, lines - height));
	const foot = lines > height ? `${first + 1}–${first + height} of ${lines}` : '';
	return {first, height, foot};
}

/** A page after scrolling by rows: never beyond its end. */
function scrolled<K extends PageKind>(
	page: Page<K>,
	state: DashboardState,
	overlay: OverlayOf<K>,
	rows: number,
): Step {
	const {size} = state;
	const shown = pageRows(page, size.rows);
	const lines = page.lines(state, overlay, pageTextWidth(page, size.columns)).length;
	const scroll = visiblePart(lines, overlay.scroll, shown).first + rows;
	return show(state, {...overlay, scroll: Math.max(0, Math.min(lines - shown, scroll))} as Overlay);
}

/** The keys that scroll a page. */
export function scrollKeys<K extends PageKind>(
	page: Page<K>,
	context: Context = pages,
	label = 'j k:scroll',
): Key[] {
	// A page's step less one line, so that the eye finds its place.
	const step = ({size}: DashboardState) => pageRows(page, size.rows) - 1;
	return overlayKeys(page.kind, context, [
		['down', 'j down', label, 'down', (state, overlay) => scrolled(page, state, overlay, 1)],
		['up', 'k up', '', 'up', (state, overlay) => scrolled(page, state, overlay, -1)],
		[
			'page-down',
			'pagedown space ctrl-d',
			'',
			'one page down',
			(state, overlay) => scrolled(page, state, overlay, step(state)),
		],
		[
			'page-up',
			'pageup ctrl-u',
			'',
			'one page up',
			(state, overlay) => scrolled(page, state, overlay, -step(state)),
		],
	]);
}

/** The keys that close a page and scroll it. */
export function pageKeys<K extends PageKind>(
	page: Page<K>,
	close: (state: DashboardState, overlay: OverlayOf<K>) => Step = state => show(state, undefined),
): Key[] {
	return [
		...overlayKeys(page.kind, pages, [['page-close', 'esc q ? enter', 'close', 'close', close]]),
		...scrollKeys(page),
	];
}
