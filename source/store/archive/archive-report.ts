export type Exported = {
	prompts: number;
	runs: number;
	/** Unfinished runs: left out. */
	unfinished: string[];
	/** Bytes of the archive. */
	size: number;
};

export type Imported = {
	/** Ids that are new here. */
	prompts: string[];
	runs: string[];
	/** Ids that are here already, the same. */
	same: string[];
	/** Existing runs whose missing outputs are restored. */
	outputsBack: string[];
	/** New prompts whose videos the user has to confirm. */
	unconfirmed: string[];
	/** What is skipped, and why. Nothing existing is ever overwritten. */
	conflicts: Array<{id: string; why: string}>;
};
