/** Ink's way to give the terminal away, once it has mounted, and whether it is given away now. */
export type Loan = {suspend?: (task: () => Promise<void>) => Promise<void>; given?: boolean};

/** Another program has the terminal meanwhile; a Ctrl-C there is for that one alone. */
export async function lend(loan: Loan, task: () => Promise<void>): Promise<void> {
	const ignore = () => undefined;
	process.on('SIGINT', ignore);
	loan.given = true;
	try {
		await loan.suspend?.(task);
	} finally {
		loan.given = false;
		process.off('SIGINT', ignore);
	}
}
