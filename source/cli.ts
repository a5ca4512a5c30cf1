#!/usr/bin/env node
import {keepCompiled} from './commands/keep-compiled.js';

const argv = process.argv.slice(2);
// Two programs that are built apart: what the dashboard loads is much, and all in one file.
if (opensDashboard(argv)) {
	keepCompiled(process.env);
	const {openedDashboard} = await import('./dashboard.js');
	await openedDashboard(argv);
} else {
	const {ended} = await import('./program.js');
	await ended(argv);
}

/** Whether these words do so, or say what is wrong with them: without a verb it is meant. */
function opensDashboard([name = 'ui']: readonly string[]): boolean {
	const asks = /^(-h|--help|-v|--version)$/.test(name);
	return (name === 'ui' || name.startsWith('-')) && !asks && process.stdout.isTTY;
}
