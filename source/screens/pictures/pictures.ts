import {drawsPictures, type Graphics} from '../../domain/graphics.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {home} from '../../state/keys/contexts.js';
import {homeKeys} from '../../state/keys/key-row.js';
import type {Pictures, PictureView} from '../../state/pictures.js';
import {createPictureMaker} from '../../workflow/runs/picture-maker.js';
import type {Feature} from '../feature.js';
import {createPictureFollower} from './picture-follower.js';
import {hasPicture, nextAlone} from './shown-videos.js';

declare module '../../state/event.js' {
	interface Events {
		picture: {file: string; view: PictureView};
		/** The next frame of what is played. */
		'picture-turned': unknown;
		/** How the terminal draws pictures; undefined when it does not. */
		graphics: {graphics: Graphics | undefined};
	}
}

function playOrPause(state: DashboardState): DashboardState {
	const mode = state.pictures.mode === 'playing' ? 'held' : 'playing';
	return {...state, pictures: {...state.pictures, mode}};
}

const showNext = (state: DashboardState): DashboardState => ({
	...state,
	scroll: 0,
	pictures: {...state.pictures, alone: nextAlone(state)},
});

/** Pictures that are kept; the oldest go, and are made again from the cache when they are wanted. */
const mostViews = 200;

function withView(views: Pictures['views'], file: string, view: PictureView): Pictures['views'] {
	const {[file]: _, ...others} = views;
	return Object.fromEntries([...Object.entries(others).slice(1 - mostViews), [file, view]]);
}

/** The pictures of videos in the detail. */
export const pictures = {
	keys: homeKeys(
		home,
		[
			['play', 'p', '', 'play and pause the pictures of the videos', playOrPause],
			[
				'next-video',
				'P',
				'',
				'show one video over the whole tab; again: the next one, then all',
				showNext,
			],
		],
		{disabled: state => (hasPicture(state) ? undefined : '')},
	),
	on: {
		picture: (state, {file, view}) => [
			{
				...state,
				pictures: {...state.pictures, views: withView(state.pictures.views, file, view)},
			},
		],
		'picture-turned': state => [
			{...state, pictures: {...state.pictures, frame: state.pictures.frame + 1}},
		],
		graphics(state, {graphics}) {
			// Those that the terminal draws are made finer.
			const views =
				drawsPictures(state.graphics) === drawsPictures(graphics) ? state.pictures.views : {};
			return [{...state, graphics, pictures: {...state.pictures, views}}];
		},
	},
	work: ({workflow, dispatch}) =>
		createPictureFollower(createPictureMaker(workflow.dataDir), dispatch),
} satisfies Feature;
