/** The version of the documents that this program writes. */
export const schemaVersion = 2;

/**
 * Brings a file's content from the version of its key to the next one. A change that old documents
 * do not fit, or that old programs cannot read (a new status or reason), needs a new version and a
 * row here; a new optional field needs neither.
 */
export const migrations: Record<
	number,
	(content: Record<string, unknown>) => Record<string, unknown>
> = {
	// 2 has runs of other operations than transfer, and runs without a prompt.
	1: content => content,
};
