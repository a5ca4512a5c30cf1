import {distance} from 'fastest-levenshtein';

/** The most similar known word for a mistyped one, or undefined if none is near. */
export function nearestWord(typed: string, words: readonly string[]): string | undefined {
	const scored = words.map(word => ({
		word,
		far: distance(typed.toLowerCase(), word.toLowerCase()),
	}));
	const best = scored.sort((a, b) => a.far - b.far)[0];
	return best && best.far <= Math.max(2, Math.floor(typed.length / 3)) ? best.word : undefined;
}
