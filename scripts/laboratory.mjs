// Installs the programs that the laboratory tests need. In CI a missing one is installed or the
// run fails; on a person's machine nothing is installed unasked, and those tests are skipped.
import {accessSync, constants, readFileSync} from 'node:fs';
import path from 'node:path';
import {root, run} from './steps.mjs';

const parts = Object.values(
	JSON.parse(readFileSync(path.join(root, 'test', 'lab', 'parts.json'), 'utf8')),
);

const places = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];

function isMissing(program) {
	return !places.some(place => {
		try {
			accessSync(path.join(place, program), constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
}

export function prepareLaboratory() {
	const missing = () => parts.filter(({programs}) => programs.some(isMissing));
	const packages = missing().flatMap(part => part.packages);
	if (packages.length === 0) {
		return;
	}

	if (process.env.CI !== 'true') {
		console.log('laboratory: programs are missing; the tests that need them are skipped');
		console.log(`  on Debian: apt-get install ${packages.join(' ')}`);
		return;
	}

	console.log(`laboratory: installing ${packages.join(', ')}`);
	const env = {...process.env, DEBIAN_FRONTEND: 'noninteractive'};
	const options = {env, stdio: ['ignore', 2, 2]};
	run('apt-get', ['update', '-qq'], options);
	run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
	const still = missing().flatMap(({programs}) => programs.filter(isMissing));
	if (still.length > 0) {
		console.error(`laboratory: still missing: ${still.join(', ')}`);
		process.exit(1);
	}
}
