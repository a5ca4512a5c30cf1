// What `cosmos list` loads comes in few files. By itself esbuild cuts a chunk for each different set of
// entries that reach a module, some thirty of them, and to find and open a file costs more than most of
// these hold. So every later part of the program is made to reach the same modules: those are loaded
// before it in any case.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {build} from 'esbuild';

/** Parts that a shell asks for at every Tab: they need less than the rest. */
const apart = ['source/commands/complete.ts'];

/**
 * @param options the build's own
 * @param starts modules that a short verb loads, with all that they import at once
 */
export async function wholeChunks(options, starts) {
	const {metafile} = await build({...options, write: false, metafile: true});
	const {inputs} = metafile;
	const together = new Set();
	const visit = file => {
		if (!together.has(file) && inputs[file]) {
			together.add(file);
			for (const {path: next, kind} of inputs[file].imports) {
				if (kind !== 'dynamic-import') {
					visit(next);
				}
			}
		}
	};
	for (const start of starts) {
		visit(start);
	}

	const later = new Set(
		Object.values(inputs)
			.flatMap(({imports}) => imports)
			.filter(({kind, path: file}) => kind === 'dynamic-import' && file.startsWith('source/'))
			.map(({path: file}) => path.resolve(file))
			.filter(file => ![...together, ...apart].some(one => path.resolve(one) === file)),
	);
	return {
		name: 'whole-chunks',
		setup(plugin) {
			plugin.onLoad({filter: /[\\/]source[\\/].*\.tsx?$/}, async ({path: file}) => {
				if (!later.has(file)) {
					return undefined;
				}

				const more = starts.map(start => `import ${JSON.stringify(path.resolve(start))};`);
				const text = await readFile(file, 'utf8');
				return {contents: `${text}\n${more.join('\n')}\n`, loader: path.extname(file).slice(1)};
			});
		},
	};
}
