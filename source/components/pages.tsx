import {cleanText} from '../domain/log-lines.js';
import {helpLines} from '../state/content/help-content.js';
import {type Line, span} from '../state/content/line.js';
import {noticeLines} from '../state/content/notice-content.js';
import {statsDays, statsLines} from '../state/content/stats-content.js';
import type {DashboardState, Notice} from '../state/dashboard-state.js';
import {hostLines} from '../state/host/host-content.js';
import type {CustomKeys} from '../state/keys/custom-keys.js';
import type {Overlay} from '../state/overlay.js';
import {pageRows, pageTextWidth, seenPart, widestPages} from '../state/page-scroll.js';
import {Dialog, dialogWidth} from './dialog.js';
import {pageOf, paintLine} from './rows.js';

type Size = {columns: number; rows: number};
type PageProps = {size: Size; scroll: number};

/** Every key, made from the binding table. */
export function HelpPage({size, scroll, custom}: PageProps & {custom: CustomKeys}) {
	const lines = helpLines(custom, pageTextWidth(size.columns));
	return <Page title="Keys" lines={lines} size={size} scroll={scroll} />;
}

/** What has happened in this session, newest first. */
export function NoticesPage({notices, size, scroll}: PageProps & {notices: readonly Notice[]}) {
	const lines = noticeLines(notices, pageTextWidth(size.columns));
	return <Page title="Notices" lines={lines} size={size} scroll={scroll} />;
}

/** A host: how it is reached, what it has, who computes there. */
export function HostPage({
	state,
	overlay,
}: {
	state: DashboardState;
	overlay: Extract<Overlay, {kind: 'host'}>;
}) {
	const {size, hosts} = state;
	const place = hosts.findIndex(({name}) => name === overlay.host) + 1;
	return (
		<Page
			title={`Host ${cleanText(overlay.host)}${hosts.length > 1 ? `  ${place} of ${hosts.length}` : ''}`}
			lines={hostLines(state, overlay.host, pageTextWidth(size.columns))}
			size={size}
			scroll={overlay.scroll}
			least={leastHostRows}
		/>
	);
}

/** Durations and success of the last days. */
export function StatsPage({
	state,
	overlay,
}: {
	state: DashboardState;
	overlay: Extract<Overlay, {kind: 'stats'}>;
}) {
	const {size} = state;
	return (
		<Page
			title={`The last ${statsDays} days`}
			lines={statsLines(state, overlay.at, pageTextWidth(size.columns))}
			size={size}
			scroll={overlay.scroll}
		/>
	);
}

/** The page is as high as this from its first frame on, so that answers do not move it about. */
const leastHostRows = 16;

/** @param least rows, where the screen has so many */
function Page({
	title,
	lines,
	size,
	scroll,
	least = 0,
}: PageProps & {title: string; lines: readonly Line[]; least?: number}) {
	const width = dialogWidth(size.columns, widestPages.page);
	const inner = width - 2;
	const most = pageRows('page', size.rows);
	const {first, height, foot} = seenPart(lines.length, scroll, most, least);
	const rows = lines.map(line => paintLine([' ', ...line], inner));
	return (
		<Dialog
			size={size}
			title={[span('accent', title)]}
			foot={foot}
			width={width}
			rows={pageOf(rows, first, height, inner)}
		/>
	);
}
