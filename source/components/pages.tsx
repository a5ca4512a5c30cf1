import {localTime} from '../domain/text-format.js';
import type {CustomKeys} from '../state/custom-keys.js';
import type {Notice} from '../state/dashboard-state.js';
import {contextTitles, keyHelp} from '../state/key-lookup.js';
import {type Line, span} from '../state/line.js';
import {pad} from '../state/text-layout.js';
import {Dialog, dialogWidth} from './dialog.js';
import {noticeSpans} from './footer.js';
import {pageOf, paintLine} from './rows.js';

type Size = {columns: number; rows: number};
type PageProps = {size: Size; scroll: number};

/** Every key, made from the binding table. */
export function HelpPage({size, scroll, custom}: PageProps & {custom: CustomKeys}) {
	const lines = contextTitles.flatMap(([context, title]): Line[] => [
		[span('accent', title)],
		...keyHelp(context, custom).map(
			({keys, binding}): Line => [span('strong', `  ${pad(keys, 20)} `), binding.help],
		),
		[],
	]);
	return <Page title="Keys" lines={lines.slice(0, -1)} size={size} scroll={scroll} />;
}

/** What has happened in this session, newest first. */
export function NoticesPage({notices, ...rest}: PageProps & {notices: readonly Notice[]}) {
	const lines = notices
		.toReversed()
		.map(
			(notice): Line => [
				span('dim', `${localTime(new Date(notice.at).toISOString()).slice(-5)}  `),
				...noticeSpans(notice),
			],
		);
	return (
		<Page
			title="Notices"
			lines={lines.length === 0 ? [[span('dim', 'nothing yet')]] : lines}
			{...rest}
		/>
	);
}

function Page({title, lines, size, scroll}: PageProps & {title: string; lines: readonly Line[]}) {
	const width = dialogWidth(size.columns, 84);
	const inner = width - 2;
	const height = Math.min(lines.length, size.rows - 4);
	const first = Math.min(scroll, Math.max(0, lines.length - height));
	const rows = lines.map(line => paintLine([' ', ...line], inner));
	return (
		<Dialog
			size={size}
			title={[span('accent', title)]}
			foot={lines.length > height ? `${first + 1}–${first + height} of ${lines.length}` : ''}
			width={width}
			rows={pageOf(rows, first, height, inner)}
		/>
	);
}
