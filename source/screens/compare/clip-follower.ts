import {hintOf, messageOf} from '../../domain/errors.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import type {Event} from '../../state/event.js';
import {readClip} from '../../workflow/comparison/clip-frames.js';
import {hasPictures} from '../pictures/shown-videos.js';
import {leadingClip, pictureBox, setsOf, shownPanes} from './compare-state.js';

/** Bytes of all frames of a page. */
const capacity = 256 * 2 ** 20;
/** Videos that are read at the same time. */
const atOnce = 2;
/** Frames per second that a terminal is sent, at most. */
const fastest = 60;

/** Has the videos read that the page shows, and turns their frames while it plays. */
export function createClipFollower(dispatch: (event: Event) => void) {
	const reading = new Map<string, AbortController>();
	/** What the frames were read for. */
	let readFor = '';
	let timer: {fps: number; stop: () => void} | undefined;

	const read = async (file: string, state: DashboardState, clips: number) => {
		const stop = new AbortController();
		reading.set(file, stop);
		const failure = await readClip(file, {
			box: pictureBox(state),
			capacity: capacity / Math.max(2, clips),
			signal: stop.signal,
			onFacts: facts => dispatch({type: 'clip-facts', file, facts}),
			onFrames: frames => dispatch({type: 'clip-frames', file, frames}),
		}).then(
			() => undefined,
			error => [messageOf(error), hintOf(error)].filter(Boolean).join('. '),
		);
		if (!stop.signal.aborted) {
			reading.delete(file);
			dispatch({type: 'clip-read', file, failure});
		}
	};

	const forget = () => {
		for (const stop of reading.values()) {
			stop.abort();
		}

		reading.clear();
	};

	const readNext = (state: DashboardState) => {
		const overlay = state.overlay?.kind === 'compare' ? state.overlay : undefined;
		const {width, height} = pictureBox(state);
		const wanted = overlay && hasPictures(state) ? `${overlay.runs.join()} ${width}×${height}` : '';
		if (wanted !== readFor) {
			forget();
			const before = readFor;
			readFor = wanted;
			if (before !== '' && wanted !== '') {
				dispatch({type: 'clips-forgotten'});
				return;
			}
		}

		if (!overlay || wanted === '') {
			return;
		}

		const files = [...new Set(shownPanes(state, overlay).flatMap(({file}) => file ?? []))];
		const all = setsOf(state, overlay).flatMap(({panes}) => panes).length;
		for (const file of files) {
			if (reading.size < atOnce && !reading.has(file) && !overlay.clips[file]) {
				void read(file, state, Math.min(all, 2 * files.length));
			}
		}
	};

	const play = (fps: number | undefined) => {
		if (timer?.fps === fps) {
			return;
		}

		timer?.stop();
		timer = undefined;
		if (fps !== undefined) {
			const began = performance.now();
			let shown = 0;
			const interval = setInterval(() => {
				const due = Math.floor(((performance.now() - began) * fps) / 1000);
				if (due > shown) {
					const by = due - shown;
					shown = due;
					dispatch({type: 'clip-turned', by});
				}
			}, 1000 / Math.min(fps, fastest));
			timer = {fps, stop: () => clearInterval(interval)};
		}
	};

	return {
		follow(state: DashboardState) {
			readNext(state);
			const {overlay} = state;
			const isPlaying = overlay?.kind === 'compare' && overlay.isPlaying;
			play(isPlaying ? (leadingClip(state, overlay)?.fps ?? undefined) : undefined);
		},
		close() {
			forget();
			play(undefined);
		},
	};
}
