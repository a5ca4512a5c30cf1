import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

/** The commit that was version 0.1. */
const commit = '3e7645a';
const root = path.join(import.meta.dirname, '..');

/**
 * Builds version 0.1 in a temporary folder, with the packages that it names.
 * @returns its program; undefined, and a line on standard error, where it is not to be had
 */
export function buildVersion01(): string | undefined {
	const folder = path.join(mkdtempSync(path.join(tmpdir(), 'cosmos-0.1-')), 'cosmos');
	mkdirSync(folder);
	try {
		const archive = execFileSync('git', ['archive', commit], {
			cwd: root,
			maxBuffer: 1 << 28,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		execFileSync('tar', ['-x'], {cwd: folder, input: archive});
		const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
		execFileSync('npm', words, {cwd: folder, stdio: 'pipe'});
		execFileSync(process.execPath, ['scripts/build.mjs'], {cwd: folder, stdio: 'pipe'});
		const program = path.join(folder, 'dist', 'cli.js');
		if (spawnSync(process.execPath, [program, '--version']).status === 0) {
			return program;
		}
	} catch {
		// No history, or other packages: the line below says so.
	}

	process.stderr.write(`version 0.1 (${commit}) cannot be built here and is left out\n`);
	return undefined;
}
