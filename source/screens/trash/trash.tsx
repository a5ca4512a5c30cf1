import {Dialog, dialogWidth} from '../../components/dialog.js';
import {title} from '../../components/page.js';
import {firstVisible, listRow, pageOf, paintLine} from '../../components/rows.js';
import {cleanText} from '../../domain/log-lines.js';
import {formatBytes, formatLocalTime} from '../../domain/text-format.js';
import {span} from '../../state/content/line.js';
import {pad} from '../../state/content/text-layout.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {home} from '../../state/keys/contexts.js';
import {close, homeKeys, overlayKeys, show} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import type {TrashEntry} from '../../store/trashed.js';
import type {Sized} from '../../workflow/maintenance-types.js';
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

const step =
	(by: number) =>
	(state: DashboardState, overlay: OverlayOf<'trash'>): Step => {
		const last = Math.max(0, (overlay.entries?.length ?? 0) - 1);
		return show(state, {
			...overlay,
			selected: Math.min(last, Math.max(0, overlay.selected + by)),
		});
	};
const selectedOf = ({entries = [], selected}: OverlayOf<'trash'>) => entries[selected];

/** What was deleted, and how it comes back. */
export const trash = {
	keys: homeKeys(home, [
		[
			'trash',
			'D',
			'',
			'the trash: what was deleted, to be restored',
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
					['down', 'j down', 'j k:choose', 'down', step(1)],
					['up', 'k up', '', 'up', step(-1)],
					['page-down', 'pagedown space ctrl-d', '', 'one page down', step(10)],
					['page-up', 'pageup ctrl-u', '', 'one page up', step(-10)],
				]),
			],
			view: TrashView,
		},
	},
	answers: {
		'trash-read'(state, {entries}) {
			const {overlay} = state;
			return overlay?.kind === 'trash' ? step(0)(state, {...overlay, entries}) : [state];
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
	const {size} = state;
	const {entries, selected} = overlay;
	const width = dialogWidth(size.columns, 92);
	const inner = width - 2;
	const height = Math.min(Math.max(3, entries?.length ?? 0), size.rows - 6);
	const first = firstVisible(selected, entries?.length ?? 0, height);
	const rows = (entries ?? []).slice(first, first + height).map((entry, index) =>
		listRow(lineOf(entry, inner - 2), {
			width: inner,
			selected: first + index === selected,
			focused: true,
			marked: false,
		}),
	);
	const empty = entries ? 'Nothing is in the trash.' : 'reading …';
	const shown = rows.length > 0 ? rows : [paintLine([span('dim', `  ${empty}`)], inner)];
	return (
		<Dialog
			size={size}
			title={title('Trash')}
			foot={entries && entries.length > height ? `${selected + 1} of ${entries.length}` : ''}
			width={width}
			rows={[...pageOf(shown, 0, height, inner)]}
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
