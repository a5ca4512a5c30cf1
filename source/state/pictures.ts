import type {VideoPicture} from '../domain/inputs/video-picture.js';
import type {Pixels} from './content/line.js';

export type PictureView =
	| {state: 'made'; picture: VideoPicture}
	| {state: 'failed'; message: string; hint: string};

/** How the videos of a tab are shown. */
export type Pictures = {
	/** By file; those that are missing are being made. */
	views: Readonly<Record<string, PictureView>>;
	/** Nothing moves but in `playing`. A sheet shows several frames of a video that is alone. */
	mode: 'sheet' | 'playing' | 'held';
	/** Counts up from 0 while playing; a video of fewer frames begins again. */
	frame: number;
	/** Number of the one video that is shown, larger; undefined: all, side by side. */
	alone?: number;
};

export const noPictures: Pictures = {views: {}, mode: 'sheet', frame: 0};

/**
 * What half blocks may be painted with: 24 bits or 256 colours; else why there are none: the terminal
 * has `few` colours, `none` are wanted, or pictures are `off`.
 */
export type PictureColours = Pixels['colours'] | 'few' | 'none' | 'off';
