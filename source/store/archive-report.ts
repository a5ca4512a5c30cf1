export type Exported = {
	prompts: number;
	runs: number;
	/** Runs that somebody works on still: left out. */
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
	/** Runs that are here already and get outputs back that were gone. */
	outputsBack: string[];
	/** New prompts whose videos a person has to confirm. */
	unconfirmed: string[];
	/** What stays out, and why. Nothing here is ever overwritten. */
	conflicts: Array<{id: string; why: string}>;
};
