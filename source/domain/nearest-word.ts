import {distance} from 'fastest-levenshtein';

/** The most similar known word for a mistyped one, or undefined if none is near. */
export function nearestWord(typed: string, words: readonly string[]): string | undefined {
	const scored = words.map(word => ({
		word,
		far: distance(typed.toLowerCase(), word.toLowerCase()),
		// Of two that are as near, the one that begins alike.
		begins: word[0]?.toLowerCase() === typed[0]?.toLowerCase() ? 0 : 1,
	}));
	const best = scored.sort((a, b) => a.far - b.far || a.begins - b.begins)[0];
	return best && best.far <= Math.max(2, Math.floor(typed.length / 3)) ? best.word : undefined;
}
