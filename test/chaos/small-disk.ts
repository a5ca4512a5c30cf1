import {spawnSync} from 'node:child_process';
import {closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync} from 'node:fs';
import path from 'node:path';
import {systemCode} from '../../source/domain/errors.js';

/** A disk of the tests' own that can be filled. */
export type SmallDisk = {
	folder: string;
	/** Takes every byte that is left, but for so many. @param left @default 0 */
	fill: (left?: number) => void;
	free: () => void;
	unmount: () => void;
};

/**
 * Mounts a disk. The caller must be alone in its mount namespace (`unshare --mount`): then the mount
 * ends with it, and nobody else sees it.
 */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk {
	mkdirSync(folder, {recursive: true});
	must('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
	const ballast = path.join(folder, 'ballast');
	return {
		folder,
		fill(left = 0) {
			const file = openSync(ballast, 'w');
			// Ever smaller pieces, down to the last byte of the last page.
			for (let size = 1 << 20; size >= 1; ) {
				try {
					writeSync(file, Buffer.alloc(size));
				} catch (error) {
					if (systemCode(error) !== 'ENOSPC') {
						throw error;
					}

					size >>= 1;
				}
			}

			ftruncateSync(file, Math.max(0, fstatSync(file).size - left));
			closeSync(file);
		},
		free: () => rmSync(ballast, {force: true}),
		unmount: () => must('umount', ['-l', folder]),
	};
}

function must(command: string, words: readonly string[]): void {
	const {status, stderr, error} = spawnSync(command, words, {encoding: 'utf8'});
	if (status !== 0) {
		throw error ?? new Error(`${command} ${words.join(' ')}: ${stderr}`);
	}
}
