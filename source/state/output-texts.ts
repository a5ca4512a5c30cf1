/** A text among the outputs of a run, as the detail shows it. */
export type OutputText =
	/** `isCut`: there is more than is shown. */
	{state: 'read'; text: string; isCut: boolean} | {state: 'failed'; message: string};
