import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';

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

/**
 * A program that people have from npm, installed into a folder.
 * @returns its path; undefined when it is not to be had here
 */
export function npmPeer(folder: string, packageName: string, program: string): string | undefined {
	const words = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
	spawnSync('npm', [...words, packageName], {stdio: 'ignore'});
	const file = path.join(folder, 'node_modules', '.bin', program);
	return existsSync(file) ? file : undefined;
}

function isThere(program: string): boolean {
	return spawnSync('sh', ['-c', 'command -v "$0"', program]).status === 0;
}
