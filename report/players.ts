/**
 * Videos that play in step: the first leads, the others follow its frames. A paused set shows the same
 * moment in all of them.
 */
export type Players = {
	toggle: () => void;
	/** Moves all by frames of the leader, which pauses. */
	step: (frames: number) => void;
	/** Moves all to a share of the leader's length, from 0 to 1. */
	seek: (share: number) => void;
	/** Stops and lets go of the files. */
	close: () => void;
};

/** Seconds that a follower may be off before it hurries or waits; half a frame at 30 a second. */
const tolerance = 1 / 60;
/** Seconds from which on it jumps. */
const jumpFrom = 0.25;

type Options = {
	/** Frames per second of the leader. */
	fps: number;
	/** The leader's place, from 0 to 1, and whether it plays. */
	onTime: (share: number, playing: boolean) => void;
};

export function createPlayers(
	videos: readonly HTMLVideoElement[],
	{fps, onTime}: Options,
): Players {
	const [leader, ...followers] = videos;
	if (!leader) {
		return {toggle() {}, step() {}, seek() {}, close() {}};
	}

	let isOpen = true;
	const lengthOf = (video: HTMLVideoElement) =>
		Number.isFinite(video.duration) ? video.duration : 0;
	const report = () =>
		onTime(lengthOf(leader) > 0 ? leader.currentTime / lengthOf(leader) : 0, !leader.paused);
	const place = (time: number) => {
		// The middle of a frame, so that rounding shows the same one in all.
		const middle = (Math.floor(time * fps + 1e-6) + 0.5) / fps;
		for (const video of videos) {
			video.currentTime = Math.max(0, Math.min(middle, lengthOf(video) - 0.5 / fps));
		}
	};

	const follow = (time: number) => {
		for (const video of followers) {
			const isOver = time >= lengthOf(video);
			const off = video.currentTime - time;
			if (isOver) {
				video.pause();
			} else if (Math.abs(off) > jumpFrom) {
				video.currentTime = time;
			} else {
				video.playbackRate = Math.abs(off) < tolerance ? 1 : off > 0 ? 0.85 : 1.15;
			}

			if (!isOver && !leader.paused && video.paused) {
				void video.play().catch(() => undefined);
			}
		}
	};

	const onFrame = () => {
		if (isOpen) {
			if (!leader.paused) {
				follow(leader.currentTime);
			}

			report();
			requestAnimationFrame(onFrame);
		}
	};

	const pause = () => {
		for (const video of videos) {
			video.pause();
			video.playbackRate = 1;
		}
	};

	const play = async () => {
		if (leader.ended || leader.currentTime >= lengthOf(leader) - 1 / fps) {
			place(0);
		}

		for (const video of followers) {
			video.currentTime = leader.currentTime;
		}

		// All start once each has its picture, so that none is late from the beginning.
		await Promise.all(videos.map(hasFrame));
		await Promise.all(videos.map(video => video.play().catch(() => undefined)));
	};

	leader.addEventListener('ended', () => {
		pause();
		place(0);
		void play();
	});
	requestAnimationFrame(onFrame);
	return {
		toggle() {
			if (leader.paused) {
				void play();
			} else {
				pause();
				place(leader.currentTime);
			}
		},
		step(frames) {
			pause();
			place(leader.currentTime + frames / fps);
		},
		seek(share) {
			pause();
			place(share * lengthOf(leader));
		},
		close() {
			isOpen = false;
			pause();
			for (const video of videos) {
				video.removeAttribute('src');
				video.load();
			}
		},
	};
}

function hasFrame(video: HTMLVideoElement): Promise<void> {
	return video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA && !video.seeking
		? Promise.resolve()
		: new Promise(resolve => {
				const done = () => resolve();
				video.addEventListener('canplay', done, {once: true});
				video.addEventListener('seeked', done, {once: true});
				video.addEventListener('error', done, {once: true});
			});
}
