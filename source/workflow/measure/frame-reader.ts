/** Cuts a stream of raw pictures into frames. @param size bytes of each */
export function frameReader(
	size: number,
	onFrame: (frame: Uint8Array) => void,
): (chunk: Buffer) => void {
	let frame = new Uint8Array(size);
	let filled = 0;
	return chunk => {
		for (let from = 0; from < chunk.length; ) {
			const part = chunk.subarray(from, from + size - filled);
			frame.set(part, filled);
			filled += part.length;
			from += part.length;
			if (filled === size) {
				onFrame(frame);
				frame = new Uint8Array(size);
				filled = 0;
			}
		}
	};
}
