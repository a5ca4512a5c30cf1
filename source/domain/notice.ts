import {cleanText} from './runs/log-lines.js';

/**
 * How a terminal is notified that a job has ended: by its bell, or by a desktop notification: OSC 9
 * (iTerm2, kitty, WezTerm, Windows Terminal, Ghostty), OSC 777 (urxvt, foot, VTE) or OSC 99 (kitty).
 * `auto` is the bell in the dashboard and nothing on the command line.
 */
export const noticeKinds = ['auto', 'off', 'bell', 'osc9', 'osc777', 'osc99'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** When the dashboard notifies: only while its terminal is not focused, or always. */
export const noticeTimes = ['unfocused', 'always'] as const;
export type NoticeTime = (typeof noticeTimes)[number];

/** What to write to a terminal for a notice; empty for none. A terminal ignores a sequence that it does not know. */
export function noticeSequence(kind: Exclude<NoticeKind, 'auto'>, text: string): string {
	const clean = cleanText(text);
	switch (kind) {
		case 'off':
			return '';
		case 'bell':
			return '\u0007';
		case 'osc9':
			return `\u001b]9;${clean}\u0007`;
		case 'osc777':
			// A semicolon would end the title or the text.
			return `\u001b]777;notify;cosmos;${clean.replaceAll(';', ',')}\u0007`;
		case 'osc99':
			return `\u001b]99;;${clean}\u001b\\`;
	}
}
