// `npm run bench -- [NAME…] [--rounds N] [--write]`: each case does the same thing with this program
// and with the usual tool, in turn, and prints both medians and how they compare. `--write` puts the
// table into docs/benchmarks.md, and so wants every case.
import './typescript-hook.mjs';
import {readdirSync, writeFileSync} from 'node:fs';
import {loadavg} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {buildSsh2Addon} from '../scripts/ssh2-addon.mjs';
import {must, root} from '../scripts/steps.mjs';

const {benchmarkPage, row} = await import('./page.ts');
const {values, positionals} = parseArgs({
	allowPositionals: true,
	options: {write: {type: 'boolean'}, rounds: {type: 'string'}},
});

const known = readdirSync(path.join(import.meta.dirname, 'cases')).map(file =>
	path.basename(file, '.ts'),
);
const unknown = positionals.filter(name => !known.includes(name));
if (unknown.length > 0 || (values.write && positionals.length > 0)) {
	const why = unknown.length > 0 ? `no case ${unknown.join(', ')}` : '--write wants every case';
	process.stderr.write(`${why}; there is: ${known.join(', ')}\n`);
	process.exit(2);
}

must('node', ['scripts/build.mjs']);
if (!buildSsh2Addon(root)) {
	process.stderr.write(
		'without the addon of ssh2: transfers are slower than as installed by npm\n',
	);
}

const results = [];
for (const name of positionals.length > 0 ? positionals : known) {
	const {default: one} = await import(`./cases/${name}.ts`);
	const rounds = Number(values.rounds ?? one.rounds);
	const load = loadavg()[0];
	let measures = [];
	let failure;
	try {
		measures = await one.run(rounds);
	} catch (error) {
		// The others are still measured.
		failure = String(error?.message ?? error).split('\n')[0];
		process.stderr.write(`${name} failed: ${error?.stack ?? error}\n`);
		process.exitCode = 1;
	}

	results.push({name, about: one.about, measures, load, rounds, failure});
	// A whole run takes long; what is measured stays when it is broken off.
	if (values.write) {
		writeFileSync(path.join(root, 'docs', 'benchmarks.md'), benchmarkPage(results));
	}

	for (const measure of measures) {
		console.log(`${row(measure).join('  ')}  (load ${load.toFixed(1)})`);
		if (measure.note) {
			console.log(`  ${measure.note}`);
		}
	}
}
