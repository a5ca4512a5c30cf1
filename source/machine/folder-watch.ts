import {existsSync, type FSWatcher, watch} from 'node:fs';
import path from 'node:path';
import {systemCode} from '../domain/errors.js';

/** Milliseconds between two reports where the system cannot report changes. */
const blindPause = 1000;

/**
 * Reports every change in a folder, by any process, and costs nothing meanwhile. The folder need
 * not exist yet. Only if the system has no watches left (inotify's limits), it reports
 * "anything" once a second instead.
 * @param onChange gets the changed entry's name; undefined means that anything may have changed
 * @returns the way to stop
 */
export function watchFolder(
	wanted: string,
	onChange: (name: string | undefined) => void,
): () => void {
	const folder = path.resolve(wanted);
	let stop = () => {};

	function goBlind() {
		stop();
		const timer = setInterval(() => onChange(undefined), blindPause);
		stop = () => clearInterval(timer);
	}

	/** Watches the folder or, until it is there, the nearest one above it. */
	function arm() {
		const place = nearestExisting(folder);
		let watcher: FSWatcher;
		try {
			watcher = watch(place, (_event, name) => {
				if (place === folder) {
					onChange(name ?? undefined);
				} else {
					goDeeper(place);
				}
			});
		} catch (error) {
			if (systemCode(error) === 'ENOENT') {
				arm();
			} else {
				goBlind();
			}

			return;
		}

		watcher.on('error', goBlind);
		stop = () => watcher.close();
		// It may have been created between the check and the watch.
		goDeeper(place);
	}

	function goDeeper(place: string) {
		if (place === folder || nearestExisting(folder) === place) {
			return;
		}

		stop();
		arm();
		if (existsSync(folder)) {
			// Files created together with the folder came before the watch.
			onChange(undefined);
		}
	}

	arm();
	return () => stop();
}

function nearestExisting(folder: string): string {
	let place = folder;
	while (!existsSync(place) && path.dirname(place) !== place) {
		place = path.dirname(place);
	}

	return place;
}

/** Merges a burst of calls into one, `delay` milliseconds after the first. */
export function coalesce(delay: number, call: () => void): {ring: () => void; stop: () => void} {
	let timer: NodeJS.Timeout | undefined;
	return {
		ring() {
			timer ??= setTimeout(() => {
				timer = undefined;
				call();
			}, delay);
		},
		stop() {
			clearTimeout(timer);
		},
	};
}
