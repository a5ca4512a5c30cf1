import {cleanText} from './log-lines.js';

/** How a terminal can be notified that a job has ended: by its bell, or by a desktop notice (OSC 9). */
export const noticeKinds = ['off', 'bell', 'osc9'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/**
 * What to write to a terminal for a notice; empty for none. OSC 9 is supported by iTerm2,
 * kitty, WezTerm, Windows Terminal and others; the rest ignore it.
 */
export function noticeSequence(kind: NoticeKind, text: string): string {
	switch (kind) {
		case 'bell':
			return '\u0007';
		case 'osc9':
			return `\u001b]9;${cleanText(text)}\u0007`;
		default:
			return '';
	}
}
