import {renderToString} from 'ink';
import type {ReactNode} from 'react';
import {Screen} from '../../source/dashboard/screen.js';
import type {DashboardState} from '../../source/state/dashboard-state.js';

const sgr = /\u001b\[[0-9;]*m/g;

/** A component's frame without colours. */
export function frameOf(node: ReactNode, columns = 120): string {
	return renderToString(node, {columns}).replaceAll(sgr, '');
}

/** The whole screen of a state without colours. */
export function screenOf(state: DashboardState): string {
	return frameOf(<Screen state={state} />, state.size.columns);
}
