import type {DashboardState} from './dashboard-state.js';
import type {Effect} from './effect.js';
import {targetNames} from './forms/form-target.js';
import {handsIn} from './forms/hand-in.js';
import {type LaunchForm, requestsOf} from './forms/launch-form.js';
import {presetEffect} from './forms/preset-form.js';
import {newPromptIn, promptFields, promptProblem} from './forms/prompt-form.js';
import type {CommandName} from './keys/bindings.js';
import {isTyped} from './leaving.js';
import {findEffect, logEffect} from './log/log-commands.js';
import {batchingEffect} from './queue/batching.js';
import {queueEffect} from './queue/queue-keys.js';
import {recordEffect, recordHomeEffect} from './records/record-overlay.js';

/** Two Ctrl-C within this many milliseconds leave at once. */
const twice = 2000;

/** What a command asks of the world, besides what it does to the state. */
export function effectOf(
	state: DashboardState,
	command: CommandName,
	at: number,
): Effect | undefined {
	if (command === 'interrupt') {
		const again = at - state.interruptedAt < twice;
		const nothingToLose = state.ownRuns.length === 0 && !isTyped(state.overlay);
		return again || nothingToLose ? {kind: 'quit', runs: 'leave'} : undefined;
	}

	return state.overlay ? overlayEffect(state, command) : homeEffect(state, command);
}

function homeEffect(state: DashboardState, command: CommandName): Effect | undefined {
	const asked = logEffect(state, command);
	if (asked) {
		return asked;
	}

	const inLog = state.subject === 'runs' && state.tab === 'log';
	switch (command) {
		case 'launch':
		case 'batch':
		case 'enhance':
		case 'upscale':
		case 'recipe':
		case 'rerun':
			// The command line may have made some since.
			return {kind: 'read-presets'};
		case 'quit':
			return state.ownRuns.length === 0 ? {kind: 'quit', runs: 'leave'} : undefined;
		case 'ask-host':
			return {kind: 'ask-host', host: state.defaultHost};
		case 'first':
			return inLog && state.focus === 'detail' ? {kind: 'log-start'} : undefined;
		case 'last':
			return inLog && state.focus === 'detail' ? {kind: 'log-end'} : undefined;
		case 'follow':
			return state.log.follow ? undefined : {kind: 'log-end'};
		default:
			return queueEffect(state, command) ?? recordHomeEffect(state, command);
	}
}

function overlayEffect(state: DashboardState, command: CommandName): Effect | undefined {
	const {overlay} = state;
	switch (overlay?.kind) {
		case 'find':
			return command === 'find-start' ? findEffect(state, overlay) : undefined;
		case 'preset':
			return presetEffect(overlay, command);
		case 'host':
			return command === 'look-again' ? {kind: 'look-again'} : undefined;
		case 'batching':
			return batchingEffect(overlay, command);
		case 'launch':
		case 'plan': {
			const {form} = overlay;
			if (command === 'show-plan') {
				return {kind: 'plan', requests: requestsOf(form), together: isTogether(form)};
			}

			if (!handsIn(overlay, command)) {
				return undefined;
			}

			return command === 'form-queue'
				? {kind: 'queue-add', requests: requestsOf(form), together: isTogether(form)}
				: {kind: 'launch', ...launched(form)};
		}

		case 'prompt': {
			const {form} = overlay;
			if (command === 'complete-or-next' && form.focus === 'folder') {
				return {kind: 'complete-path', text: form.fields.folder.text};
			}

			const creates =
				command === 'create-now' ||
				(command === 'form-submit' && form.focus === promptFields.at(-1));
			return creates && !form.saving && !promptProblem(form)
				? {kind: 'create-prompt', prompt: newPromptIn(form)}
				: undefined;
		}

		case 'confirm':
			return command === 'confirm-yes' ? overlay.effect : undefined;
		case 'quit':
			if (command === 'quit-leave') {
				return {kind: 'quit', runs: 'leave'};
			}

			return command === 'quit-stop' && !overlay.stopping
				? {kind: 'quit', runs: 'stop'}
				: undefined;
		default:
			return overlay && recordEffect(overlay, command);
	}
}

function launched(form: LaunchForm) {
	const {target} = form;
	return {
		requests: requestsOf(form),
		names: targetNames(target),
		together: isTogether(form),
	};
}

const isTogether = ({target}: LaunchForm) => target.operation === 'transfer' && target.together;
