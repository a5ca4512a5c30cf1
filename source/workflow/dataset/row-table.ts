/** The rows of a dataset that runs: what is known of each, stored as it changes, and the file of output rows. */
import type {DatasetRow, OutputRow} from '../../domain/dataset/dataset.js';
import type {DatasetFiles} from '../../store/dataset-files.js';
import type {Store} from '../../store/store.js';
import {appendRows, columnsOf, outputRow, readOutputRows, writeRowsFile} from './output-rows.js';
import {type Prepared, repeatOf} from './prepare-dataset.js';

export type RowTable = ReturnType<typeof createRowTable>;

/** Milliseconds after which the states of rows that have ended are stored. */
const savePause = 2000;

/** @param id of the dataset, whose lock is held */
export function createRowTable(
	{store, files}: {store: Store; files: DatasetFiles},
	id: string,
	{rows, repeats, plan}: Pick<Prepared, 'rows' | 'repeats' | 'plan'>,
) {
	const columns = columnsOf(rows);
	const changed = new Set<number>();
	let savedAt = Date.now();

	function set(index: number, state: Partial<DatasetRow>): void {
		rows[index] = {...(rows[index] as DatasetRow), ...state};
		changed.add(index);
	}

	/** Stores what has changed, unless that was done a moment ago. */
	async function saveSoon(): Promise<void> {
		if (Date.now() - savedAt > savePause) {
			await save();
		}
	}

	/** @throws CosmosError (home) */
	async function save(): Promise<void> {
		if (changed.size > 0) {
			await files.writeRows(id, rows, changed);
			changed.clear();
			savedAt = Date.now();
		}
	}

	return {
		get: (index: number) => rows[index] as DatasetRow,
		set,
		save,
		saveSoon,
		/**
		 * A clip has ended.
		 * @returns the output rows of it, and of the clips with the same content
		 */
		async end(index: number, state: Partial<DatasetRow>): Promise<OutputRow[]> {
			set(index, state);
			const all = [index, ...(repeats.get(index) ?? [])];
			for (const other of all.slice(1)) {
				rows[other] = repeatOf(rows[index] as DatasetRow, rows[other] as DatasetRow);
				changed.add(other);
			}

			return Promise.all(all.map(one => outputRow(store, id, rows[one] as DatasetRow)));
		},
		/** Adds rows to the output file, in the order in which they end. */
		append: (done: readonly OutputRow[]) => appendRows(plan.out, done, columns),
		/** Writes the output file anew, in the order of the manifest. */
		writeFile: () => writeRowsFile(plan.out, columns, readOutputRows(store, id, rows)),
	};
}
