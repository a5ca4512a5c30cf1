import {city} from './city.js';
import {desert} from './desert.js';
import {mountains} from './mountains.js';
import type {Scene} from './pen.js';
import {hashText, pick} from './random.js';
import {type Light, lights} from './sky.js';

const places = {city, desert, mountains};
export type PlaceName = keyof typeof places;
export type LightName = keyof typeof lights;

const placeWords: Readonly<Record<PlaceName, readonly string[]>> = {
	city: 'city street urban downtown building skyline traffic highway road car neon'.split(' '),
	desert: 'desert dune sand mesa canyon cactus savanna arid'.split(' '),
	mountains: 'mountain forest wood tree lake alpine snow valley river'.split(' '),
};

const lightWords: Readonly<Record<LightName, readonly string[]>> = {
	night: 'night midnight moon dark neon'.split(' '),
	dusk: 'dusk sunset evening twilight golden'.split(' '),
	dawn: 'dawn sunrise morning'.split(' '),
	day: 'day noon sunny daylight bright'.split(' '),
};

/** The entry that most words of the text speak of; without any, one that the number picks. */
function mostNamed<K extends string>(
	words: readonly string[],
	table: Readonly<Record<K, readonly string[]>>,
	luck: number,
): K {
	const names = Object.keys(table) as K[];
	const counts = names.map(
		name =>
			words.filter(word => table[name].some(known => word === known || word === `${known}s`))
				.length,
	);
	const most = Math.max(...counts);
	const chosen = most > 0 ? counts.indexOf(most) : Math.floor(luck * names.length);
	return names[chosen] as K;
}

/** A scene by name. */
export function sceneOf(place: PlaceName, light: LightName, seed: number): Scene {
	return places[place](lights[light] satisfies Light, seed);
}

/** The scene for a prompt: its words choose the place and the light, the seed all the rest. */
export function sceneFor(prompt: string, seed: number): Scene {
	const words = prompt.toLowerCase().match(/[a-z]+/g) ?? [];
	const number = hashText(`${prompt}\n${seed}`);
	const place = mostNamed(words, placeWords, pick(number, 1));
	const light = mostNamed(words, lightWords, pick(number, 2));
	return sceneOf(place, light, number);
}
