import {type Color, fillRect, mix, paintGlow, rgb} from './canvas.js';
import {alongRow, type Pen, paintMirror, type Scene, tone} from './pen.js';
import {pick} from './random.js';
import {type Light, paintSky} from './sky.js';

const street = 0.76;

const windowColors = [rgb(255, 214, 130), rgb(255, 178, 92), rgb(176, 214, 255)] as const;
const signColors = [rgb(255, 70, 150), rgb(70, 230, 240), rgb(255, 196, 60)] as const;

/** A row of houses: how far away, how wide a plot is and how high they are (picture heights). */
type Row = {distance: number; plot: number; low: number; high: number; seed: number};

function paintWindows(
	pen: Pen,
	light: Light,
	row: Row,
	index: number,
	box: {left: number; top: number; right: number; wall: Color},
): void {
	const pitchX = Math.max(3, pen.canvas.height * (0.014 + 0.012 * (1 - row.distance)));
	const pitchY = Math.max(3, pitchX * 1.25);
	const share = 0.25 + 0.4 * pick(row.seed, index, 9);
	const glass = windowColors[Math.floor(pick(row.seed, index, 10) * 3)] ?? windowColors[0];
	const lit = mix(glass, light.haze, row.distance * 0.45);
	const unlit = mix(box.wall, light.haze, 0.18);
	const wide = Math.max(1, Math.round(pitchX * 0.5));
	const tall = Math.max(1, Math.round(pitchY * 0.5));
	let line = 0;
	for (let y = box.top + pitchY * 0.6; y < street * pen.canvas.height - pitchY; y += pitchY) {
		line++;
		let column = 0;
		for (let x = box.left + pitchX * 0.6; x < box.right - pitchX * 0.5; x += pitchX) {
			column++;
			const luck = pick(row.seed + index * 131, column, line);
			const on = luck < share * (0.15 + 0.85 * light.dark);
			fillRect(pen.canvas, x, y, wide, tall, on ? lit : unlit);
		}
	}
}

function paintHouse(pen: Pen, light: Light, row: Row, index: number, plotLeft: number): void {
	const {canvas, view} = pen;
	const {height} = canvas;
	const ground = street * height;
	const tall = (row.low + (row.high - row.low) * pick(row.seed, index, 1) ** 1.6) * height;
	const width = row.plot * height * (0.62 + 0.36 * pick(row.seed, index, 2));
	const left = plotLeft + pick(row.seed, index, 3) * (row.plot * height - width);
	const shade = mix(light.shadow, rgb(70, 66, 96), pick(row.seed, index, 4) * 0.35);
	const wall = mix(shade, light.haze, row.distance ** 1.2 * 0.85);
	const face = tone(view, wall, 'building', row.distance);
	const top = ground - tall;
	fillRect(canvas, left, top, width, tall, face);
	const roof = pick(row.seed, index, 5);
	if (roof < 0.35) {
		fillRect(canvas, left + width * 0.2, top - tall * 0.09, width * 0.6, tall * 0.1, face);
	} else if (roof < 0.55) {
		fillRect(canvas, left + width * 0.5, top - tall * 0.22, 1 + height / 240, tall * 0.23, face);
	}

	if (view !== 'color') {
		return;
	}

	paintWindows(pen, light, row, index, {left, top, right: left + width, wall});
	if (roof >= 0.35 && roof < 0.55 && light.dark > 0.3) {
		const blink = Math.sin(pen.seconds * 5 + index) > 0 ? 0.9 : 0.25;
		paintGlow(
			canvas,
			left + width * 0.5,
			top - tall * 0.22,
			height * 0.02,
			rgb(255, 60, 50),
			blink,
		);
	}

	if (row.distance < 0.5 && pick(row.seed, index, 6) < 0.4 && light.dark > 0.3) {
		const sign = signColors[Math.floor(pick(row.seed, index, 7) * 3)] ?? signColors[0];
		const signTop = top + tall * 0.18;
		paintGlow(canvas, left + width * 0.16, signTop + tall * 0.16, height * 0.1, sign, 0.4);
		fillRect(canvas, left + width * 0.12, signTop, width * 0.1, tall * 0.34, sign);
	}
}

function paintLamps(pen: Pen, light: Light, seed: number): void {
	const {canvas, view} = pen;
	const {height} = canvas;
	const pole = tone(view, mix(light.shadow, rgb(90, 90, 100), 0.4), 'pole', 0.15);
	alongRow(pen, 0.15, 0.62, (index, left) => {
		const x = left + pick(seed, index) * height * 0.06;
		const top = (street - 0.2) * height;
		const thick = Math.max(1, height / 130);
		fillRect(canvas, x, top, thick, height * 0.24, pole);
		fillRect(canvas, x, top, height * 0.05, thick, pole);
		if (view === 'color' && light.dark > 0.3) {
			const glow = rgb(255, 220, 150);
			paintGlow(canvas, x + height * 0.05, top + thick, height * 0.09, glow, 0.55 * light.dark);
			fillRect(canvas, x + height * 0.038, top, height * 0.022, thick * 1.5, glow);
		}
	});
}

/** The cars of one lane; `speed` is in picture heights a second, negative ones drive to the left. */
function paintCars(
	pen: Pen,
	light: Light,
	lane: {y: number; size: number; speed: number; seed: number},
): void {
	const {canvas, view, seconds} = pen;
	const {height} = canvas;
	const spacing = lane.size * 5;
	const gone = lane.speed * seconds;
	const span = canvas.width / height + lane.size * 2;
	const first = Math.floor((-lane.size - gone) / spacing) - 1;
	for (let index = first; index * spacing + gone < span; index++) {
		const place = index * spacing + gone + pick(lane.seed, index) * spacing * 0.6;
		const x = place * height;
		const y = lane.y * height;
		const long = lane.size * height;
		const body = mix(light.shadow, rgb(150, 40, 60), pick(lane.seed, index, 2) * 0.5);
		const paint = tone(view, body, 'vehicle', 0.2);
		fillRect(canvas, x, y - long * 0.2, long, long * 0.2, paint);
		fillRect(canvas, x + long * 0.22, y - long * 0.34, long * 0.52, long * 0.16, paint);
		if (view === 'color') {
			const [front, rear] = lane.speed > 0 ? [x + long, x] : [x, x + long];
			const shine = 0.35 + 0.65 * light.dark;
			paintGlow(canvas, front, y - long * 0.1, long * 0.42, rgb(255, 244, 214), shine, 1);
			paintGlow(canvas, rear, y - long * 0.1, long * 0.3, rgb(255, 40, 30), shine, 1);
		}
	}
}

/** A street of a city seen from the other side of the road, the camera moving to the right. */
export function city(light: Light, seed: number): Scene {
	const rows: Row[] = [
		{distance: 0.82, plot: 0.1, low: 0.12, high: 0.52, seed: seed + 11},
		{distance: 0.6, plot: 0.17, low: 0.14, high: 0.5, seed: seed + 22},
		{distance: 0.35, plot: 0.27, low: 0.12, high: 0.4, seed: seed + 33},
	];
	const asphalt = mix(light.shadow, light.haze, 0.12);
	return {
		backdrop: pen => paintSky(pen, light, seed),
		layers: [
			...rows.map(row => (pen: Pen) => {
				alongRow(pen, row.distance, row.plot, (index, left) => {
					paintHouse(pen, light, row, index, left);
				});
			}),
			pen => paintMirror(pen, street, 'road', asphalt, 0.2 + 0.4 * light.dark, mix),
			pen => paintCars(pen, light, {y: 0.83, size: 0.1, speed: -0.28, seed: seed + 44}),
			pen => paintLamps(pen, light, seed + 55),
			pen => paintCars(pen, light, {y: 0.92, size: 0.15, speed: 0.36, seed: seed + 66}),
		],
	};
}
