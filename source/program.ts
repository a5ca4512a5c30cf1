import {verbs} from './commands/verbs.js';
import {runCall} from './run-call.js';

/** The command line: a call of any verb but the dashboard's, to its end. */
export function runProgram(argv: readonly string[]): Promise<void> {
	return runCall(argv, verbs, {openDashboard});
}

/** Only words that open no dashboard, or that have no terminal for one, come here. */
function openDashboard(): never {
	throw new Error('the dashboard is not in this program');
}
