import {messageOf} from '../../domain/errors.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {layoutOf} from '../../state/layout.js';
import type {OutputText} from '../../state/output-texts.js';
import {shownRunOf} from '../../state/selectors.js';
import type {World} from '../../state/world.js';
import {readOutputText} from '../../workflow/runs/output-text.js';
import type {Feature} from '../feature.js';
import {openOutput, openOutputKeys} from './open-output.js';
import {shownTexts} from './output-files.js';

declare module '../../state/event.js' {
	interface Events {
		'output-read': {file: string; text: OutputText};
	}
}

/** The outputs of a run: its texts are read when they are looked at, and each file can be opened. */
export const outputs = {
	keys: openOutputKeys,
	overlays: {'open-output': openOutput},
	on: {
		'output-read': (state, {file, text}) => [
			{...state, outputTexts: {...state.outputTexts, [file]: text}},
		],
	},
	work: followTexts,
} satisfies Feature;

function followTexts({dispatch}: World) {
	const asked = new Set<string>();
	const read = async (file: string) => {
		asked.add(file);
		const text = await readOutputText(file).then(
			found => ({state: 'read', ...found}) as const,
			error => ({state: 'failed', message: messageOf(error)}) as const,
		);
		dispatch({type: 'output-read', file, text});
	};
	return {
		follow(state: DashboardState) {
			for (const file of wantedTexts(state).filter(one => !asked.has(one))) {
				void read(file);
			}
		},
	};
}

function wantedTexts(state: DashboardState): readonly string[] {
	const run = state.tab === 'outputs' ? shownRunOf(state)?.run : undefined;
	return run && layoutOf(state).showDetail
		? shownTexts(run, state.runFolderOf(run.id)).map(({file}) => file)
		: [];
}
