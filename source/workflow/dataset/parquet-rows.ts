import type {FileHandle} from 'node:fs/promises';
import {ByteWriter, parquetWriteRows} from 'hyparquet-writer';
import type {Column, OutputRow} from '../../domain/dataset/dataset.js';

/** Rows that are in memory at a time; a reader skips those of a group together. */
const rowGroupSize = 4096;

/** Writes output rows as Parquet, with Snappy; every column may be empty. */
export async function writeParquet(
	file: FileHandle,
	columns: readonly Column[],
	parts: AsyncIterable<readonly OutputRow[]>,
): Promise<void> {
	const writer = new ByteWriter();
	const flush = async () => {
		await file.writeFile(writer.getBytes());
		writer.index = 0;
	};
	await parquetWriteRows({
		writer: Object.assign(writer, {flush, finish: flush}),
		rows: single(parts),
		columns: [...columns],
		rowGroupSize,
		createdBy: 'cosmos',
	});
}

async function* single<T>(parts: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
	for await (const part of parts) {
		yield* part;
	}
}
