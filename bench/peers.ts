import {spawnSync} from 'node:child_process';

/**
 * A program that people use instead, for a case to compare with; one that is missing is installed from
 * Debian where that is possible.
 * @returns false when it is not to be had here
 */
export function hasPeer(program: string, debianPackage = program): boolean {
	if (!isThere(program) && process.getuid?.() === 0) {
		spawnSync('apt-get', ['install', '-y', '--no-install-recommends', debianPackage], {
			env: {...process.env, DEBIAN_FRONTEND: 'noninteractive'},
		});
	}

	return isThere(program);
}

function isThere(program: string): boolean {
	return spawnSync('sh', ['-c', 'command -v "$0"', program]).status === 0;
}
