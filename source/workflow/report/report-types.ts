export type ReportRequest = {
	/** The folder that is made; it may exist if it is empty. */
	folder: string;
	/** @default the name of the first run's prompt */
	title?: string;
	/** Replaces an earlier report in that folder. */
	force?: boolean;
	signal?: AbortSignal;
	/** Runs that are copied, of all. */
	onProgress?: (done: number, total: number) => void;
};

export type WrittenReport = {
	/** The page. */
	file: string;
	runs: number;
	/** Bytes of all copied files. */
	size: number;
	/** What is missing from it, a line each. */
	notes: readonly string[];
};
