import {Text} from 'ink';
import {cleanText} from '../domain/log-lines.js';
import {type Line, span} from '../state/content/line.js';
import {noticeSpans} from '../state/content/notice-content.js';
import {cut, widthOf} from '../state/content/text-layout.js';
import type {DashboardState, Notice} from '../state/dashboard-state.js';
import {thingsName} from '../state/forms/record-form.js';
import {footerKeys} from '../state/keys/key-lookup.js';
import {keyOf} from '../state/keys/key-text.js';
import type {Overlay} from '../state/overlay.js';
import type {ListName} from '../state/panels.js';
import {starsOf} from '../state/records/stars.js';
import {rowCount, visibleIds} from '../state/selectors.js';
import {tourStep, tourSteps} from '../state/tour.js';
import {paintLine} from './rows.js';
import {inputRow} from './text-input.js';
import {paint} from './theme.js';

/** Help and quit stay when the row is too narrow for all keys. */
const always = new Set(['help', 'quit', 'close', 'cancel', 'back']);

/** The last row: the keys that work here and now, or the filter being typed. */
export function Footer({state}: {state: DashboardState}) {
	const {columns} = state.size;
	const keys = hasOwnKeys(state) ? [] : keySpans(state, columns - 1);
	const {overlay} = state;
	if (overlay?.kind === 'rate') {
		return <Text wrap="truncate">{paintLine([' ', ...rateSpans(overlay), ...keys], columns)}</Text>;
	}

	if (overlay?.kind !== 'filter' && overlay?.kind !== 'find') {
		return <Text wrap="truncate">{paintLine([' ', ...keys], columns)}</Text>;
	}

	const {field} = overlay;
	const count = overlay.kind === 'filter' ? filterCount(state, overlay.list) : '';
	const sign = overlay.kind === 'filter' ? '/' : findSigns[overlay.purpose];
	const room = Math.max(10, columns - 60);
	const row = ` ${sign}${inputRow(field, {width: room, focused: true})}${paint('dim', count)}   `;
	return (
		<Text wrap="truncate">
			{row}
			{paintLine(keys, columns - room - 4 - widthOf(sign) - widthOf(count))}
		</Text>
	);
}

function rateSpans({things}: Extract<Overlay, {kind: 'rate'}>): Line {
	const now = things.length === 1 ? starsOf(things[0]?.annotations.rating) : '';
	return [span('strong', cut(cleanText(thingsName(things)), 40)), `  ${now}   `];
}

const findSigns = {search: '/', keep: '&', save: 'save to '} as const;

function filterCount(state: DashboardState, list: ListName): string {
	return `  ${visibleIds(state, list).length} of ${rowCount(state, list) ?? 0}`;
}

/** Forms and questions show their keys themselves, near the eyes. */
function hasOwnKeys({overlay}: DashboardState): boolean {
	const kinds: ReadonlyArray<string | undefined> = [
		'launch',
		'prompt',
		'preset',
		'record',
		'delete',
		'edited',
		'palette',
		'confirm',
		'quit',
	];
	return kinds.includes(overlay?.kind);
}

export function keySpans(state: DashboardState, width: number): Line {
	const keys = footerKeys(state);
	const widthWith = (shown: typeof keys) =>
		shown.reduce((sum, {key, label}) => sum + widthOf(key) + widthOf(label) + 3, 0);
	let shown = keys;
	while (shown.length > 2 && widthWith(shown) > width) {
		const drop = shown.findLastIndex(({label}) => !always.has(label));
		if (drop < 0) {
			break;
		}

		shown = shown.filter((_, index) => index !== drop);
	}

	return shown.flatMap(({key, label}) => [span('accent', key), span('dim', ` ${label}  `)]);
}

/** The row above the keys: what has happened last. */
export function NoticeLine({notice, columns}: {notice: Notice; columns: number}) {
	return <Text wrap="truncate">{paintLine([' ', ...noticeSpans(notice)], columns)}</Text>;
}

/** What a first start is to press next. */
export function TourLine({state}: {state: DashboardState}) {
	const step = tourStep(state);
	const end = state.focus === 'detail' ? '' : `   ${keyOf(state, 'tour-end')} ends the tour`;
	const line: Line = step
		? [
				span('accent', ` ${step.number}/${tourSteps} `),
				span('strong', ` ${step.words}`),
				span('dim', state.overlay ? '' : end),
			]
		: [''];
	return <Text wrap="truncate">{paintLine(line, state.size.columns)}</Text>;
}
