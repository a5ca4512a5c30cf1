import {hintOf, messageOf} from '../../domain/errors.js';
import {drawsPictures} from '../../domain/graphics.js';
import type {Fineness} from '../../domain/inputs/video-picture.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import type {Event} from '../../state/event.js';
import type {PictureMaker} from '../../workflow/runs/picture-maker.js';
import {sheetFiles} from '../sheet/sheet-lines.js';
import type {Sheet} from '../sheet/sheet-state.js';
import {hasPictures, isMoving, wantedPictures} from './shown-videos.js';

/** Milliseconds that each frame is seen. */
const frameTime = 400;

const sheetPictures = (state: DashboardState, overlay: Sheet) =>
	hasPictures(state) ? sheetFiles(state, overlay) : [];

/** Has the pictures made that the screen wants, one after the other, and turns those that move. */
export function createPictureFollower(maker: PictureMaker, dispatch: (event: Event) => void) {
	let making: {file: string; fineness: Fineness; stop: AbortController} | undefined;
	let timer: NodeJS.Timeout | undefined;

	const make = async (file: string, fineness: Fineness, {signal}: AbortController) => {
		const view = await maker.picture(file, fineness, signal).then(
			picture => ({state: 'made', picture}) as const,
			error => ({state: 'failed', message: messageOf(error), hint: hintOf(error)}) as const,
		);
		if (!signal.aborted) {
			making = undefined;
			dispatch({type: 'picture', file, view});
		}
	};

	/** @param wanted files; what is made for none of them is ended */
	const makeNext = (wanted: readonly string[], {pictures, graphics}: DashboardState) => {
		const fineness = drawsPictures(graphics) ? 'drawn' : 'blocks';
		if (making && !(wanted.includes(making.file) && making.fineness === fineness)) {
			making.stop.abort();
			making = undefined;
		}

		const next = wanted.find(file => !pictures.views[file]);
		if (!making && next !== undefined) {
			making = {file: next, fineness, stop: new AbortController()};
			void make(next, fineness, making.stop);
		}
	};

	const move = (on: boolean) => {
		if (on) {
			timer ??= setInterval(() => dispatch({type: 'picture-turned'}), frameTime);
		} else {
			clearInterval(timer);
			timer = undefined;
		}
	};

	return {
		follow(state: DashboardState) {
			const {overlay} = state;
			const wanted =
				overlay?.kind === 'sheet' ? sheetPictures(state, overlay) : wantedPictures(state);
			makeNext(wanted, state);
			move(isMoving(state));
		},
		close() {
			making?.stop.abort();
			move(false);
		},
	};
}
