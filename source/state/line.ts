/** What a piece of text means; the theme gives it its colour. */
export type Role = 'plain' | 'dim' | 'strong' | 'accent' | 'good' | 'warn' | 'bad';

/** The colours of a row of half blocks: red, green, blue for each, above and below. */
export type Pixels = {upper: Uint8Array; lower: Uint8Array; colours: 256 | 'true'};

/** A piece of one row of the screen. Its text is clean: no escapes, no line ends. */
export type Span = string | {text: string; role: Role; pixels?: Pixels};

/** One row of the screen before it has a width. */
export type Line = readonly Span[];

/** A row of `▀`, each of which shows two pixels. */
export const pixelSpan = (pixels: Pixels): Span => ({
	text: '▀'.repeat(pixels.upper.length / 3),
	role: 'plain',
	pixels,
});

export const span = (role: Role, text: string): Span => ({text, role});

export function textOf(line: Line): string {
	return line.map(part => (typeof part === 'string' ? part : part.text)).join('');
}
