import {barOf, paintLine} from '../../components/rows.js';
import {paint} from '../../components/theme.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {formatBytes, formatDuration} from '../../domain/text-format.js';
import type {ShownRun} from '../../domain/types.js';
import {pad, widthOf} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {secondsOf} from '../../state/selectors.js';

/** The row under a live log: a bar with its numbers, or what the run is waiting for. */
export function progressRow(state: DashboardState, {run, shown}: ShownRun, width: number): string {
	const motion = state.motions[run.id];
	const transfer = motion?.transfer;
	if ((shown === 'uploading' || shown === 'downloading') && transfer && transfer.total > 0) {
		return withBar(
			`${shown} ${cleanText(transfer.file)}`,
			transfer.done / transfer.total,
			`${formatBytes(transfer.done)} of ${formatBytes(transfer.total)}`,
			width,
		);
	}

	const bar = shown === 'running' ? motion?.bar : undefined;
	if (!bar) {
		const seconds = formatDuration(secondsOf(run, state.now));
		const text = run.waitingFor
			? ` waiting on ${run.host}, ${seconds}, for ${run.waitingFor}`
			: ` ${shown} on ${run.host}, ${seconds}`;
		return paintLine([{text, role: 'accent'}], width);
	}

	const numbers = [
		`${bar.done}/${bar.total}${bar.unit === undefined ? '' : ` ${bar.unit}`}`,
		bar.secondsPerStep === undefined || bar.unit !== undefined
			? ''
			: `${bar.secondsPerStep.toFixed(2)} s/step`,
		// What takes minutes each shows by its time that it goes on.
		bar.unit === undefined ? '' : `${formatDuration(secondsOf(run, state.now))} elapsed`,
		bar.etaSeconds === undefined ? '' : `eta ${formatDuration(bar.etaSeconds)}`,
	];
	return withBar(
		cleanText(bar.label) || (run.times.sampling ? 'sampling' : 'progress'),
		bar.percent / 100,
		numbers.filter(Boolean).join('  '),
		width,
	);
}

function withBar(label: string, fraction: number, numbers: string, width: number): string {
	const head = ` ${pad(label, Math.min(24, widthOf(label)))} ${String(Math.floor(fraction * 100)).padStart(3)}% `;
	const tail = `  ${numbers} `;
	const room = width - widthOf(head) - widthOf(tail);
	if (room < 4) {
		return paintLine([{text: head + tail, role: 'accent'}], width);
	}

	return head + barOf(fraction, room) + paint('dim', tail);
}
