import {type Canvas, type Color, mix, paintGlow, rgb} from './canvas.js';
import {type Pen, tone} from './pen.js';
import {noise2, pick, smooth} from './random.js';

/** The light of a time of day. */
export type Light = {
	/** From the top of the picture down to the horizon. */
	sky: readonly [Color, Color, Color];
	/** The sun's or the moon's colour, its size and height (shares of the picture's height). */
	sun: Color;
	sunSize: number;
	sunHeight: number;
	/** What far things fade into. */
	haze: Color;
	/** What near things are in shadow. */
	shadow: Color;
	/** 1 at night, 0 by day: stars, lit windows, lamps. */
	dark: number;
};

export const lights = {
	night: {
		sky: [rgb(6, 9, 28), rgb(20, 24, 62), rgb(74, 52, 104)],
		sun: rgb(236, 238, 220),
		sunSize: 0.045,
		sunHeight: 0.16,
		haze: rgb(48, 44, 92),
		shadow: rgb(9, 10, 22),
		dark: 1,
	},
	dusk: {
		sky: [rgb(46, 36, 92), rgb(196, 74, 98), rgb(255, 176, 92)],
		sun: rgb(255, 226, 150),
		sunSize: 0.085,
		sunHeight: 0.5,
		haze: rgb(206, 108, 92),
		shadow: rgb(46, 22, 44),
		dark: 0.45,
	},
	dawn: {
		sky: [rgb(58, 92, 156), rgb(206, 150, 176), rgb(255, 222, 172)],
		sun: rgb(255, 244, 206),
		sunSize: 0.07,
		sunHeight: 0.52,
		haze: rgb(196, 164, 178),
		shadow: rgb(40, 40, 66),
		dark: 0.3,
	},
	day: {
		sky: [rgb(44, 112, 196), rgb(120, 180, 232), rgb(214, 234, 246)],
		sun: rgb(255, 252, 228),
		sunSize: 0.05,
		sunHeight: 0.14,
		haze: rgb(168, 196, 216),
		shadow: rgb(48, 60, 76),
		dark: 0,
	},
} as const satisfies Record<string, Light>;

const horizon = 0.78;

function paintStars(canvas: Canvas, seed: number, strength: number): void {
	for (let star = 0; star < 140; star++) {
		const x = Math.floor(pick(seed, star, 1) * canvas.width);
		const y = Math.floor(pick(seed, star, 2) ** 1.4 * canvas.height * 0.6);
		const at = y * canvas.width + x;
		const shine = strength * (0.25 + 0.75 * pick(seed, star, 3));
		canvas.pixels[at] = mix(canvas.pixels[at] ?? 0, rgb(255, 255, 255), shine);
	}
}

/** The sky with its clouds, stars and sun or moon: the same in every frame. */
export function paintSky({canvas, view}: Pen, light: Light, seed: number): void {
	const {width, height, pixels} = canvas;
	if (view !== 'color') {
		pixels.fill(tone(view, 0, 'sky', 1));
		return;
	}

	const [top, middle, low] = light.sky;
	for (let y = 0; y < height; y++) {
		const down = Math.min(1, y / height / horizon);
		const plain =
			down < 0.55 ? mix(top, middle, down / 0.55) : mix(middle, low, (down - 0.55) / 0.45);
		pixels.fill(plain, y * width, (y + 1) * width);
	}

	if (light.dark > 0.6) {
		paintStars(canvas, seed, light.dark);
	}

	const sunX = width * (0.2 + 0.6 * pick(seed, 77));
	const sunY = height * (light.sunHeight + 0.08 * pick(seed, 78));
	const size = height * light.sunSize;
	paintGlow(canvas, sunX, sunY, size * 7, light.sun, 0.55);
	paintGlow(canvas, sunX, sunY, size * 1.08, light.sun, 1, size);
	paintClouds(canvas, light, seed);
}

function paintClouds({width, height, pixels}: Canvas, light: Light, seed: number): void {
	const lit = mix(light.haze, rgb(255, 255, 255), light.dark > 0.6 ? 0.06 : 0.45);
	for (let y = 0; y < height * 0.7; y++) {
		for (let x = 0; x < width; x++) {
			const across = x / height;
			const up = y / height;
			const cloud =
				noise2(seed + 5, across * 2.2, up * 9) * 0.6 +
				noise2(seed + 6, across * 5.3, up * 21) * 0.4;
			const share = smooth(0.52, 0.82, cloud) * 0.6 * smooth(0, 0.25, up);
			if (share > 0) {
				const at = y * width + x;
				pixels[at] = mix(pixels[at] ?? 0, lit, share);
			}
		}
	}
}
