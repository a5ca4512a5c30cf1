import type {DashboardState} from '../../state/dashboard-state.js';
import {home} from '../../state/keys/contexts.js';
import {homeKeys} from '../../state/keys/key-row.js';
import type {Back, Undoable} from '../../state/undoable.js';
import type {World} from '../../state/world.js';
import type {Feature} from '../feature.js';

declare module '../../state/event.js' {
	interface Events {
		/** Something was done that `undo` takes back. */
		undoable: Undoable;
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		undo: Undoable;
	}
}

/** Older ones are forgotten. */
const most = 50;

/** Takes back what was done last, then what was done before it. */
export const undo = {
	keys: homeKeys(home, [
		[
			'undo',
			'U',
			'',
			'undo the last deletion, cancellation, move, merge, edit, tag, note, name or rating',
			({undoables, ...state}: DashboardState) => {
				const last = undoables.at(-1);
				const next = {...state, undoables: undoables.slice(0, -1)};
				return last ? [next, {kind: 'undo', ...last}] : [next];
			},
			{
				disabled: ({undoables}) => (undoables.length > 0 ? undefined : 'nothing to undo'),
				changes: true,
			},
		],
	]),
	on: {
		undoable: (state, {what, back}) => [
			{...state, undoables: [...state.undoables, {what, back}].slice(-most)},
		],
	},
	work: world => ({
		perform: {
			async undo({what, back}) {
				await takeBack(world, back);
				await world.readAgain();
				world.notice('good', `Undid ${what}`);
			},
		},
	}),
	lasting: ['undo'],
} satisfies Feature;

async function takeBack({workflow}: World, back: Back): Promise<void> {
	switch (back.kind) {
		case 'restore':
			await workflow.restore(back.ids, {withParents: true});
			return;
		case 'uncancel':
			for (const job of back.jobs) {
				await workflow.queue.uncancel(job);
			}

			return;
		case 'move':
			await workflow.queue.move(back.id, back.place);
			return;
		case 'split':
			await workflow.queue.undo();
			return;
		case 'annotate':
			for (const {id, change} of back.changes) {
				await workflow.annotate(id, change);
			}

			return;
		case 'rename':
			await workflow.renamePrompt(back.promptId, back.name);
			return;
		case 'text': {
			const {promptId, text, basedOn} = back;
			await workflow.editPrompt(promptId, {text, basedOn, force: true});
		}
	}
}
