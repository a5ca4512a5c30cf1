import {open} from 'node:fs/promises';

/** How many bytes of a text are shown. */
const most = 64 * 1024;

/** The beginning of a text file, as much of it as a page shows. */
export async function readOutputText(file: string): Promise<{text: string; isCut: boolean}> {
	const handle = await open(file);
	try {
		const bytes = Buffer.alloc(most + 1);
		const {bytesRead} = await handle.read(bytes, 0, bytes.length, 0);
		const isCut = bytesRead > most;
		// `stream` leaves out a character that the limit cuts in two.
		const text = new TextDecoder().decode(bytes.subarray(0, Math.min(bytesRead, most)), {
			stream: isCut,
		});
		return {text, isCut};
	} finally {
		await handle.close();
	}
}
