import {readFile} from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import {CosmosError, systemCode} from '../domain/errors.js';
import type {Preset} from '../domain/settings/preset.js';
import {operations} from '../domain/settings/settings.js';
import {diskError} from '../machine/disk-error.js';
import {replaceFile} from './documents/safe-file.js';
import type {Transaction} from './documents/transaction.js';

const fileSchema = z.looseObject({
	version: z.literal(1),
	presets: z.array(
		z.looseObject({
			name: z.string(),
			operation: z.enum(operations),
			model: z.string().optional(),
			mode: z.string().optional(),
			settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
		}),
	),
});

/** The presets of a data folder: one small file, `presets.json`. */
export type PresetFile = {
	/** @throws CosmosError (home) when the file is damaged or cannot be read */
	read: () => Promise<Preset[]>;
	/** Changes them in a transaction across processes; what `change` returns is stored. */
	update: (change: (presets: readonly Preset[]) => readonly Preset[]) => Promise<void>;
};

export function openPresetFile({
	folder,
	transaction,
}: {
	folder: string;
	transaction: Transaction;
}): PresetFile {
	const file = path.join(folder, 'presets.json');

	async function read(): Promise<Preset[]> {
		let text: string;
		try {
			text = await readFile(file, 'utf8');
		} catch (error) {
			if (systemCode(error) === 'ENOENT') {
				return [];
			}

			throw diskError(error, 'read', file);
		}

		const checked = fileSchema.safeParse(toJson(text));
		if (!checked.success) {
			throw new CosmosError(
				'store-damaged',
				`${file} is damaged, or was written by a newer cosmos`,
				{
					hint: `Repair it, or move it away; the previous version is ${file}.previous.`,
				},
			);
		}

		return checked.data.presets as Preset[];
	}

	return {
		read,
		update: change =>
			transaction(async () => {
				const presets = change(await read());
				await replaceFile(file, `${JSON.stringify({version: 1, presets}, undefined, '\t')}\n`);
			}),
	};
}

function toJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
