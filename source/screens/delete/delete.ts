import {pageView, title} from '../../components/page.js';
import type {DeleteRequest} from '../../domain/deletion.js';
import {hintOf, messageOf} from '../../domain/errors.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {home} from '../../state/keys/contexts.js';
import {close, homeKeys, overlayKeys, show} from '../../state/keys/key-row.js';
import {keyOf} from '../../state/keys/keymap.js';
import type {OverlayOf} from '../../state/overlay.js';
import {type Page, scrollKeys} from '../../state/page.js';
import type {World} from '../../state/world.js';
import type {Feature} from '../feature.js';
import {selectBeside} from '../home/select-beside.js';
import {noThing, targetThings} from '../records/records.js';
import {type DeletionState, deleteLines} from './delete-lines.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** What a deletion would remove, before it is confirmed. */
		delete: {request: DeleteRequest; view: DeletionState; scroll: number};
	}
}

declare module '../../state/event.js' {
	interface Events {
		'deletion-previewed': {request: DeleteRequest; view: DeletionState};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		'preview-deletion': {request: DeleteRequest};
		delete: {request: DeleteRequest};
	}
}

const context: Context = {name: 'delete', title: 'Deleting', order: 43, fixed: true};
const page: Page<'delete'> = {
	kind: 'delete',
	title: (_, {request, view}) => {
		const what = request.outputsOnly ? 'Delete outputs only' : 'Delete';
		if (view.state !== 'made') {
			return title(what);
		}

		return title(view.preview.refusals.length > 0 ? `${what}: not possible yet` : `${what}?`);
	},
	head: () => [[]],
	lines: (state, {view}, width) => deleteLines(view, width, state),
	margin: 2,
	otherRows: 8,
};

/** Moving prompts, runs or outputs to the trash, after a preview. */
export const deletion = {
	keys: homeKeys(home, [
		[
			'delete',
			'd',
			'delete',
			'move it, or the marked rows, to the trash; asks first',
			state =>
				preview(state, {
					ids: targetThings(state).map(({id}) => id),
					outputsOnly: false,
					withRuns: false,
				}),
			{disabled: noThing, changes: true, destroys: true},
		],
	]),
	overlays: {
		delete: {
			keys: [
				...overlayKeys('delete', context, [
					[
						'delete-yes',
						'y',
						'move to the trash',
						'move what is shown to the trash',
						(state, {request}) => [
							{...selectBeside(state, request.ids), overlay: undefined},
							{kind: 'delete', request},
						],
						{
							disabled: (_, {view}) =>
								view.state === 'made' && view.preview.refusals.length === 0 ? undefined : '',
						},
					],
					[
						'delete-runs',
						'w',
						'with runs',
						"toggle deleting the prompts' runs too",
						(state, {request}) => preview(state, {...request, withRuns: !request.withRuns}),
						{
							disabled: (_, {request}) =>
								!request.outputsOnly && request.ids.some(id => id.startsWith('ps_'))
									? undefined
									: '',
						},
					],
					[
						'delete-outputs',
						'o',
						'outputs only',
						'toggle deleting only the outputs, which take most space; the records stay',
						(state, {request}) =>
							preview(state, {...request, outputsOnly: !request.outputsOnly, withRuns: false}),
					],
					['record-close', 'n esc q', 'cancel', 'delete nothing', close],
				]),
				...scrollKeys(page, context, ''),
			],
			view: pageView(page),
		},
	},
	answers: {
		'deletion-previewed'(state, {request, view}) {
			const {overlay} = state;
			return overlay?.kind === 'delete' && isSame(overlay.request, request)
				? show(state, {...overlay, view})
				: [state];
		},
	},
	work: world => ({
		perform: {
			'preview-deletion': ({request}) => makePreview(world, request),
			delete: ({request}) => deleteRecords(world, request),
		},
	}),
	lasting: ['delete'],
} satisfies Feature;

function preview(state: DashboardState, request: DeleteRequest): Step {
	const overlay: OverlayOf<'delete'> = {
		kind: 'delete',
		request,
		view: {state: 'making'},
		scroll: 0,
	};
	return [
		{...state, overlay},
		{kind: 'preview-deletion', request},
	];
}

function isSame(one: DeleteRequest, other: DeleteRequest): boolean {
	return (
		one.withRuns === other.withRuns &&
		one.outputsOnly === other.outputsOnly &&
		one.ids.join() === other.ids.join()
	);
}

async function makePreview({workflow, dispatch}: World, request: DeleteRequest): Promise<void> {
	try {
		const found = await workflow.planDelete(request);
		dispatch({type: 'deletion-previewed', request, view: {state: 'made', preview: found}});
	} catch (error) {
		const view = {state: 'failed', message: messageOf(error), hint: hintOf(error)} as const;
		dispatch({type: 'deletion-previewed', request, view});
	}
}

async function deleteRecords(
	{workflow, dispatch, notice, readAgain, state}: World,
	request: DeleteRequest,
): Promise<void> {
	const {prompts, runs, outputsOf} = await workflow.deleteRecords(request);
	const ids = [...prompts, ...runs, ...outputsOf].map(({id}) => id);
	const what = ids.length === 1 ? `${ids[0]}` : `${ids.length} items`;
	dispatch({type: 'undoable', what: `the deletion of ${what}`, back: {kind: 'restore', ids}});
	await readAgain();
	const restores = `${keyOf(state(), 'undo')} restores ${ids.length === 1 ? 'it' : 'them'}`;
	const trash = `${keyOf(state(), 'trash')} shows the trash`;
	notice('good', `Moved ${what} to the trash`, `${restores}, ${trash}`);
}
