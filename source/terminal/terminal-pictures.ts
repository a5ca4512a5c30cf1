import {type PlacedPicture, placedPictures} from '../screens/pictures/placed-pictures.js';
import {mightDraw} from '../screens/pictures/shown-videos.js';
import type {DashboardState} from '../state/dashboard-state.js';
import {understandsSequences} from './attention.js';
import type {TerminalPictures, TerminalPicturesParts} from './drawn-pictures.js';

/** Loads and asks nothing before a picture might be drawn, and then after the frame. */
export function createTerminalPictures(parts: TerminalPicturesParts): TerminalPictures {
	const {choice, dashboard, env} = parts;
	const isWanted = choice !== 'blocks' && choice !== 'none' && mayBeAsked(env);
	let opened: TerminalPictures | undefined;
	let isOpening = false;
	let isClosed = false;
	const open = async () => {
		isOpening = true;
		const {openDrawnPictures} = await import('./drawn-pictures.js');
		const wanted = placedNow(dashboard.state);
		opened = isClosed ? undefined : openDrawnPictures({...parts, wanted});
	};

	return {
		rendered() {
			if (isWanted && !isOpening && mightDraw(dashboard.state())) {
				void open();
			}

			opened?.rendered();
		},
		lost: () => opened?.lost(),
		resized: () => opened?.resized(),
		close() {
			isClosed = true;
			opened?.close();
		},
	};
}

/** Finds them once for each state. */
function placedNow(current: () => DashboardState): () => readonly PlacedPicture[] {
	let known: {state: DashboardState; placed: readonly PlacedPicture[]} | undefined;
	return () => {
		const state = current();
		if (known?.state !== state) {
			known = {state, placed: placedPictures(state)};
		}

		return known.placed;
	};
}

/** Whether a terminal may be asked, by its environment: some print a question that they do not know. */
export function mayBeAsked({TERM_PROGRAM, INK_SCREEN_READER, ...env}: NodeJS.ProcessEnv) {
	return (
		understandsSequences(env) && TERM_PROGRAM !== 'Apple_Terminal' && INK_SCREEN_READER !== 'true'
	);
}
