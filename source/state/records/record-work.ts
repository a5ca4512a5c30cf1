import {hintOf, messageOf} from '../../domain/errors.js';
import {editText} from '../../workflow/edit-text.js';
import {isTextInUse} from '../../workflow/enhancement.js';
import {openVideo, videoOf} from '../../workflow/open-video.js';
import type {Workflow} from '../../workflow/workflow-types.js';
import type {Action} from '../actions.js';
import type {Notice} from '../dashboard-state.js';
import type {RecordDeed, RecordEvent} from './record-deed.js';

export type RecordWorkParts = {
	workflow: Workflow;
	dispatch: (action: Action) => void;
	/** Reads the lists again: what has been stored is in the rows before it is told. */
	readAgain: () => Promise<void>;
	terminal: {
		env: NodeJS.ProcessEnv;
		/** Gives the terminal to another program until the task has ended. */
		runSuspended: (task: () => Promise<void>) => Promise<void>;
	};
	openCommand: string | undefined;
};

type Deed<D extends RecordDeed['do']> = Extract<RecordDeed, {do: D}>;

/** Does what the keys ask of prompts and runs at home, and tells how it went. */
export function createRecordWork(parts: RecordWorkParts) {
	const {workflow, dispatch, readAgain, terminal, openCommand} = parts;
	const notice = (tone: Notice['tone'], text: string, hint = '') =>
		dispatch({type: 'noticed', notice: {tone, text, hint, at: Date.now()}});
	const done = async (text: string, hint = '') => {
		await readAgain();
		notice('good', text, hint);
	};

	const tell = (event: RecordEvent) => dispatch({type: 'record', event});

	async function annotate({changes, said}: Deed<'annotate'>): Promise<void> {
		for (const {id, change} of changes) {
			await workflow.annotate(id, change);
		}

		await done(said);
	}

	async function rename({promptId, name}: Deed<'rename'>): Promise<void> {
		await workflow.renamePrompt(promptId, name);
		await done(`the prompt is now ${name}`, promptId);
	}

	async function preview({request}: Deed<'preview'>): Promise<void> {
		try {
			const found = await workflow.planDelete(request);
			tell({now: 'previewed', request, view: {state: 'made', preview: found}});
		} catch (error) {
			const view = {state: 'failed', message: messageOf(error), hint: hintOf(error)} as const;
			tell({now: 'previewed', request, view});
		}
	}

	async function remove({request}: Deed<'delete'>): Promise<void> {
		const {prompts, runs, outputsOf} = await workflow.deleteRecords(request);
		const ids = [...prompts, ...runs, ...outputsOf].map(({id}) => id);
		const more = ids.length > 3 ? ' …' : '';
		await done(
			`${ids.length === 1 ? ids[0] : `${ids.length} items`} moved to the trash`,
			`cosmos restore ${ids.slice(0, 3).join(' ')}${more} brings ${ids.length === 1 ? 'it' : 'them'} back`,
		);
	}

	async function edit({promptId, name, text}: Deed<'edit'>): Promise<void> {
		let changed = text;
		await terminal.runSuspended(async () => {
			changed = await editText(text, name, terminal.env);
		});
		if (changed === text) {
			notice('info', `${name}: nothing was changed`);
			return;
		}

		try {
			await workflow.editPrompt(promptId, {text: changed, basedOn: text});
			await done(`${name} has the new text`, 'the history keeps the old one');
		} catch (error) {
			if (!isTextInUse(error)) {
				throw error;
			}

			const why = error.message;
			tell({
				now: 'text-in-use',
				edited: {kind: 'edited', promptId, name, text: changed, basedOn: text, why},
			});
		}
	}

	async function saveText({edited, how}: Deed<'save-text'>): Promise<void> {
		const {promptId, name, text, basedOn} = edited;
		const choice = how === 'new' ? {asNew: true} : {force: true};
		const prompt = await workflow.editPrompt(promptId, {text, basedOn, ...choice});
		await done(
			how === 'new' ? `prompt ${prompt.name} is made` : `${name} has the new text`,
			how === 'new' ? prompt.id : 'the history keeps the old one',
		);
	}

	async function open({runId}: Deed<'open-video'>): Promise<void> {
		const video = videoOf(await workflow.findRun(runId), workflow.runFolder(runId));
		const command = terminal.env.COSMOS_OPEN || openCommand;
		notice('info', 'opening the video …', video);
		await openVideo(video, {command, env: terminal.env, inTerminal: false});
	}

	return {
		async perform(deed: RecordDeed): Promise<void> {
			switch (deed.do) {
				case 'annotate':
					return annotate(deed);
				case 'rename':
					return rename(deed);
				case 'preview':
					return preview(deed);
				case 'delete':
					return remove(deed);
				case 'edit':
					return edit(deed);
				case 'save-text':
					return saveText(deed);
				case 'open-video':
					return open(deed);
			}
		},
	};
}
