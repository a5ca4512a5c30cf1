import type {Line} from '../state/content/line.js';
import {span} from '../state/content/line.js';
import {Dialog, type DialogProps, dialogWidth} from './dialog.js';
import {firstVisible, listRow, pageOf, paintLine} from './rows.js';

type ListDialogProps = Pick<DialogProps, 'size' | 'title'> & {
	/** Columns that it takes where there is room, borders included. */
	widest: number;
	count: number;
	/** A row; `width` columns are left for it. */
	line: (index: number, width: number) => Line;
	selected: number;
	/** Rows of the list. @default all of them, where there is room */
	height?: number;
	/** Stands in the place of rows that are not there. */
	empty?: string;
	/** Rows above and below the list, for a width in columns. */
	above?: (width: number) => readonly string[];
	below?: (width: number) => readonly Line[];
	/** @default where in the list the selected row is, when it is longer than the dialog */
	foot?: string;
};

/** Rows of the screen that are not the list's: borders, and what is seen of the home screen. */
const otherRows = 6;

/** A dialog with a list of which one row is selected. */
export function ListDialog(props: ListDialogProps) {
	const {size, title, widest, count, line, selected, empty = '', above, below} = props;
	const width = dialogWidth(size.columns, widest);
	const inner = width - 2;
	const {height = Math.min(Math.max(count, empty === '' ? 1 : 3), size.rows - otherRows)} = props;
	const first = firstVisible(selected, count, height);
	const rows = Array.from({length: Math.min(count - first, height)}, (_, index) =>
		listRow(line(first + index, inner - 2), {
			width: inner,
			selected: first + index === selected,
			focused: true,
			marked: false,
		}),
	);
	const shown = count > 0 ? rows : [paintLine([span('dim', `  ${empty}`)], inner)];
	return (
		<Dialog
			size={size}
			title={title}
			foot={props.foot ?? (count > height ? `${selected + 1} of ${count}` : '')}
			width={width}
			rows={[
				...(above?.(inner) ?? []),
				...pageOf(shown, 0, height, inner),
				...(below?.(inner) ?? []).map(row => paintLine(row, inner)),
			]}
		/>
	);
}
