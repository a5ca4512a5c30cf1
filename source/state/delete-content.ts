import {cleanText} from '../domain/log-lines.js';
import {bytes} from '../domain/text-format.js';
import type {DeletionPreview} from '../workflow/keeping-types.js';
import {type Line, span} from './line.js';
import type {DeleteView} from './record-form.js';
import {wrap} from './text-layout.js';

/** What a deletion would take away, or what forbids it, in rows of at most `width` columns. */
export function deleteLines({view}: DeleteView, width: number): Line[] {
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
