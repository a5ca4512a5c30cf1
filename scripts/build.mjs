// Bundles the program into dist/. `cli` loads one of two: `program` is split into chunks, so that a verb
// that only reads the store loads neither Ink nor React nor ssh2; in `dashboard` all that the first
// frame needs is in one file, because to find, open and check thirty of them takes a fifth of a start.
// `--names` keeps the names of functions, for `npm run profile`. Chunks of the build before stay, for a dashboard that
// is open, unless with `--clean`.
import {chmod, copyFile, rm, writeFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {programOptions} from './bundle-options.mjs';
import {removeStaleChunks} from './stale-chunks.mjs';
import {thirdPartyText} from './third-party.mjs';
import {wholeChunks} from './whole-chunks.mjs';

const dist = new URL('../dist/', import.meta.url);
if (process.argv.includes('--clean')) {
	await rm(dist, {recursive: true, force: true});
} else {
	await removeStaleChunks(fileURLToPath(dist));
	await rm(new URL('types', dist), {recursive: true, force: true});
}

const options = {
	...programOptions,
	minify: !process.argv.includes('--names'),
	outdir: 'dist',
	metafile: true,
};
const split = {...options, splitting: true, chunkNames: 'chunks/[name]-[hash]'};
const short = ['source/program.ts', 'source/workflow/workflow.ts', 'source/config/config.ts'];
const program = {
	...split,
	entryPoints: {program: 'source/program.ts', index: 'source/index.ts'},
};
const dashboard = {...split, entryPoints: {dashboard: 'source/dashboard/main.ts'}};

/** The two programs are built by themselves. */
const programsApart = {
	name: 'programs-apart',
	setup(plugin) {
		plugin.onResolve({filter: /^\.\/(program|dashboard\/main)\.js$/}, ({path, kind}) =>
			kind === 'dynamic-import' ? {path: path.replace('/main', ''), external: true} : undefined,
		);
	},
};

const built = [
	await build({
		...options,
		entryPoints: {cli: 'source/cli.ts'},
		plugins: [...options.plugins, programsApart],
	}),
	await build({
		...program,
		plugins: [
			...options.plugins,
			// A shell asks for it at every Tab: it needs less than the rest.
			await wholeChunks(program, short, {apart: ['source/commands/complete.ts']}),
		],
	}),
	await build({
		...dashboard,
		plugins: [...options.plugins, await wholeChunks(dashboard, ['source/dashboard/main.ts'])],
	}),
	await build({
		...options,
		entryPoints: {
			simulator: 'simulator/main.ts',
			supervisor: 'source/executor/engine/process/supervisor/main.ts',
			encoder: 'source/terminal/encoder.ts',
			enhancer: 'source/enhancer/main.ts',
		},
	}),
];
// The page of a report, which runs in a browser.
await build({
	entryPoints: {report: 'report/page.ts'},
	...{
		bundle: true,
		minify: true,
		format: 'iife',
		target: 'es2022',
		outdir: 'dist',
		charset: 'ascii',
	},
});
await copyFile('report/page.css', new URL('report.css', dist));
// Which packages are in which chunk; a test reads it, the package leaves it out.
const metafile = {
	inputs: Object.assign({}, ...built.map(({metafile: {inputs}}) => inputs)),
	outputs: Object.assign({}, ...built.map(({metafile: {outputs}}) => outputs)),
};
await writeFile(new URL('metafile.json', dist), JSON.stringify(metafile));
await writeFile(new URL('THIRD-PARTY-LICENSES.txt', dist), await thirdPartyText(metafile));
await chmod(new URL('cli.js', dist), 0o755);
