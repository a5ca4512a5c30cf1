// How programs are bundled: ours, and the bare ones that the benches compare it with.
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {lazyBuiltins} from './lazy-builtins.mjs';

// Packages in CommonJS call require(); an ES module has none of its own.
const banner = `import {createRequire as __createRequire} from 'node:module';
const require = __createRequire(import.meta.url);`;

/** Everybody's string-width is the quick one, but for the one that this itself asks. */
const quickWidth = {
	name: 'quick-width',
	setup(plugin) {
		const file = fileURLToPath(new URL('quick-width.mjs', import.meta.url));
		const lazy = fileURLToPath(new URL('lazy-width.cjs', import.meta.url));
		plugin.onResolve({filter: /^string-width$/}, ({importer}) =>
			importer === lazy ? undefined : {path: file},
		);
	},
};

/** Ink's frames are put together by the quick one. */
const quickOutput = {
	name: 'quick-output',
	setup(plugin) {
		const file = fileURLToPath(new URL('quick-output.mjs', import.meta.url));
		plugin.onResolve({filter: /^\.\/output\.js$/}, ({importer}) =>
			/[\\/]ink[\\/]build[\\/]renderer\.js$/.test(importer) ? {path: file} : undefined,
		);
	},
};

/** Yoga's code lies in its own text: to fetch it from there, Node would load its whole HTTP client. */
const localYoga = {
	name: 'local-yoga',
	setup(plugin) {
		plugin.onLoad({filter: /yoga-wasm-base64-esm\.js$/}, async ({path}) => {
			const text = await readFile(path, 'utf8');
			const contents = text.replaceAll('"function"!=typeof fetch', 'true');
			if (contents === text) {
				throw new Error(`${path} does not ask for fetch any more`);
			}

			return {contents};
		});
	},
};

export const bundleOptions = {
	bundle: true,
	minify: true,
	platform: 'node',
	format: 'esm',
	target: 'node20',
	banner: {js: banner},
	define: {'process.env.NODE_ENV': '"production"'},
	alias: {
		'react-devtools-core': fileURLToPath(new URL('no-devtools.mjs', import.meta.url)),
	},
	// ssh2 may have a native addon of its own; sixel is not in strict mode. They stay packages.
	external: ['ssh2', 'sixel'],
	logLevel: 'warning',
};

/** The commit that this is built from, with `-dirty` where files differ from it; empty outside of a git checkout. */
function commitHere() {
	const cwd = fileURLToPath(new URL('..', import.meta.url));
	const words = ['describe', '--always', '--abbrev=40', '--exclude=*', '--dirty'];
	const asked = existsSync(`${cwd}.git`) && spawnSync('git', words, {cwd, encoding: 'utf8'});
	return asked && asked.status === 0 ? asked.stdout.trim() : '';
}

/** For our own programs, which start and draw more quickly than Ink does by itself. */
export const programOptions = {
	...bundleOptions,
	plugins: [quickWidth, quickOutput, localYoga, lazyBuiltins],
	// Packages ask it for a browser's name, React for a browser's clock; Node would load much to say it.
	define: {
		...bundleOptions.define,
		'process.env.COSMOS_BUILD_COMMIT': JSON.stringify(commitHere()),
		'globalThis.navigator': 'undefined',
		navigator: 'undefined',
		'Intl.Segmenter': 'LazySegmenter',
	},
	inject: [fileURLToPath(new URL('lazy-segmenter.mjs', import.meta.url))],
};
