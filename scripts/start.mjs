// `npm start`: installs and builds what is missing, then opens the dashboard; without a terminal
// it runs the sample job instead. Words after `npm start --` go to the program.
import {readdirSync, statSync} from 'node:fs';
import path from 'node:path';
import {installPackages, must, root, run} from './steps.mjs';

installPackages();
if (hasChanged()) {
	const start = performance.now();
	process.stderr.write('building …\n');
	must('node', ['scripts/build.mjs']);
	process.stderr.write(`built in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}

const words = process.argv.slice(2);
const hasTerminal = process.stdin.isTTY && process.stdout.isTTY;
if (words.length === 0 && !hasTerminal) {
	process.stderr.write('no terminal here: running the sample job on the demo host instead\n');
	words.push('demo');
}

process.exit(run('node', ['dist/cli.js', ...words]));

/** Whether anything that the build reads is newer than the last thing that it writes. */
function hasChanged() {
	const sources = ['source', 'simulator', 'report', 'scripts'].flatMap(folder => [
		folder,
		...readdirSync(path.join(root, folder), {recursive: true}).map(name => path.join(folder, name)),
	]);
	const built = modifiedAt('dist/THIRD-PARTY-LICENSES.txt');
	return [...sources, 'package-lock.json'].some(name => modifiedAt(name) > built);
}

/** Milliseconds; 0 for what is not there. A folder changes when a file in it comes or goes. */
function modifiedAt(name) {
	return statSync(path.join(root, name), {throwIfNoEntry: false})?.mtimeMs ?? 0;
}
