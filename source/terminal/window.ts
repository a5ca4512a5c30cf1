/** A terminal that knows of it shows nothing until the next frame, which Ink ends so. */
const beginSynchronized = '\u001b[?2026h';
const homeAndEraseDown = '\u001b[H\u001b[J';

/**
 * Blanks the window just before all of it is drawn again: the terminal may have moved, wrapped and cut
 * what Ink takes for drawn and leaves out.
 * @param forget makes Ink and others that draw forget the old content
 */
export function blank(stdout: NodeJS.WriteStream, forget: () => void): void {
	stdout.write(beginSynchronized);
	forget();
	stdout.write(homeAndEraseDown);
}

/**
 * Reports the window's changes.
 * @param resized it has another size
 * @param changed it has the same one, but has had another for a moment
 * @returns what ends the watch
 */
export function watchWindow(
	stdout: NodeJS.WriteStream,
	{resized, changed}: {resized: () => void; changed: () => void},
): () => void {
	let isResized = false;
	const resize = () => {
		isResized = true;
		resized();
	};

	// Node says nothing of a window that is by now as it was.
	const signalled = () => {
		if (!isResized) {
			changed();
		}

		isResized = false;
	};

	// Before Ink's own listener, which draws the tree as it is: it must have the new size by then.
	stdout.prependListener('resize', resize);
	process.on('SIGWINCH', signalled);
	return () => {
		stdout.off('resize', resize);
		process.off('SIGWINCH', signalled);
	};
}
