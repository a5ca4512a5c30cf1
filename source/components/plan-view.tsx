import {span} from '../state/content/line.js';
import {planLines} from '../state/content/plan-content.js';
import type {PlanView} from '../state/overlay.js';
import {pageRows, seenPart, widestPages} from '../state/page-scroll.js';
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
	const {first, height, foot} = seenPart(lines.length, scroll, pageRows('plan', size.rows));
	const rows = lines.map(line => paintLine([' ', ...line], inner));
	return (
		<Dialog
			size={size}
			title={[span('accent', 'What will run')]}
			foot={foot}
			width={width}
			rows={pageOf(rows, first, height, inner)}
		/>
	);
}
