import {type Line, span} from '../state/content/line.js';
import type {CustomKeys} from '../state/keys/custom-keys.js';
import {keyOf} from '../state/keys/key-text.js';
import {pageRows, seenPart, widestPages} from '../state/page-scroll.js';
import {batchingHead, batchingLines} from '../state/queue/batching-content.js';
import type {BatchingDialog} from '../state/queue/batching-dialog.js';
import {Dialog, dialogWidth} from './dialog.js';
import {pageOf, paintLine} from './rows.js';

type Props = {
	overlay: BatchingDialog;
	size: {columns: number; rows: number};
	customKeys: CustomKeys;
};

/** So high from the start on that a plan that comes does not move the frame. */
const leastRows = 8;

/** Smart batching: what is chosen, and the jobs before and after it. */
export function BatchingPage({overlay, size, customKeys}: Props) {
	const width = dialogWidth(size.columns, widestPages.batching);
	const inner = width - 2;
	const lines = batchingLines(overlay, inner - 4, keyOf({customKeys}, 'batching-mixed'));
	const most = pageRows('batching', size.rows);
	const {first, height, foot} = seenPart(lines.length, overlay.scroll, most, leastRows);
	const paint = (line: Line) => paintLine(['  ', ...line], inner);
	return (
		<Dialog
			size={size}
			title={[span('accent', 'Smart batching')]}
			foot={foot}
			width={width}
			rows={[
				...batchingHead(overlay).map(paint),
				...pageOf(lines.map(paint), first, height, inner),
			]}
		/>
	);
}
