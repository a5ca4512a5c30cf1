import {hashText, pick} from './random.js';

const cameras = [
	'The camera glides forward at eye level, slow and steady.',
	'The camera follows from a low angle and rises gently towards the end.',
	'A wide shot holds the whole scene while the camera drifts to the left.',
];
const lights = [
	'Soft light falls from the side and draws long, warm shadows across every surface.',
	'Cool, diffuse light fills the air, and small bright reflections move with the camera.',
	'A strong light behind the scene outlines each shape with a thin, bright edge.',
];
const details = [
	'Fine textures are visible throughout: worn edges, dust in the air, faint traces of use.',
	'In the background, small movements give the place depth and life.',
	'Materials are true to life, with crisp reflections and a natural grain.',
];

/** A longer text than the one given; the same text always gives the same one. */
export function richerText(text: string): string {
	const seed = hashText(text);
	const one = (sentences: readonly string[], which: number) =>
		sentences[Math.floor(pick(seed, which) * sentences.length)];
	const start = /[.!?…]\s*$/.test(text) ? text.trim() : `${text.trim()}.`;
	const rest = [one(lights, 1), one(details, 2), one(cameras, 3)].join(' ');
	return `${start} ${rest} (Simulated enhancement.)`;
}
