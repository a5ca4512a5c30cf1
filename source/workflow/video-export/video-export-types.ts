export type VideoExport = {
	/** Made if it is not there; what is in it stays as it is. */
	folder: string;
	/** With words in braces (`domain/runs/export-name.ts`). @default `{name}-{n}` */
	template?: string;
	/** Stills of the videos beside them. */
	posters?: boolean;
	/** Writes nothing. */
	dryRun?: boolean;
	signal?: AbortSignal;
	/** Files that are copied, of all. */
	onProgress?: (done: number, total: number) => void;
};

/** A file of a run's result, and where it was copied to. */
export type ExportedVideo = {
	run: string;
	/** As among the outputs. */
	output: string;
	/** Absolute path. */
	file: string;
	/** Its still, an absolute path. */
	poster?: string;
	size: number;
};

export type ExportedVideos = {
	folder: string;
	files: readonly ExportedVideo[];
	/** What was left out, a line each. */
	notes: readonly string[];
};
