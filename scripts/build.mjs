// Bundles the program into dist/. Split into chunks, so that a verb that only reads the store
// loads neither Ink nor React nor ssh2. `--names` keeps the names of functions, for `npm run profile`.
import {chmod, rm, writeFile} from 'node:fs/promises';
import {build} from 'esbuild';
import {programOptions} from './bundle-options.mjs';
import {wholeChunks} from './whole-chunks.mjs';

const dist = new URL('../dist/', import.meta.url);
await rm(dist, {recursive: true, force: true});

const options = {...programOptions, minify: !process.argv.includes('--names')};
const program = {
	...options,
	entryPoints: {cli: 'source/cli.tsx', index: 'source/index.ts'},
	splitting: true,
	chunkNames: 'chunks/[name]-[hash]',
	outdir: 'dist',
};
const short = ['source/commands/call.ts', 'source/workflow/workflow.ts', 'source/config/config.ts'];
const {metafile} = await build({
	...program,
	plugins: [...program.plugins, await wholeChunks(program, short)],
	metafile: true,
});
// Which packages are in which chunk; a test reads it, the package leaves it out.
await writeFile(new URL('metafile.json', dist), JSON.stringify(metafile));
await build({
	...options,
	entryPoints: {
		simulator: 'source/simulator/main.ts',
		keeper: 'source/executor/engine/keeper/main.ts',
		encoder: 'source/terminal/encoder.ts',
	},
	outdir: 'dist',
});
await chmod(new URL('cli.js', dist), 0o755);
