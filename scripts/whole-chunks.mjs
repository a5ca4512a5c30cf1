// What is loaded together comes in few files. By itself esbuild cuts a chunk for each different set of
// entries that reach a module, some thirty of them, and to find and open a file costs more than most of
// these hold. So every later part of the program is made to reach the same modules: those are loaded
// before it in any case.
import path from 'node:path';
import {build} from 'esbuild';

/** Marks what this plugin itself asks for. */
const resolved = Symbol('resolved');

/**
 * @param options the build's own
 * @param starts modules that are loaded first, with all that they import at once
 * @param apart later parts that are loaded without all of these
 */
export async function wholeChunks(options, starts, {apart = []} = {}) {
	const {metafile} = await build({...options, write: false, metafile: true});
	const {inputs, outputs} = metafile;
	const hasDefault = file =>
		Object.values(outputs).some(
			({entryPoint, exports}) => entryPoint === nameOf(file) && exports.includes('default'),
		);
	const isLater = file => inputs[file] !== undefined && !apart.includes(file);
	/** Names no package: the licences of a bundle's packages are found by its files' names. */
	const labels = [];
	const labelOf = file => {
		labels.push(...(labels.includes(file) ? [] : [file]));
		return `${labels.indexOf(file)}/${path.basename(file)}`;
	};

	return {
		name: 'whole-chunks',
		setup(plugin) {
			// In the place of a later part stands a module that imports the starts, and then is that part.
			plugin.onResolve({filter: /./}, async ({path: name, kind, pluginData, ...place}) => {
				if (kind !== 'dynamic-import' || pluginData === resolved) {
					return undefined;
				}

				const found = await plugin.resolve(name, {...place, kind, pluginData: resolved});
				return !found.external && isLater(nameOf(found.path))
					? {path: labelOf(found.path), namespace: 'later', pluginData: found.path}
					: found;
			});
			plugin.onLoad({filter: /./, namespace: 'later'}, ({pluginData: file}) => ({
				contents: [
					...starts.map(start => `import ${JSON.stringify(path.resolve(start))};`),
					`export * from ${JSON.stringify(file)};`,
					...(hasDefault(file) ? [`export {default} from ${JSON.stringify(file)};`] : []),
				].join('\n'),
				resolveDir: path.dirname(file),
			}));
		},
	};
}

/** A file as the build's metafile names it. */
function nameOf(file) {
	return path.relative(process.cwd(), file).replaceAll(path.sep, '/');
}
