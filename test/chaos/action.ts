/** One thing that a program does outside of itself. */
export type Action = {
	/** Counted from 1. */
	number: number;
	name: string;
	/** What the store said of the run at that moment. */
	stored: string;
};
