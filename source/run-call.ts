import {call, report} from './commands/call.js';
import type {Caller} from './commands/context.js';
import type {Verb} from './commands/verb.js';
import {exitCodes} from './domain/error-codes.js';
import {CosmosError} from './domain/errors.js';

/**
 * One call of a program that has these verbs, to its end; sets the exit code.
 * @param program what opens the dashboard, and what it has loaded for that
 */
export async function runCall(
	argv: readonly string[],
	verbs: readonly Verb[],
	{openDashboard, ...loaded}: Pick<Caller, 'openDashboard' | 'loadConfig' | 'createWorkflow'>,
): Promise<void> {
	/** Until a verb begins that does more, the call only prints. */
	let endsWithReader = true;
	/** Why standard output takes no more. */
	let lost: NodeJS.ErrnoException | undefined;
	process.stdout.on('error', (error: NodeJS.ErrnoException) => {
		lost ??= error;
		// A reader that has seen enough (`cosmos logs RUN | head`) is no error.
		if (endsWithReader) {
			process.exit(error.code === 'EPIPE' ? 0 : exitCodes.home);
		}
	});
	// Nobody reads the notes any more.
	process.stderr.on('error', () => undefined);
	if (!process.stdout.isTTY && !process.stderr.isTTY) {
		// For `nohup`: Node resets signals that were ignored when it started.
		process.on('SIGHUP', () => undefined);
	}

	// What escapes every handler is a bug; its stack is for --debug, like any other.
	process.on('uncaughtException', error => process.exit(report(error, argv)));

	/** Runs that the user has left going must not keep this process alive. */
	let isLeft = false;
	const code = await call(argv, verbs, {
		...loaded,
		async openDashboard(workflow, options) {
			isLeft = true;
			return openDashboard(workflow, options);
		},
		onVerb(verb) {
			endsWithReader = verb.endsWithReader === true;
		},
		leaveRest() {
			isLeft = true;
		},
	});
	// A failed write is reported later.
	await new Promise<void>(resolve => {
		process.stdout.write('', () => resolve());
	});
	process.exitCode = code === 0 ? checkOutput(lost, argv) : code;
	if (isLeft) {
		process.exit();
	}
}

/** What could not be written to a file or a disk is missed; a reader that has gone misses nothing. */
function checkOutput(lost: NodeJS.ErrnoException | undefined, argv: readonly string[]): number {
	return lost === undefined || lost.code === 'EPIPE' || lost.code === 'EIO'
		? 0
		: report(new CosmosError('home', `cannot write the output: ${lost.message}`), argv);
}
