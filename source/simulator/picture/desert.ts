import {type Color, fillRect, mix, paintGlow, rgb} from './canvas.js';
import {alongRow, type Paint, type Pen, paintBelow, type Scene, tone} from './pen.js';
import {noise, pick, rough, smooth} from './random.js';
import {type Light, paintSky} from './sky.js';

/** A range of dunes: how far away, where their crests lie and how high they rise. */
type Range = {distance: number; base: number; rise: number; wide: number; seed: number};

function crest(range: Range, place: number): number {
	return range.base - range.rise * rough(range.seed, place / range.wide);
}

function dunes(light: Light, range: Range): Paint {
	const bright = mix(rgb(236, 176, 106), light.sky[2], 0.35);
	const sunny = mix(bright, light.shadow, light.dark * 0.35);
	const shady = mix(rgb(150, 82, 62), light.shadow, 0.25 + light.dark * 0.45);
	return pen => {
		paintBelow(pen, {
			part: 'sand',
			distance: range.distance,
			top: place => crest(range, place),
			shade: (place, below) => {
				const slope = (crest(range, place + 0.02) - crest(range, place - 0.02)) / 0.04;
				const ripple = noise(range.seed + 9, below * 90 + place * 14) * 0.1;
				const lit = smooth(-0.5, 0.45, slope) * (1 - smooth(0, 0.3, below) * 0.5) + ripple - 0.05;
				return mix(mix(shady, sunny, lit), light.haze, range.distance ** 1.3 * 0.7);
			},
		});
	};
}

function mesas(light: Light, seed: number): Paint {
	const rock = mix(mix(rgb(150, 66, 52), light.shadow, 0.2 + light.dark * 0.3), light.haze, 0.5);
	return pen => {
		paintBelow(pen, {
			part: 'rock',
			distance: 0.85,
			top: place => {
				const plateau = smooth(0.5, 0.58, noise(seed, place * 1.7));
				const steps = smooth(0.62, 0.66, noise(seed, place * 1.7)) * 0.35;
				return 0.64 - 0.15 * (plateau + steps) - 0.012 * rough(seed + 3, place * 9);
			},
			shade: (place, below) => {
				const bands = noise(seed + 4, below * 70) * 0.22 + noise(seed + 5, place * 30) * 0.14;
				return mix(rock, light.haze, bands + smooth(0, 0.2, below) * 0.35);
			},
		});
	};
}

function paintCactus(pen: Pen, x: number, ground: number, size: number, color: Color): void {
	const {canvas} = pen;
	const thick = Math.max(2, size * 0.17);
	fillRect(canvas, x - thick / 2, ground - size, thick, size * 1.15, color);
	fillRect(canvas, x - size * 0.34, ground - size * 0.55, size * 0.34, thick * 0.8, color);
	fillRect(canvas, x - size * 0.34, ground - size * 0.82, thick * 0.8, size * 0.3, color);
	fillRect(canvas, x, ground - size * 0.42, size * 0.32, thick * 0.8, color);
	fillRect(
		canvas,
		x + size * 0.32 - thick * 0.8,
		ground - size * 0.7,
		thick * 0.8,
		size * 0.3,
		color,
	);
}

function cacti(light: Light, range: Range): Paint {
	return pen => {
		const {height} = pen.canvas;
		const color = tone(pen.view, mix(light.shadow, rgb(24, 44, 30), 0.5), 'plant', range.distance);
		alongRow(pen, range.distance, 0.55, (index, left) => {
			const place = index * 0.55 + pick(range.seed, index, 8) * 0.4;
			const x = left + pick(range.seed, index, 8) * 0.4 * height;
			const size = height * (0.08 + 0.1 * pick(range.seed, index, 9));
			paintCactus(pen, x, crest(range, place) * height, size, color);
		});
	};
}

/** A car crosses the plain in a cloud of dust. */
function car(light: Light, range: Range): Paint {
	return pen => {
		const {canvas, view, seconds} = pen;
		const {height, width} = canvas;
		const round = width / height + 0.8;
		const across = ((0.25 + 0.3 * pick(range.seed, 5) + seconds * 0.17) % round) - 0.2;
		const x = across * height;
		// It rolls on the dunes that pass below it.
		const place = seconds * 0.16 * (1 - range.distance) ** 1.5 + across;
		const y = crest(range, place) * height;
		const long = height * 0.09;
		if (view === 'color') {
			for (let puff = 0; puff < 9; puff++) {
				const drift = (puff + ((seconds * 6) % 1)) * long * 0.26;
				const radius = long * (0.16 + puff * 0.05);
				paintGlow(canvas, x - drift, y - radius * 0.5, radius, light.sky[2], 0.42 - puff * 0.04);
			}
		}

		const body = tone(view, mix(light.shadow, rgb(60, 50, 60), 0.3), 'vehicle', range.distance);
		fillRect(canvas, x, y - long * 0.3, long, long * 0.2, body);
		fillRect(canvas, x + long * 0.2, y - long * 0.5, long * 0.5, long * 0.24, body);
		const wheel = Math.max(2, long * 0.17);
		fillRect(canvas, x + long * 0.12, y - wheel, wheel, wheel * 1.1, body);
		fillRect(canvas, x + long * 0.7, y - wheel, wheel, wheel * 1.1, body);
		if (view === 'color') {
			paintGlow(canvas, x + long, y - long * 0.2, long * 0.4, rgb(255, 246, 210), 0.9, 1);
		}
	};
}

/** Dunes with table mountains behind them, the camera moving to the right. */
export function desert(light: Light, seed: number): Scene {
	const far = {distance: 0.7, base: 0.74, rise: 0.12, wide: 0.7, seed: seed + 11};
	const middle = {distance: 0.45, base: 0.86, rise: 0.14, wide: 0.9, seed: seed + 22};
	const near = {distance: 0.15, base: 1.04, rise: 0.2, wide: 1.1, seed: seed + 33};
	return {
		backdrop: pen => paintSky(pen, light, seed),
		layers: [
			mesas(light, seed),
			dunes(light, far),
			dunes(light, middle),
			car(light, middle),
			dunes(light, near),
			cacti(light, near),
		],
	};
}
