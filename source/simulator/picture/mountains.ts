import {mix, rgb} from './canvas.js';
import {type Paint, paintBelow, paintMirror, type Scene} from './pen.js';
import {noise, pick, rough, smooth} from './random.js';
import {type Light, paintSky} from './sky.js';

const shore = 0.8;

/** Sharp peaks: a hill's slopes folded up at the middle. */
function peak(seed: number, place: number): number {
	const fold = (x: number, part: number) => 1 - Math.abs(noise(seed + part, x) * 2 - 1);
	return fold(place, 0) * 0.6 + fold(place * 2.1, 1) * 0.27 + fold(place * 4.7, 2) * 0.13;
}

function range(
	light: Light,
	seed: number,
	shape: {distance: number; base: number; rise: number; wide: number},
): Paint {
	const rock = mix(rgb(78, 82, 98), light.shadow, 0.25 + 0.4 * light.dark);
	const snow = mix(rgb(244, 246, 252), light.sky[2], 0.3 + 0.3 * light.dark);
	const top = (place: number) => shape.base - shape.rise * peak(seed, place / shape.wide);
	return pen => {
		paintBelow(pen, {
			part: 'mountain',
			distance: shape.distance,
			bottom: shore,
			top,
			shade: (place, below) => {
				const slope = (top(place + 0.015) - top(place - 0.015)) / 0.03;
				const grain = noise(seed + 7, place * 40 + below * 60) * 0.3;
				const lit = smooth(-1, 1, slope) * 0.5 + grain;
				const height = shape.base - top(place) - below;
				const white = smooth(0.52, 0.62, height / shape.rise + grain * 0.5);
				const face = mix(mix(rock, light.shadow, 0.5), rock, lit);
				const covered = mix(face, snow, white * (0.55 + 0.45 * lit));
				return mix(covered, light.haze, shape.distance ** 1.3 * 0.75 + below * 0.5);
			},
		});
	};
}

/** A hill with firs on it; the trees are part of the hill's line. */
function forest(
	light: Light,
	seed: number,
	shape: {distance: number; base: number; rise: number; tree: number},
): Paint {
	const needles = mix(rgb(28, 70, 50), light.shadow, 0.35 + 0.45 * light.dark);
	const top = (place: number) => {
		const hill = shape.base - shape.rise * rough(seed, place * 1.1);
		const wide = shape.tree * 0.42;
		const index = Math.floor(place / wide);
		const side = Math.abs(place / wide - index - 0.5) * 2;
		const branches = side + 0.16 * ((side * 4.5) % 1);
		const tall = shape.tree * (0.55 + 0.45 * pick(seed, index, 4));
		return hill - Math.max(0, 1 - branches) * tall;
	};
	return pen => {
		paintBelow(pen, {
			part: 'plant',
			distance: shape.distance,
			bottom: shore,
			top,
			shade: (place, below) => {
				const grain = noise(seed + 3, place * 120) * 0.2 + smooth(0, 0.2, below) * 0.3;
				return mix(needles, light.haze, shape.distance ** 1.2 * 0.6 + grain * 0.3);
			},
		});
	};
}

/** Mountains and woods at a lake, the camera moving to the right. */
export function mountains(light: Light, seed: number): Scene {
	const water = mix(light.shadow, light.sky[0], 0.5);
	return {
		backdrop: pen => paintSky(pen, light, seed),
		layers: [
			range(light, seed + 11, {distance: 0.85, base: 0.72, rise: 0.5, wide: 0.75}),
			range(light, seed + 22, {distance: 0.65, base: 0.78, rise: 0.32, wide: 0.6}),
			forest(light, seed + 33, {distance: 0.42, base: 0.77, rise: 0.12, tree: 0.07}),
			forest(light, seed + 44, {distance: 0.25, base: 0.81, rise: 0.07, tree: 0.13}),
			pen => paintMirror(pen, shore, 'water', water, 0.75, mix),
		],
	};
}
