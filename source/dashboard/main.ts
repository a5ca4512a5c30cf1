import {runProgram} from '../program.js';
import {runDashboard} from './app.js';

/** A call that opens the dashboard, to its end. Ink and React are loaded here and nowhere else. */
export function runWithDashboard(argv: readonly string[]): Promise<void> {
	return runProgram(argv, runDashboard);
}
