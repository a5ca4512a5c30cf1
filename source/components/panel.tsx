import {Box, Text} from 'ink';
import {useContext} from 'react';
import type {Line} from '../state/content/line.js';
import {textOf} from '../state/content/line.js';
import {cut, widthOf} from '../state/content/text-layout.js';
import {Behind, behindRow} from './behind.js';
import {paintLine} from './rows.js';
import {paint} from './theme.js';

export type PanelProps = {
	/** In the upper border. */
	title: Line;
	/** At the right of the upper border. */
	note?: string;
	/** At the right of the lower border. */
	foot?: string;
	/** Columns, borders included. */
	width: number;
	/** Inner rows, painted and `width - 2` columns wide. */
	rows: readonly string[];
	focused: boolean;
	/**
	 * Whether its upper border is the panel's above as well, and that one the lowest of all.
	 * @default 'first'
	 */
	place?: keyof typeof corners;
	/** Without a lower border: the next panel draws it. @default true */
	closed?: boolean;
};

const corners = {first: '╭╮', joined: '├┤', lowest: '╰╯'} as const;

/** A box with a title in its border; every row is one ready string. */
export function Panel(props: PanelProps) {
	const {rows, closed = true, focused} = props;
	const edge = paint(focused ? 'accent' : 'dim', '│');
	const lines = rows.map(row => `${edge}${row}${edge}`);
	return (
		<Box flexDirection="column" width={props.width} height={rows.length + (closed ? 2 : 1)}>
			<Rows rows={[upperBorder(props), ...lines, ...(closed ? [lowerBorder(props)] : [])]} />
		</Box>
	);
}

export function Rows({rows}: {rows: readonly string[]}) {
	const isBehind = useContext(Behind);
	const shown = isBehind ? rows.map(behindRow) : rows;
	return shown.map((row, index) => (
		// biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
		<Text key={index} wrap="truncate">
			{row}
		</Text>
	));
}

function upperBorder({title, note = '', width, focused, place = 'first'}: PanelProps): string {
	const [left = '', right = ''] = corners[place];
	const role = focused ? 'accent' : 'dim';
	const noteText = note === '' ? '' : ` ${note} `;
	const room = width - 4 - widthOf(noteText);
	const text = paintLine(title, Math.min(room - 1, widthOf(textOf(title))));
	const used = Math.min(room - 1, widthOf(textOf(title))) + 2;
	const line = '─'.repeat(Math.max(0, width - 3 - used - widthOf(noteText)));
	return (
		paint(role, left) +
		` ${focused ? paint('strong', text) : text} ` +
		paint(role, line) +
		paint('dim', noteText) +
		paint(role, `─${right}`)
	);
}

function lowerBorder({foot = '', width, focused}: PanelProps): string {
	const role = focused ? 'accent' : 'dim';
	const text = foot === '' ? '' : ` ${cut(foot, width - 6)} `;
	return (
		paint(role, `╰${'─'.repeat(Math.max(0, width - 3 - widthOf(text)))}`) +
		paint('dim', text) +
		paint(role, '─╯')
	);
}
