import {ui} from '../commands/ui.js';
import {loadConfig} from '../config/config.js';
import {runCall} from '../run-call.js';
import {createWorkflow} from '../workflow/workflow.js';
import {runDashboard} from './app.js';

/**
 * A call that opens the dashboard, to its end. Ink and React are loaded here and nowhere else; the other
 * verbs are not, and all that the first frame needs is loaded at once.
 */
export function runWithDashboard(argv: readonly string[]): Promise<void> {
	return runCall(argv, [ui], {openDashboard: runDashboard, loadConfig, createWorkflow});
}
