import {type Line, span} from '../state/content/line.js';
import type {DashboardState} from '../state/dashboard-state.js';
import type {OverlayOf} from '../state/overlay.js';
import {
	type Page,
	type PageKind,
	pageRows,
	pageTextWidth,
	pageWidth,
	visiblePart,
} from '../state/page.js';
import {Dialog} from './dialog.js';
import {pageOf, paintLine} from './rows.js';

/** The view of a page: its head, and the lines that are visible. */
export function pageView<K extends PageKind>(page: Page<K>) {
	return ({state, overlay}: {state: DashboardState; overlay: OverlayOf<K>}) => {
		const {size} = state;
		const width = pageWidth(page, size.columns);
		const inner = width - 2;
		const margin = ' '.repeat(page.margin ?? 1);
		const paint = (line: Line) => paintLine([margin, ...line], inner);
		const lines = page.lines(state, overlay, pageTextWidth(page, size.columns));
		const most = pageRows(page, size.rows);
		const {first, height, foot} = visiblePart(lines.length, overlay.scroll, most, page.least);
		return (
			<Dialog
				size={size}
				title={page.title(state, overlay)}
				foot={foot}
				width={width}
				rows={[
					...(page.head?.(overlay) ?? []).map(paint),
					...pageOf(lines.map(paint), first, height, inner),
				]}
			/>
		);
	};
}

/** The title of a page or a dialog. */
export const title = (text: string): Line => [span('accent', text)];
