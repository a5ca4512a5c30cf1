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
		await suspension.suspend?.(task);
	} finally {
		suspension.isActive = false;
		process.off('SIGINT', ignore);
	}
}
