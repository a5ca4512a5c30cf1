import {unnamedModel} from '../../domain/models/families.js';

/** The version of the documents that this program writes. */
export const schemaVersion = 6;

/**
 * Upgrades a file's content from the version of its key to the next one. A change that old documents
 * do not fit, or that old programs cannot read (a new status or reason), needs a new version and a
 * row here; a new optional field needs neither.
 */
export const migrations: Record<
	number,
	(content: Record<string, unknown>) => Record<string, unknown>
> = {
	// 2 has runs of other operations than transfer, and runs without a prompt.
	1: content => content,
	// 3 has runs of other families of models than the first, and masks among the inputs.
	2: content => ({...content, documents: (content.documents as unknown[]).map(withModel)}),
	// 4 has runs of recipes.
	3: content => content,
	// 5 has prompts without a video, pictures among the inputs, and runs of Cosmos 3, which has several modes
	// and ways to enhance a text.
	4: content => content,
	// 6 has each job of the queue as a document of its own; the first change moves those of the queue's document.
	5: content => content,
};

/** A run without a model belongs to the first family. */
function withModel(document: unknown): unknown {
	const isRun = typeof document === 'object' && document !== null && 'operation' in document;
	return isRun ? {model: unnamedModel, ...document} : document;
}
