// What is loaded together comes in few files. By itself esbuild cuts a chunk for each different set of
// entries that reach a module, some thirty of them, and to find and open a file costs more than most of
// these hold. So every later part of the program is made to reach the same modules: those are loaded
// before it in any case.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {build} from 'esbuild';

/**
 * @param options the build's own
 * @param starts modules that are loaded first, with all that they import at once
 * @param apart later parts that are loaded without all of these
 * @param atOnce the starts are loaded all together: what one of them imports later is there by then, and
 * needs no file of its own
 */
export async function wholeChunks(options, starts, {apart = [], atOnce = false}) {
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
			.filter(({kind, external}) => kind === 'dynamic-import' && !external)
			.map(({path: file}) => file)
			.filter(file => !together.has(file) && !apart.includes(file)),
	);
	return {
		name: 'whole-chunks',
		setup(plugin) {
			plugin.onLoad({filter: /\.[jt]sx?$/, namespace: 'file'}, async ({path: absolute}) => {
				const file = path.relative(process.cwd(), absolute).replaceAll(path.sep, '/');
				const there = atOnce ? thereAlready(inputs[file], together) : [];
				const more = later.has(file) ? starts.map(start => path.resolve(start)) : [];
				if (there.length === 0 && more.length === 0) {
					return undefined;
				}

				const contents = withImports(await readFile(absolute, 'utf8'), there, more);
				return {contents, loader: path.extname(file).slice(1)};
			});
		},
	};
}

/** What a module imports later, as it says it, although it is there. */
function thereAlready(input, together) {
	const dynamic = (input?.imports ?? []).filter(
		({kind, path: file}) => kind === 'dynamic-import' && together.has(file),
	);
	return [...new Set(dynamic.map(({original}) => original))];
}

/** A text whose dynamic imports of `there` are static ones, and which imports `more`. */
function withImports(text, there, more) {
	const statics = there.map(
		(name, index) => `import * as there${index} from ${JSON.stringify(name)};`,
	);
	const own = there.reduce(
		(whole, name, index) => whole.replaceAll(`import('${name}')`, `Promise.resolve(there${index})`),
		text,
	);
	return [own, ...statics, ...more.map(name => `import ${JSON.stringify(name)};`), ''].join('\n');
}
