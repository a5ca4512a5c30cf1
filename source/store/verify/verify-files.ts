import path from 'node:path';
import {CosmosError} from '../../domain/errors.js';
import {isId} from '../../domain/ids.js';
import {openDatasetFiles} from '../dataset-files.js';
import {namesIn} from '../names-in.js';
import {openPresetFile} from '../preset-file.js';
import type {CheckedStore, Repairable} from './finding.js';

/** Looks at the documents that are files of their own: presets and datasets. */
export async function checkFiles({root, transaction}: CheckedStore): Promise<Repairable[]> {
	const presets = openPresetFile({folder: root, transaction});
	const datasets = openDatasetFiles({folder: root, transaction});
	const ids = (await namesIn(path.join(root, 'datasets'))).filter(name => isId(name, 'ds'));
	const findings: Repairable[] = [];
	const look = async (place: string, read: () => Promise<unknown>) => {
		try {
			await read();
		} catch (error) {
			if (!(error instanceof CosmosError) || error.code !== 'store-damaged') {
				throw error;
			}

			const [file = '', what = ''] = error.message.split(/ (?=is damaged)/);
			const found = path.relative(root, file).replaceAll(path.sep, '/');
			findings.push({kind: 'damaged', path: found || place, what, advice: error.hint});
		}
	};

	await look('presets.json', presets.read);
	for (const id of ids) {
		await look(`datasets/${id}`, () => datasets.get(id));
		await look(`datasets/${id}`, () => datasets.readRows(id));
	}

	return findings;
}
