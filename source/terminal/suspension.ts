import {setImmediate as nextTurn} from 'node:timers/promises';

/** Ink's way to hand the terminal to another program, once it has mounted, and whether one has it now. */
export type Suspension = {
	suspend?: (task: () => Promise<void>) => Promise<void>;
	isActive?: boolean;
};

/** Another program has the terminal until the task ends; a Ctrl-C there is for that program alone. */
export async function suspend(suspension: Suspension, task: () => Promise<void>): Promise<void> {
	const ignore = () => undefined;
	process.on('SIGINT', ignore);
	suspension.isActive = true;
	try {
		await suspension.suspend?.(async () => {
			await stopReading(process.stdin);
			await task();
		});
	} finally {
		suspension.isActive = false;
		process.off('SIGINT', ignore);
	}
}

/**
 * Ink only stops listening. Node would go on reading, take keys from the other program, and wait for ever in a
 * read that the other program's start has made a blocking one.
 */
async function stopReading(stdin: NodeJS.ReadStream): Promise<void> {
	// The stream notices in the next turn that nobody listens; only one that flows can be paused.
	await nextTurn();
	stdin.resume();
	stdin.pause();
	await nextTurn();
}
