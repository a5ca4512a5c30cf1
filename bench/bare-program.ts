import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {build} from 'esbuild';
import {bundleOptions} from '../scripts/bundle-options.mjs';

/** A program of `bare/`, bundled with Ink as it is, for as long as `work` takes. */
export async function withBareProgram<T>(
	name: string,
	work: (file: string) => Promise<T>,
): Promise<T> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-bare-'));
	const outfile = path.join(folder, 'program.mjs');
	try {
		await build({
			...bundleOptions,
			entryPoints: [path.join(import.meta.dirname, 'bare', `${name}.tsx`)],
			outfile,
		});
		return await work(outfile);
	} finally {
		await rm(folder, {recursive: true});
	}
}
