#!/usr/bin/env node
import {checkNode} from './commands/check-node.js';
import {enableCompileCache} from './commands/enable-compile-cache.js';
import {splitLeadingFlags} from './commands/flags/leading-flags.js';

const argv = process.argv.slice(2);
if (checkNode(argv)) {
	enableCompileCache(process.env);
	// Two programs that are built apart: what the dashboard loads is much, and all in one file.
	if (opensDashboard(argv)) {
		const {runWithDashboard} = await import('./dashboard/main.js');
		await runWithDashboard(argv);
	} else {
		const {runProgram} = await import('./program.js');
		await runProgram(argv);
	}
}

/** Whether these words do so, or say what is wrong with them: without a verb it is meant. */
function opensDashboard(words: readonly string[]): boolean {
	const [name = 'ui'] = splitLeadingFlags(words).words;
	const asks = /^(-h|--help|-v|--version)$/.test(name);
	return (name === 'ui' || name.startsWith('-')) && !asks && process.stdout.isTTY;
}
