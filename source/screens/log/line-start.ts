import type {LogFile} from '../../store/log-file.js';

/** Bytes in which a line's end is looked for: at first, and when it is far. */
const [nearby, most] = [4096, 128 * 1024];

/** The offset at which the first line begins that begins at `near` or after it, below `size`. */
export async function lineStart(
	log: Pick<LogFile, 'read'>,
	near: number,
	size: number,
): Promise<number> {
	let at = near;
	let length = nearby;
	while (at > 0 && at < size) {
		const newline = (await log.read(at - 1, at - 1 + length)).indexOf(10);
		if (newline >= 0) {
			return at + newline;
		}

		at += length;
		length = Math.min(2 * length, most);
	}

	return Math.max(0, near);
}
