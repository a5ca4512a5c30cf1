/**
 * How the dashboard is coloured: with the sixteen colours of the terminal, in 256 for a dark or a
 * light background, with strong contrast, or with none. `auto` is `light` where the terminal reports a
 * light background and has 256 colours, else `terminal`.
 */
export const themeNames = ['auto', 'terminal', 'dark', 'light', 'contrast', 'none'] as const;
export type ThemeName = (typeof themeNames)[number];

/** What a theme gives a look to. */
export const themeRoles = [
	...['dim', 'strong', 'accent', 'good', 'warn', 'bad'],
	...['selected', 'cursor', 'tab'],
] as const;

const attributes: Readonly<Record<string, readonly [string, string]>> = {
	bold: ['1', '22'],
	dim: ['2', '22'],
	italic: ['3', '23'],
	underline: ['4', '24'],
	reverse: ['7', '27'],
};

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** The SGR parameters that begin and end a look (ECMA-48, 8.3.117, and xterm's colours). */
export type Look = readonly [begin: string, end: string];

/**
 * A look in words: `bold cyan`, `black on bright-white`, `#1f6feb`, `underline 208`.
 * @returns undefined when a word is not known
 */
export function parseLook(words: string): Look | undefined {
	const begins: string[] = [];
	const ends = new Set<string>();
	let isBackground = false;
	for (const word of words.trim().toLowerCase().split(/\s+/)) {
		if (word === 'on') {
			isBackground = true;
			continue;
		}

		const attribute = attributes[word];
		const begin = attribute?.[0] ?? colourCode(word, isBackground);
		if (begin === undefined) {
			return undefined;
		}

		begins.push(begin);
		ends.add(attribute?.[1] ?? (isBackground ? '49' : '39'));
		isBackground = false;
	}

	return isBackground ? undefined : [begins.join(';'), [...ends].join(';')];
}

function colourCode(word: string, isBackground: boolean): string | undefined {
	const base = isBackground ? 10 : 0;
	const [, bright, name = ''] = /^(bright-)?([a-z]+)$/.exec(word) ?? [];
	const at = names.indexOf(name);
	if (at !== -1) {
		return String((bright ? 90 : 30) + at + base);
	}

	if (/^\d{1,3}$/.test(word) && Number(word) < 256) {
		return `${38 + base};5;${word}`;
	}

	const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/.exec(word);
	return hex
		? [38 + base, 2, ...hex.slice(1).map(part => Number.parseInt(part, 16))].join(';')
		: undefined;
}
