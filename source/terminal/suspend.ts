/** Ink's way to give the terminal away, once it has mounted, and whether it is given away now. */
export type Suspension = {suspend?: (task: () => Promise<void>) => Promise<void>; active?: boolean};

/** Another program has the terminal meanwhile; a Ctrl-C there is for that one alone. */
export async function runSuspended(
	suspension: Suspension,
	task: () => Promise<void>,
): Promise<void> {
	const ignore = () => undefined;
	process.on('SIGINT', ignore);
	suspension.active = true;
	try {
		await suspension.suspend?.(task);
	} finally {
		suspension.active = false;
		process.off('SIGINT', ignore);
	}
}
