/** What a piece of text means; the theme gives it its colour. */
export type Role = 'plain' | 'dim' | 'strong' | 'accent' | 'good' | 'warn' | 'bad';

/** A piece of one row of the screen. Its text is clean: no escapes, no line ends. */
export type Span = string | {text: string; role: Role};

/** One row of the screen before it has a width. */
export type Line = readonly Span[];

export const span = (role: Role, text: string): Span => ({text, role});

export function textOf(line: Line): string {
	return line.map(part => (typeof part === 'string' ? part : part.text)).join('');
}
