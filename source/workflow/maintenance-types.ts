import type {DeleteRequest, DeletionPlan} from '../domain/deletion.js';
import type {Exported, Imported} from '../store/archive-report.js';
import type {Repairable, VerifyOptions} from '../store/finding.js';
import type {TrashEntry} from '../store/trashed.js';

/** Something that would go, or that lies in the trash. */
export type Sized<T> = T & {
	/** Bytes of its files. */
	size: number;
};

/** A plan with what each part weighs: what `cosmos delete` shows first. */
export type DeletionPreview = DeletionPlan & {
	/** Bytes of the files of each run that goes, or of its outputs, by the run's id. */
	sizes: ReadonlyMap<string, number>;
};

/** What keeps the store in order: deleting, restoring. No host is contacted. */
export type MaintenanceActions = {
	/** What would be deleted, and what forbids it. Changes nothing. */
	planDelete: (request: DeleteRequest) => Promise<DeletionPreview>;
	/**
	 * Moves records, or the outputs of runs alone, to the trash: all or nothing.
	 * @throws CosmosError (usage) when something forbids it
	 */
	deleteRecords: (request: DeleteRequest) => Promise<DeletionPlan>;
	/** Newest first. */
	listTrash: () => Promise<Sized<TrashEntry>[]>;
	/**
	 * Puts back what was deleted; the outputs of a run come with it.
	 * @param references ids in the trash, or unique beginnings
	 */
	restore: (references: readonly string[]) => Promise<TrashEntry[]>;
	/** Removes entries of the trash for good; gives those that are gone. */
	emptyTrash: (entries: readonly TrashEntry[]) => Promise<TrashEntry[]>;
	/**
	 * Writes records, logs, specs and perhaps outputs into one archive.
	 * @param references ids or unique beginnings; without any, everything
	 */
	exportTo: (
		file: string,
		options: {outputs: boolean; references: readonly string[]},
	) => Promise<Exported>;
	/** Takes over what is in an archive. Nothing that is here is overwritten. */
	importFrom: (
		file: string,
		options: {dryRun: boolean; trustInputs?: boolean},
	) => Promise<Imported>;
	/** Looks at everything in the data folder; changes nothing. The findings bring their repairs. */
	verify: (options?: VerifyOptions) => Promise<Repairable[]>;
};
