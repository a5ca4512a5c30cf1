#!/usr/bin/env node
import {call, report} from './commands/call.js';
import {keepCompiled} from './commands/keep-compiled.js';
import {exitCodes} from './domain/errors.js';

const argv = process.argv.slice(2);
// The dashboard loads much, and so does what it works with.
if (opensDashboard(argv)) {
	keepCompiled(process.env);
}

// A reader that has seen enough (`cosmos logs RUN | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
	process.exit(error.code === 'EPIPE' ? 0 : exitCodes.home);
});
// What escapes every handler is a fault of ours; its stack is for --debug, as any other.
process.on('uncaughtException', error => process.exit(report(error, argv)));

/** Runs that the user has left going must not keep this process alive. */
let isLeft = false;

process.exitCode = await call(
	argv,
	async (workflow, options) => {
		// Ink and React are loaded here and nowhere else.
		const {runDashboard} = await import('./app.js');
		isLeft = true;
		return runDashboard(workflow, options);
	},
	process,
	() => {
		isLeft = true;
	},
);

if (isLeft) {
	process.exit();
}

/** Whether these words most likely do so: without a verb it is meant. */
function opensDashboard([name = 'ui', ...rest]: readonly string[]): boolean {
	const asks = [name, ...rest].some(word => /^(-h|--help|-v|--version)$/.test(word));
	return (name === 'ui' || name.startsWith('-')) && !asks && process.stdout.isTTY;
}
