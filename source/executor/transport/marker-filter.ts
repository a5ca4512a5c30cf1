import type {TakeOutput} from './transport.js';

/** How much of what comes before the marker is kept for an error message, in bytes. */
const keptNoise = 64 * 1024;

export type MarkerFilter = {
	/** Returns what the consumer of the output returns. */
	push: TakeOutput;
	/** What came so far while the marker did not; undefined once it has. */
	noise: () => string | undefined;
};

/**
 * Passes on what follows the first marker in a stream, byte for byte. What a login shell prints
 * before it is dropped. The marker may be split between chunks.
 * @param onMarker called once, when it has come
 */
export function createMarkerFilter(
	marker: string,
	onOutput: TakeOutput,
	onMarker: () => void = () => undefined,
): MarkerFilter {
	let before: Buffer | undefined = Buffer.alloc(0);
	return {
		push(chunk) {
			if (!before) {
				return onOutput(chunk);
			}

			const joined = Buffer.concat([before, chunk]);
			const at = joined.indexOf(marker);
			if (at === -1) {
				before = joined.subarray(-keptNoise);
				return undefined;
			}

			before = undefined;
			onMarker();
			const rest = joined.subarray(at + Buffer.byteLength(marker));
			return rest.length > 0 ? onOutput(rest) : undefined;
		},
		noise: () => before?.toString(),
	};
}
