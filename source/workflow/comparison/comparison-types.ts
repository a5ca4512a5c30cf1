export type ComparisonVideo = {
	/** What is written; the end of its name is the kind of container. */
	file: string;
	/** `wipe` is for two. */
	layout: 'beside' | 'wipe';
	/** Replaces a file that is there. */
	force?: boolean;
	signal?: AbortSignal;
	/** Frames. */
	onProgress?: (done: number, total: number) => void;
};

export type WrittenComparison = {
	/** Absolute path. */
	file: string;
	frames: number;
	/** Bytes. */
	size: number;
	/** In what the results were not alike, a line each. */
	notes: readonly string[];
};
