import {Text} from 'ink';
import {paintLine} from '../../components/rows.js';
import {type Line, span} from '../../state/content/line.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import {tourStep, tourSteps} from './tour.js';

/** What to press next on a first start. */
export function TourLine({state}: {state: DashboardState}) {
	const step = tourStep(state);
	const end = state.focus === 'detail' ? '' : `   ${keyOf(state, 'tour-end')} ends the tour`;
	const line: Line = step
		? [
				span('accent', ` ${step.number}/${tourSteps} `),
				span('strong', ` ${step.words}`),
				span('dim', state.overlay ? '' : end),
			]
		: [''];
	return <Text wrap="truncate">{paintLine(line, state.size.columns)}</Text>;
}
