// How programs are bundled: ours, and the bare ones that the benches compare it with.
import {fileURLToPath} from 'node:url';

// Packages in CommonJS call require(); an ES module has none of its own.
const banner = `import {createRequire as __createRequire} from 'node:module';
const require = __createRequire(import.meta.url);`;

/** Everybody's string-width is the quick one, but for the one that this itself asks. */
const quickWidth = {
	name: 'quick-width',
	setup(plugin) {
		const file = fileURLToPath(new URL('quick-width.mjs', import.meta.url));
		plugin.onResolve({filter: /^string-width$/}, ({importer}) =>
			importer === file ? undefined : {path: file},
		);
	},
};

/** Ink's frames are put together by the quick one. */
export const quickOutput = {
	name: 'quick-output',
	setup(plugin) {
		const file = fileURLToPath(new URL('quick-output.mjs', import.meta.url));
		plugin.onResolve({filter: /^\.\/output\.js$/}, ({importer}) =>
			/[\\/]ink[\\/]build[\\/]renderer\.js$/.test(importer) ? {path: file} : undefined,
		);
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
	plugins: [quickWidth],
	// ssh2 may have a native addon of its own; it stays a package.
	external: ['ssh2'],
	logLevel: 'warning',
};
