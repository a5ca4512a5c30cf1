import {ListDialog} from '../../components/list-dialog.js';
import {title} from '../../components/page.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {formatBytes, formatLocalTime} from '../../domain/text-format.js';
import {span} from '../../state/content/line.js';
import {pad} from '../../state/content/text-layout.js';
import type {Context, DashboardState} from '../../state/dashboard-state.js';
import {choiceKeys, select} from '../../state/keys/choice-keys.js';
import {home} from '../../state/keys/contexts.js';
import {close, homeKeys, overlayKeys} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import type {TrashEntry} from '../../store/trash/trashed.js';
import type {Sized} from '../../workflow/maintenance/maintenance-types.js';
import type {Feature} from '../feature.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** What was deleted, newest first; undefined until it has been read. */
		trash: {entries?: readonly Sized<TrashEntry>[]; selected: number};
	}
}

declare module '../../state/event.js' {
	interface Events {
		'trash-read': {entries: readonly Sized<TrashEntry>[]};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		'read-trash': unknown;
		restore: {id: string};
	}
}

const context: Context = {name: 'trash', title: 'Trash', order: 43.5};

const countOf = ({entries = []}: OverlayOf<'trash'>) => entries.length;
const selectedOf = ({entries = [], selected}: OverlayOf<'trash'>) => entries[selected];

/** What was deleted, and how it comes back. */
export const trash = {
	keys: homeKeys(home, [
		[
			'trash',
			'D',
			'',
			'the trash: restore what was deleted',
			state => [{...state, overlay: {kind: 'trash', selected: 0}}, {kind: 'read-trash'}],
		],
	]),
	overlays: {
		trash: {
			keys: [
				...overlayKeys('trash', context, [
					[
						'restore',
						'enter r',
						'restore',
						'restore it as it was, with its prompt if that is in the trash too',
						(state, overlay) => {
							const entry = selectedOf(overlay);
							return entry ? [state, {kind: 'restore', id: entry.id}] : [state];
						},
						{
							disabled: (_, overlay) => (selectedOf(overlay) ? undefined : 'the trash is empty'),
							changes: true,
						},
					],
					['page-close', 'esc q D', 'close', 'close', close],
				]),
				...choiceKeys('trash', context, countOf),
			],
			view: TrashView,
		},
	},
	answers: {
		'trash-read'(state, {entries}) {
			const {overlay} = state;
			return overlay?.kind === 'trash'
				? select(state, {...overlay, entries}, entries.length)
				: [state];
		},
	},
	work({workflow, dispatch, readAgain, notice}) {
		const read = async () => dispatch({type: 'trash-read', entries: await workflow.listTrash()});
		return {
			perform: {
				'read-trash': read,
				async restore({id}) {
					const restored = await workflow.restore([id], {withParents: true});
					await Promise.all([readAgain(), read()]);
					const others = new Set(restored.map(entry => entry.id)).size - 1;
					notice('good', `Restored ${id}${others > 0 ? ` and what it belongs to` : ''}`);
				},
			},
		};
	},
	lasting: ['restore'],
} satisfies Feature;

function TrashView({state, overlay}: {state: DashboardState; overlay: OverlayOf<'trash'>}) {
	const {entries, selected} = overlay;
	return (
		<ListDialog
			size={state.size}
			title={title('Trash')}
			widest={92}
			count={countOf(overlay)}
			line={(index, width) => lineOf(entries?.[index] as Sized<TrashEntry>, width)}
			selected={selected}
			empty={entries ? 'Nothing is in the trash.' : 'reading …'}
		/>
	);
}

/** Kind, name, id, size and when it was deleted; the name takes what is left. */
function lineOf(entry: Sized<TrashEntry>, width: number) {
	const size = entry.kind === 'prompt' ? '' : formatBytes(entry.size);
	const end = [
		span('dim', ` ${pad(entry.id, 16)} ${size.padStart(10)}  ${formatLocalTime(entry.deletedAt)}`),
	];
	return [
		span('dim', pad(entry.kind, 9)),
		pad(cleanText(nameOf(entry)), Math.max(4, width - 9 - 17 - 11 - 18)),
		...end,
	];
}

function nameOf(entry: TrashEntry): string {
	if (entry.kind === 'outputs') {
		return entry.promptName;
	}

	return entry.kind === 'prompt' ? entry.document.name : entry.document.promptName;
}
