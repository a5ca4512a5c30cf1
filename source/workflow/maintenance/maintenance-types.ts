import type {DeleteRequest, DeletionPlan} from '../../domain/deletion.js';
import type {Exported, Imported} from '../../store/archive/archive-report.js';
import type {TrashEntry} from '../../store/trash/trashed.js';
import type {Repairable, VerifyOptions} from '../../store/verify/finding.js';

/** Something that would be deleted, or that is in the trash. */
export type Sized<T> = T & {
	/** Bytes of its files. */
	size: number;
};

/** A plan with the size of each part: what `cosmos delete` shows first. */
export type DeletionPreview = DeletionPlan & {
	/** Bytes of the files of each deleted run, or of its outputs, by the run's id. */
	sizes: ReadonlyMap<string, number>;
};

/** Maintenance of the store: deleting, restoring. No host is contacted. */
export type MaintenanceActions = {
	/** What would be deleted, and what prevents it. Changes nothing. */
	planDelete: (request: DeleteRequest) => Promise<DeletionPreview>;
	/**
	 * Moves records, or the outputs of runs alone, to the trash: all or nothing.
	 * @throws CosmosError (usage) when something forbids it
	 */
	deleteRecords: (request: DeleteRequest) => Promise<DeletionPlan>;
	/** Newest first. */
	listTrash: () => Promise<Sized<TrashEntry>[]>;
	/**
	 * Restores what was deleted; the outputs of a run are restored with it.
	 * @param references ids in the trash, or unique beginnings
	 * @param options.withParents restores prompts and runs too that they belong to
	 * @throws CosmosError (wrong-state) for one whose prompt or run is in the trash, without that option
	 */
	restore: (
		references: readonly string[],
		options?: {withParents?: boolean},
	) => Promise<TrashEntry[]>;
	/** Removes entries of the trash permanently; returns the removed ones. */
	emptyTrash: (entries: readonly TrashEntry[]) => Promise<TrashEntry[]>;
	/**
	 * Writes records, logs, specs and optionally outputs into one archive.
	 * @param references ids or unique beginnings; without any, everything
	 */
	exportTo: (
		file: string,
		options: {outputs: boolean; references: readonly string[]},
	) => Promise<Exported>;
	/** Imports the content of an archive. Nothing existing is overwritten. */
	importFrom: (
		file: string,
		options: {dryRun: boolean; trustInputs?: boolean},
	) => Promise<Imported>;
	/** Checks everything in the data folder; changes nothing. The findings include their repairs. */
	verify: (options?: VerifyOptions) => Promise<Repairable[]>;
};
