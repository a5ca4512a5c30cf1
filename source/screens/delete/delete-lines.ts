import type {Refusal} from '../../domain/deletion.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {counted, formatBytes} from '../../domain/text-format.js';
import {type Line, span} from '../../state/content/line.js';
import {wrap} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import type {DeletionPreview} from '../../workflow/maintenance/maintenance-types.js';

export type DeletionState =
	| {state: 'making'}
	| {state: 'made'; preview: DeletionPreview}
	| {state: 'failed'; message: string; hint: string};

type Keys = Pick<DashboardState, 'keys'>;

/** What a deletion would remove, or what prevents it, in rows of at most `width` columns. */
export function deleteLines(view: DeletionState, width: number, keys: Keys): Line[] {
	const text = (role: 'bad' | 'plain' | 'dim', words: string) =>
		wrap(cleanText(words), width).map((row): Line => [span(role, row)]);
	switch (view.state) {
		case 'making':
			return [[span('dim', 'checking what would be deleted …')]];
		case 'failed':
			return [...text('bad', `✖ ${view.message}`), ...text('plain', view.hint)];
		case 'made':
			return view.preview.refusals.length > 0
				? view.preview.refusals.flatMap(({why, hint, remedy}) => {
						const how = remedy ? remedyWords(remedy, keys) : hint;
						return [...text('bad', `✖ ${why}`), ...(how === '' ? [] : text('plain', `→ ${how}`))];
					})
				: [...goingLines(view.preview), ...view.preview.notes.flatMap(note => text('plain', note))];
	}
}

/** What to press, in this dialog or in the list that it lies over. */
function remedyWords(remedy: NonNullable<Refusal['remedy']>, keys: Keys): string {
	const stop = keyOf(keys, 'stop');
	switch (remedy) {
		case 'with-runs':
			return `Delete those too, or press ${keyOf(keys, 'delete-runs')}.`;
		case 'outputs-only':
			return `Delete those too, or free its disk space with ${keyOf(keys, 'delete-outputs')}.`;
		case 'take-up':
			return `In the list of runs ${keyOf(keys, 'fetch')} resumes it, ${stop} stops it.`;
		case 'stop':
			return `In the list of runs ${stop} stops it.`;
		case 'stop-batch':
			return `Wait for it; in the list of runs ${stop} stops all of them.`;
		case 'cancel-job':
			return `Wait for it, or cancel the job with ${keyOf(keys, 'queue-cancel')} in the queue.`;
	}
}

function goingLines({prompts, runs, outputsOf, sizes}: DeletionPreview): Line[] {
	const row = (kind: string, id: string, name: string): Line => [
		span('dim', kind.padEnd(9)),
		`${id.padEnd(18)}`,
		span('dim', formatBytes(sizes.get(id) ?? 0).padStart(10)),
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
		[span('strong', `${counted(lines.length, 'item')}, ${formatBytes(total)}`)],
		[span('dim', "The trash keeps it; a prompt's own videos are never touched.")],
	];
}
