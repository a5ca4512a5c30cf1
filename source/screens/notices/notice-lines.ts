import {formatLocalTime} from '../../domain/text-format.js';
import {type Line, type Role, span} from '../../state/content/line.js';
import {wrap} from '../../state/content/text-layout.js';
import type {Notice} from '../../state/dashboard-state.js';

const signs: Record<Notice['tone'], readonly [string, Role]> = {
	good: ['✔', 'good'],
	bad: ['✖', 'bad'],
	info: ['·', 'accent'],
};

/** One notice, in one line of any length. */
export function noticeSpans({tone, text, hint}: Notice): Line {
	const [sign, role] = signs[tone];
	return [span(role, `${sign} ${text}`), span('dim', hint === '' ? '' : `   ${hint}`)];
}

/** Columns before a notice: hour, minute, two blanks. */
const indent = 7;

/** What has happened in this session, newest first, whole. */
export function noticeLines(notices: readonly Notice[], width: number): Line[] {
	if (notices.length === 0) {
		return [[span('dim', 'nothing yet')]];
	}

	return notices.toReversed().flatMap(({tone, text, hint, at}) => {
		const [sign, role] = signs[tone];
		const time = formatLocalTime(new Date(at).toISOString()).slice(-5);
		const rows = [
			...wrap(`${sign} ${text}`, width - indent).map(row => span(role, row)),
			...(hint === '' ? [] : wrap(hint, width - indent - 2).map(row => span('dim', `  ${row}`))),
		];
		return rows.map(
			(row, index): Line => [span('dim', (index === 0 ? time : '').padEnd(indent)), row],
		);
	});
}
