import {Box} from 'ink';
import type {Line} from '../state/content/line.js';
import {Panel} from './panel.js';

export type DialogProps = {
	/** The whole screen's size. */
	size: {columns: number; rows: number};
	title: Line;
	foot?: string;
	/** Columns, borders included. */
	width: number;
	/** Painted, `width - 2` columns wide. */
	rows: readonly string[];
};

/** A panel over the middle of the home screen. */
export function Dialog({size, title, foot, width, rows}: DialogProps) {
	const height = rows.length + 2;
	return (
		<Box
			position="absolute"
			left={Math.max(0, Math.floor((size.columns - width) / 2))}
			top={Math.max(0, Math.floor((size.rows - height) / 2))}
		>
			<Panel title={title} foot={foot} width={width} rows={rows} focused />
		</Box>
	);
}

/** Columns of a dialog that would like `wanted`, on this screen. */
export function dialogWidth(columns: number, wanted: number): number {
	return Math.min(columns, wanted);
}
