import {createContext} from 'react';
import {paint} from './theme.js';

/** Whether what is drawn lies behind a dialog. */
export const Behind = createContext(false);

const look = /\u001b\[[\d;:]*m/g;
/** Half blocks are pictures by their colours alone. */
const pixels = /[\u2580\u2584]/g;

/** A painted row as it is behind a dialog: without colours, so that what is cut off is not read. */
export function behindRow(row: string): string {
	return paint('dim', row.replaceAll(look, '').replaceAll(pixels, ' '));
}
