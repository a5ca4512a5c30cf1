import {call, report} from './commands/call.js';
import type {CommandContext} from './commands/verb.js';
import {exitCodes} from './domain/error-codes.js';

/**
 * One call of the program, to its end; sets the exit code.
 * @param openDashboard absent where the words ask for no dashboard, or there is no terminal
 */
export async function runProgram(
	argv: readonly string[],
	openDashboard: CommandContext['openDashboard'] = noDashboard,
): Promise<void> {
	// A reader that has seen enough (`cosmos logs RUN | head`) is no error.
	process.stdout.on('error', (error: NodeJS.ErrnoException) => {
		process.exit(error.code === 'EPIPE' ? 0 : exitCodes.home);
	});
	// What escapes every handler is a bug; its stack is for --debug, like any other.
	process.on('uncaughtException', error => process.exit(report(error, argv)));

	/** Runs that the user has left going must not keep this process alive. */
	let isLeft = false;
	process.exitCode = await call(
		argv,
		async (workflow, options) => {
			isLeft = true;
			return openDashboard(workflow, options);
		},
		process,
		() => {
			isLeft = true;
		},
	);

	if (isLeft) {
		process.exit();
	}
}

function noDashboard(): never {
	throw new Error('the dashboard is not in this program');
}
