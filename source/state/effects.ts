import {constants} from 'node:fs';
import {copyFile} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, hintOf, messageOf, systemCode} from '../domain/errors.js';
import type {BatchPlan, LaunchPlan, Workflow} from '../workflow/workflow-types.js';
import type {Action} from './actions.js';
import {copySequence} from './clipboard.js';
import type {Notice} from './dashboard-state.js';
import type {Effect} from './effect.js';
import {completeFolderPath, expandHome} from './forms/complete-path.js';
import type {CustomKeys} from './keys/custom-keys.js';
import {keyOf} from './keys/key-text.js';
import {isLasting} from './lasting-work.js';
import {createLaunches} from './launches.js';
import {pageLog} from './log/page-log.js';
import {createQueueWork} from './queue/queue-work.js';
import {createRecordWork} from './records/record-work.js';

export type EffectParts = {
	workflow: Workflow;
	dispatch: (action: Action) => void;
	/** Reads the lists again: what has been stored is in the rows before it is told. */
	readAgain: () => Promise<void>;
	/** Ends the dashboard. */
	end: () => void;
	terminal: TerminalDoor;
	customKeys: CustomKeys;
	openCommand: string | undefined;
};

/** What of the terminal is not a frame. */
export type TerminalDoor = {
	env: NodeJS.ProcessEnv;
	/** Writes a sequence that moves nothing on the screen. */
	write: (sequence: string) => void;
	/** Gives the terminal to another program until the task has ended. */
	runSuspended: (task: () => Promise<void>) => Promise<void>;
};

/** Does what commands ask of the world, and tells the state how it went. */
export function createEffects(parts: EffectParts) {
	const {workflow, dispatch, readAgain, end, terminal} = parts;
	/** Changes of what is kept at home that are under way. */
	const lasting = new Set<Promise<void>>();
	const records = createRecordWork(parts);
	const launches = createLaunches({
		workflow,
		dispatch,
		readAgain,
		lookAgain: host => askHost(host, true),
	});

	const queue = createQueueWork({
		workflow,
		dispatch,
		readAgain,
		watchRun: launches.quietWatcher,
		customKeys: parts.customKeys,
	});

	const notice = (tone: Notice['tone'], text: string, hint = '') =>
		dispatch({type: 'noticed', notice: {tone, text, hint, at: Date.now()}});
	const failed = (error: unknown, what = '') =>
		notice('bad', what + messageOf(error), hintOf(error));

	async function plan({requests, together}: Extract<Effect, {kind: 'plan'}>): Promise<void> {
		try {
			const plans: Array<LaunchPlan | BatchPlan> = [];
			if (together) {
				plans.push(await workflow.planBatch(requests));
			} else {
				for (const request of requests) {
					plans.push(await workflow.planLaunch(request));
				}
			}

			dispatch({type: 'plan-made', view: {state: 'made', plans}});
		} catch (error) {
			const view = {state: 'failed', message: messageOf(error), hint: hintOf(error)} as const;
			dispatch({type: 'plan-made', view});
		}
	}

	async function createPrompt({prompt}: Extract<Effect, {kind: 'create-prompt'}>): Promise<void> {
		try {
			const made = await workflow.createPrompt({...prompt, videoDir: expandHome(prompt.videoDir)});
			dispatch({type: 'prompt-made', prompt: made});
			notice('good', `prompt ${made.name} is made`, `${keyOf(parts, 'launch')} launches it`);
		} catch (error) {
			const hint = hintOf(error);
			dispatch({
				type: 'prompt-refused',
				message: hint ? `${messageOf(error)}. ${hint}` : messageOf(error),
			});
		}
	}

	/** @param quietly the old answer stays on the screen until the new one comes */
	async function askHost(name: string, quietly = false): Promise<void> {
		if (!quietly) {
			dispatch({type: 'host-asked', name});
		}

		try {
			const report = await workflow.hostReport(name);
			dispatch({type: 'host-answered', report, at: Date.now()});
		} catch (error) {
			const [message, hint] = [messageOf(error), hintOf(error)];
			dispatch({type: 'host-failed', name, message, hint, at: Date.now()});
		}
	}

	async function inspect(folder: string): Promise<void> {
		try {
			const inputs = await workflow.inspectVideoDir(expandHome(folder.trim()));
			dispatch({type: 'folder-seen', folder, view: {state: 'good', inputs}});
		} catch (error) {
			const view = {state: 'bad', message: messageOf(error), hint: hintOf(error)} as const;
			dispatch({type: 'folder-seen', folder, view});
		}
	}

	async function quit({runs}: Extract<Effect, {kind: 'quit'}>): Promise<void> {
		if (runs === 'stop') {
			queue.close();
			await launches.stopAll();
		}

		end();
	}

	function copy({text, what}: Extract<Effect, {kind: 'copy'}>): void {
		const sequence = copySequence(text, Boolean(terminal.env.TMUX));
		if (sequence === undefined) {
			notice(
				'bad',
				`too much for the clipboard: ${what}`,
				`${keyOf(parts, 'log-save')} saves a log to a file`,
			);
		} else {
			terminal.write(sequence);
			notice('info', `${what} copied`, 'as far as the terminal lets a program copy (OSC 52)');
		}
	}

	async function saveLog({runId, file}: Extract<Effect, {kind: 'save-log'}>): Promise<void> {
		const target = path.resolve(expandHome(file));
		// Byte for byte; a file that is there already is left alone.
		try {
			await copyFile(workflow.openLog(runId).path, target, constants.COPYFILE_EXCL);
		} catch (error) {
			const there = systemCode(error) === 'EEXIST';
			throw there
				? new CosmosError('usage', `${target} is there already`, {
						hint: `${keyOf(parts, 'log-save')} takes another name.`,
					})
				: error;
		}

		notice('good', `the log is saved: ${target}`);
	}

	async function completePath({text}: Extract<Effect, {kind: 'complete-path'}>): Promise<void> {
		dispatch({type: 'path-completed', text, ...(await completeFolderPath(text))});
	}

	async function readPresets(): Promise<void> {
		dispatch({type: 'presets-read', presets: await workflow.listPresets()});
	}

	async function perform(effect: Effect): Promise<void> {
		switch (effect.kind) {
			case 'launch':
				return launches.launch(effect);
			case 'create-prompt':
				return createPrompt(effect);
			case 'complete-path':
				return completePath(effect);
			case 'plan':
				return plan(effect);
			case 'cancel':
				return launches.cancel(effect.runIds);
			case 'ask-host':
				return askHost(effect.host, effect.quietly);
			case 'queue-add':
				return queue.add(effect);
			case 'queue':
				return queue.obey(effect);
			case 'batching-apply':
				return queue.merge(effect);
			case 'queue-move':
				return workflow.queue.move(effect.id, effect.place);
			case 'read-presets':
				return readPresets();
			case 'save-preset':
				await workflow.savePreset(effect.preset, effect.replace);
				notice('good', `preset ${effect.preset.name} is kept`, 'forms and --preset take it');
				return readPresets();
			case 'record':
				return records.perform(effect.deed);
			case 'fetch':
				return launches.finish(effect.runIds);
			case 'copy':
				return copy(effect);
			case 'save-log':
				return saveLog(effect);
			case 'page-log':
				return terminal.runSuspended(() => pageLog(workflow.openLog(effect.runId), terminal.env));
			case 'quit':
				return quit(effect);
			default:
				return undefined;
		}
	}

	return {
		adopt() {
			launches.adopt().catch(failed);
		},
		runQueue: queue.start,
		/** Starts nothing new from the queue; resolves when what was asked for is kept. */
		async close() {
			queue.close();
			await Promise.all(lasting);
		},
		perform(effect: Effect) {
			const work = perform(effect).catch(failed);
			if (isLasting(effect)) {
				lasting.add(work);
				work.finally(() => lasting.delete(work));
			}
		},
		inspect(folder: string) {
			inspect(folder).catch(failed);
		},
	};
}
