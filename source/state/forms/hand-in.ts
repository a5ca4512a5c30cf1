import type {CommandName} from '../keys/bindings.js';
import {apartIn} from './batch-apart.js';
import {type LaunchForm, problemsIn} from './launch-form.js';

/** Whether a command hands the form in, to be launched or put into the queue. */
export function handsIn(
	{kind, form}: {kind: 'launch' | 'plan'; form: LaunchForm},
	command: CommandName,
): boolean {
	// Enter on "more" unfolds.
	const asked =
		command === 'form-queue' ||
		(command === 'form-submit' && (kind === 'plan' || form.focus !== 'more'));
	const isWrong = Object.keys(problemsIn(form)).length > 0 || apartIn(form) !== undefined;
	return asked && !form.sent && !isWrong;
}
