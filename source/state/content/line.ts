import type {VideoPicture} from '../../domain/inputs/video-picture.js';

/** What a piece of text means; the theme gives it its colour. */
export type Role = 'plain' | 'dim' | 'strong' | 'accent' | 'good' | 'warn' | 'bad';

/** The colours of a row of half blocks: red, green, blue for each, above and below. */
export type Pixels = {upper: Uint8Array; lower: Uint8Array; colours: 256 | 'true'};

/** A picture, of so many columns and rows, that the terminal draws by itself; and which of its rows. */
export type DrawnRow = {
	picture: VideoPicture;
	frame: number;
	columns: number;
	rows: number;
	row: number;
};

/** A piece of one row of the screen. Its text is clean: no escapes, no line ends. */
export type Span = string | {text: string; role: Role; pixels?: Pixels; drawn?: DrawnRow};

/** One row of the screen before it has a width. */
export type Line = readonly Span[];

/** A row of `▀`, each of which shows two pixels. */
export const pixelSpan = (pixels: Pixels): Span => ({
	text: '▀'.repeat(pixels.upper.length / 3),
	role: 'plain',
	pixels,
});

/** Blanks, over which a picture is drawn. */
export const drawnSpan = (drawn: DrawnRow): Span => ({
	text: ' '.repeat(drawn.columns),
	role: 'plain',
	drawn,
});

export const span = (role: Role, text: string): Span => ({text, role});

export function textOf(line: Line): string {
	return line.map(part => (typeof part === 'string' ? part : part.text)).join('');
}
