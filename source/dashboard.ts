import {runDashboard} from './app.js';
import {ended} from './program.js';

/** A call that opens the dashboard, to its end. Ink and React are loaded here and nowhere else. */
export function openedDashboard(argv: readonly string[]): Promise<void> {
	return ended(argv, runDashboard);
}
