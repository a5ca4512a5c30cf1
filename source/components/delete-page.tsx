import {deleteLines} from '../state/content/delete-content.js';
import {span} from '../state/content/line.js';
import type {DashboardState} from '../state/dashboard-state.js';
import type {DeleteView} from '../state/forms/record-form.js';
import {pageRows, seenPart, widestPages} from '../state/page-scroll.js';
import {Dialog, dialogWidth} from './dialog.js';
import {keySpans} from './footer.js';
import {pageOf, paintLine} from './rows.js';

/** What a deletion would take away, what it weighs, and what forbids it. */
export function DeletePage({overlay, state}: {overlay: DeleteView; state: DashboardState}) {
	const {size} = state;
	const width = dialogWidth(size.columns, widestPages.page);
	const inner = width - 2;
	const lines = deleteLines(overlay, inner - 4, state);
	const most = pageRows('delete', size.rows);
	const {first, height, foot} = seenPart(lines.length, overlay.scroll, most);
	const rows = lines.map(line => paintLine(['  ', ...line], inner));
	return (
		<Dialog
			size={size}
			title={[span('accent', titleOf(overlay))]}
			foot={foot}
			width={width}
			rows={[
				' '.repeat(inner),
				...pageOf(rows, first, height, inner),
				' '.repeat(inner),
				paintLine(['  ', ...keySpans(state, inner - 2)], inner),
			]}
		/>
	);
}

function titleOf({request, view}: DeleteView): string {
	const what = request.outputsOnly ? 'Delete outputs only' : 'Delete';
	if (view.state !== 'made') {
		return what;
	}

	return view.preview.refusals.length > 0 ? `${what}: not as it is` : `${what}?`;
}
