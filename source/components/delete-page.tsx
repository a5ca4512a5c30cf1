import {cleanText} from '../domain/log-lines.js';
import {bytes} from '../domain/text-format.js';
import type {DashboardState} from '../state/dashboard-state.js';
import {type Line, span} from '../state/line.js';
import type {DeleteView} from '../state/record-form.js';
import {wrap} from '../state/text-layout.js';
import type {DeletionPreview} from '../workflow/keeping-types.js';
import {Dialog, dialogWidth} from './dialog.js';
import {keySpans} from './footer.js';
import {pageOf, paintLine} from './rows.js';

/** What a deletion would take away, what it weighs, and what forbids it. */
export function DeletePage({overlay, state}: {overlay: DeleteView; state: DashboardState}) {
	const {size} = state;
	const width = dialogWidth(size.columns, 84);
	const inner = width - 2;
	const lines = linesOf(overlay, inner - 4);
	const height = Math.min(lines.length, size.rows - 8);
	const first = Math.min(overlay.scroll, Math.max(0, lines.length - height));
	const rows = lines.map(line => paintLine(['  ', ...line], inner));
	return (
		<Dialog
			size={size}
			title={[span('accent', titleOf(overlay))]}
			foot={lines.length > height ? `${first + 1}–${first + height} of ${lines.length}` : ''}
			width={width}
			rows={[
				' '.repeat(inner),
				...pageOf(rows, first, height, inner),
				' '.repeat(inner),
				paintLine(['  ', ...keySpans(state, inner - 2)], inner),
			]}
		/>
	);
}

function titleOf({request, view}: DeleteView): string {
	const what = request.outputsOnly ? 'Delete outputs only' : 'Delete';
	if (view.state !== 'made') {
		return what;
	}

	return view.preview.refusals.length > 0 ? `${what}: not as it is` : `${what}?`;
}

function linesOf({view}: DeleteView, width: number): Line[] {
	const text = (role: 'bad' | 'plain' | 'dim', words: string) =>
		wrap(cleanText(words), width).map((row): Line => [span(role, row)]);
	switch (view.state) {
		case 'making':
			return [[span('dim', 'looking at what goes …')]];
		case 'failed':
			return [...text('bad', `✖ ${view.message}`), ...text('plain', view.hint)];
		case 'made':
			return view.preview.refusals.length > 0
				? view.preview.refusals.flatMap(({why, hint, remedy}) => {
						const how = remedy ? remedies[remedy] : hint;
						return [...text('bad', `✖ ${why}`), ...(how === '' ? [] : text('plain', `→ ${how}`))];
					})
				: [...goingLines(view.preview), ...view.preview.notes.flatMap(note => text('plain', note))];
	}
}

/** Remedies that are keys of this dialog. */
const remedies = {
	'with-runs': 'Delete those too, or press w.',
	'outputs-only': 'Delete those too, or free its disk space with o.',
} as const;

function goingLines({prompts, runs, outputsOf, sizes}: DeletionPreview): Line[] {
	const row = (kind: string, id: string, name: string): Line => [
		span('dim', kind.padEnd(9)),
		`${id.padEnd(18)}`,
		span('dim', bytes(sizes.get(id) ?? 0).padStart(10)),
		`  ${cleanText(name)}`,
	];
	const lines = [
		...prompts.map(
			({id, name}): Line => [
				span('dim', 'prompt   '),
				`${id.padEnd(18)}${' '.repeat(10)}  ${cleanText(name)}`,
			],
		),
		...runs.map(run => row('run', run.id, `${run.promptName}, ${run.status}`)),
		...outputsOf.map(run => row('outputs', run.id, run.promptName)),
	];
	const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
	return [
		...lines,
		[],
		[span('strong', `${lines.length === 1 ? '1 item' : `${lines.length} items`}, ${bytes(total)}`)],
		[span('dim', "The trash keeps it; a prompt's own videos are never touched.")],
	];
}
