import {span} from '../state/line.js';
import type {PlanView} from '../state/overlay.js';
import {mostPageRows, widestPages} from '../state/page-scroll.js';
import {planLines} from '../state/plan-content.js';
import {Dialog, dialogWidth} from './dialog.js';
import {pageOf, paintLine} from './rows.js';

type Props = {
	view: PlanView;
	scroll: number;
	size: {columns: number; rows: number};
};

/** What a launch would send and start. */
export function PlanPage({view, scroll, size}: Props) {
	const width = dialogWidth(size.columns, widestPages.plan);
	const inner = width - 2;
	const lines = planLines(view, inner - 2);
	const height = Math.min(lines.length, mostPageRows(size.rows));
	const first = Math.min(scroll, Math.max(0, lines.length - height));
	const rows = lines.map(line => paintLine([' ', ...line], inner));
	return (
		<Dialog
			size={size}
			title={[span('accent', 'What will run')]}
			foot={lines.length > height ? `${first + 1}–${first + height} of ${lines.length}` : ''}
			width={width}
			rows={pageOf(rows, first, height, inner)}
		/>
	);
}
