import {execFileSync} from 'node:child_process';
import {existsSync, writeFileSync} from 'node:fs';
import path from 'node:path';

/** Makes a model's checkout a git repository without changes; returns its commit. */
export function commitCheckout(folder: string): string {
	const git = (...words: string[]) =>
		execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', ...words]);
	if (!existsSync(path.join(folder, 'README.md'))) {
		writeFileSync(path.join(folder, 'README.md'), 'a checkout\n');
	}

	git('init', '-q');
	git('add', 'README.md');
	git('commit', '-qm', 'a checkout');
	return git('rev-parse', 'HEAD').toString().trim();
}
