import type {Action} from '../actions.js';
import type {DashboardState} from '../dashboard-state.js';
import type {CommandName} from '../keys/bindings.js';
import {nextAlone} from './shown-videos.js';

/** Takes in a picture that has been made, or how it is drawn; or shows the next frame of those that move. */
export function reducePictures(
	state: DashboardState,
	action: Extract<Action, {type: 'picture' | 'picture-turned' | 'graphics'}>,
): DashboardState {
	const {pictures} = state;
	if (action.type === 'picture-turned') {
		return {...state, pictures: {...pictures, frame: pictures.frame + 1}};
	}

	if (action.type === 'graphics') {
		const {graphics} = action;
		// Those that the terminal draws are made finer.
		const views = Boolean(state.graphics) === Boolean(graphics) ? pictures.views : {};
		return {...state, graphics, pictures: {...pictures, views}};
	}

	const {file, view} = action;
	return {...state, pictures: {...pictures, views: {...pictures.views, [file]: view}}};
}

/** Plays, holds still, or turns to another video; undefined when it is another command. */
export function reducePictureCommand(
	state: DashboardState,
	command: CommandName,
): DashboardState | undefined {
	const {pictures} = state;
	switch (command) {
		case 'play':
			return {
				...state,
				pictures: {...pictures, mode: pictures.mode === 'playing' ? 'held' : 'playing'},
			};
		case 'next-video':
			return {...state, scroll: 0, pictures: {...pictures, alone: nextAlone(state)}};
		default:
			return undefined;
	}
}
