import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

/** Folder of this package, wherever the bundle or the source file lies in it. */
export function packageRoot(): string {
	let folder = path.dirname(fileURLToPath(import.meta.url));
	while (!existsSync(path.join(folder, 'package.json'))) {
		folder = path.dirname(folder);
	}

	return folder;
}

/** The version of this package. */
export async function packageVersion(): Promise<string> {
	const text = await readFile(path.join(packageRoot(), 'package.json'), 'utf8');
	return (JSON.parse(text) as {version: string}).version;
}

/** This program: its version, and the commit that it was built from, if a git checkout was built. */
export async function thisProgram(): Promise<{version: string; commit?: string}> {
	const commit = process.env.COSMOS_BUILD_COMMIT;
	return {version: await packageVersion(), ...(commit && {commit})};
}

/** The built simulator that ships with the package. */
export function simulatorFile(): string {
	return path.join(packageRoot(), 'dist', 'simulator.js');
}

/** Folder of the sample prompts that ship with the package. */
export function samplesFolder(): string {
	return path.join(packageRoot(), 'samples');
}
