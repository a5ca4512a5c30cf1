import {createHash} from 'node:crypto';
import {copyFile, mkdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Run} from '../../source/domain/types.js';
import type {Store} from '../../source/store/store.js';
import {sampleRun} from './samples.js';

/** A completed run whose result is a copy of a video or an image. */
export async function addResult(
	store: Store,
	file: string,
	change: (run: Run, count: number) => object = () => ({}),
): Promise<Run> {
	const bytes = await readFile(file);
	const name = `output${path.extname(file)}`;
	const count = (await store.runIds()).length;
	const run = await store.addRun(id => {
		const made = {
			...sampleRun(id),
			status: 'completed',
			exitCode: 0,
			outputs: [
				{name, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex')},
			],
		} as Run;
		return {...made, ...change(made, count)} as Run;
	});
	const folder = path.join(store.runFolder(run.id), 'outputs');
	await mkdir(folder, {recursive: true});
	await copyFile(file, path.join(folder, name));
	return run;
}
