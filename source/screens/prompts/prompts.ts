import type {DashboardState} from '../../state/dashboard-state.js';
import {lists} from '../../state/keys/contexts.js';
import {homeKeys} from '../../state/keys/key-row.js';
import {selectedPrompt} from '../../state/selectors.js';
import type {Feature} from '../feature.js';

/** Shows the runs of the selected prompt alone. */
function drill(state: DashboardState): DashboardState {
	const prompt = selectedPrompt(state);
	return prompt
		? {
				...state,
				runsOf: prompt.id,
				focus: 'runs',
				subject: 'runs',
				filters: {...state.filters, runs: ''},
				marks: {...state.marks, runs: []},
				selected: {...state.selected, runs: undefined},
			}
		: state;
}

/** The list of prompts. */
export const prompts = {
	keys: homeKeys(lists, [
		[
			'drill',
			'>',
			'',
			'show only the runs of this prompt; clear shows all again',
			state => [drill(state)],
			{
				disabled: state => (state.subject === 'prompts' && selectedPrompt(state) ? undefined : ''),
			},
		],
	]),
} satisfies Feature;
