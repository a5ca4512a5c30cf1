// What `npm start` and `npm test` share: they begin on a fresh clone with nothing installed, so
// this file and they use nothing but Node itself.
import {spawnSync} from 'node:child_process';
import {existsSync, statSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

// The project's own node (a dev dependency) comes before the machine's.
process.env.PATH = path.join(root, 'node_modules', '.bin') + path.delimiter + process.env.PATH;

/** Runs a command to its end in the project's folder; returns its exit code. */
export function run(command, args, options = {}) {
	const {status, signal, error} = spawnSync(command, args, {
		cwd: root,
		stdio: 'inherit',
		shell: process.platform === 'win32',
		...options,
	});
	if (error) {
		process.stderr.write(`cannot run ${command}: ${error.message}\n`);
		return 1;
	}

	return signal ? 1 : status;
}

/** Runs a command and ends this program with its code when it fails. */
export function must(command, args, options) {
	const code = run(command, args, options);
	if (code !== 0) {
		process.exit(code);
	}
}

/** Installs the packages of the lock file, unless that was done since it changed. */
export function installPackages() {
	const lock = path.join(root, 'package-lock.json');
	const done = path.join(root, 'node_modules', '.package-lock.json');
	if (existsSync(done) && statSync(done).mtimeMs >= statSync(lock).mtimeMs) {
		return;
	}

	process.stderr.write('installing packages…\n');
	// npm's own words go to standard error: standard output is for data.
	must('npm', ['ci', '--no-audit', '--no-fund'], {stdio: ['ignore', 2, 2]});
}
