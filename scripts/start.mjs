// `npm start`: installs and builds what is missing, then opens the dashboard; without a terminal
// it runs the sample job instead. Words after `npm start --` go to the program.
import {installPackages, must, run} from './steps.mjs';

installPackages();
must('node', ['scripts/build.mjs']);

const words = process.argv.slice(2);
const hasTerminal = process.stdin.isTTY && process.stdout.isTTY;
if (words.length === 0 && !hasTerminal) {
	process.stderr.write('no terminal here: running the sample job on the demo host instead\n');
	words.push('demo');
}

process.exit(run('node', ['dist/cli.js', ...words]));
