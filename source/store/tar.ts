// The tar format of POSIX.1-2001 (pax), as far as archives of regular files need it; see
// https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html. Any tar program can list and
// unpack what is written here.

const blockSize = 512;
/** Bytes of an extended header that are read at most. */
const longestExtension = 1 << 20;

/** The header of one file; its content, filled up by `padding`, has to follow. */
export function tarHeader(name: string, size: number, modified: number): Buffer {
	const plain = header({name: 'long', size, modified, type: '0'});
	if (Buffer.byteLength(name) <= 100 && /^[\x20-\x7e]*$/.test(name) && size < 8 ** 11) {
		return header({name, size, modified, type: '0'});
	}

	const records = [['path', name] as const, ['size', String(size)] as const].map(paxRecord);
	const extension = Buffer.from(records.join(''));
	return Buffer.concat([
		header({name: 'pax', size: extension.length, modified, type: 'x'}),
		extension,
		padding(extension.length),
		plain,
	]);
}

/** What fills a file's content up to a whole block. */
export function padding(size: number): Buffer {
	return Buffer.alloc((blockSize - (size % blockSize)) % blockSize);
}

/** The end of an archive. */
export const tarEnd = Buffer.alloc(2 * blockSize);

type Header = {name: string; size: number; modified: number; type: string};

function header({name, size, modified, type}: Header): Buffer {
	const block = Buffer.alloc(blockSize);
	block.write(name, 0, 100, 'utf8');
	block.write(octal(0o600, 7), 100);
	block.write(octal(0, 7), 108);
	block.write(octal(0, 7), 116);
	block.write(octal(Math.min(size, 8 ** 11 - 1), 11), 124);
	block.write(octal(Math.max(0, Math.floor(modified / 1000)), 11), 136);
	block.write(type, 156);
	block.write('ustar\u000000', 257);
	block.write(octal(checksum(block), 6), 148);
	block.write('\0 ', 154);
	return block;
}

function octal(value: number, digits: number): string {
	return value.toString(8).padStart(digits, '0');
}

/** The sum of all bytes, the sum's own field counted as spaces. */
function checksum(block: Buffer): number {
	let sum = 8 * 32;
	for (const [index, byte] of block.entries()) {
		sum += index >= 148 && index < 156 ? 0 : byte;
	}

	return sum;
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord([key, value]: readonly [string, string]): string {
	const rest = Buffer.byteLength(` ${key}=${value}\n`);
	let length = rest;
	while (String(length).length + rest !== length) {
		length = String(length).length + rest;
	}

	return `${length} ${key}=${value}\n`;
}

export type TarEntry = {
	name: string;
	size: number;
	/** `file`, or what else it is: never unpacked. */
	type: 'file' | 'other';
	/** Its bytes; what is not read of them is skipped. */
	content: AsyncIterable<Buffer>;
};

/**
 * The entries of an archive, in its order.
 * @throws Error that says what is wrong with it, also when its end is missing
 */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
	const bytes = createReader(source);
	let extension: Map<string, string> = new Map();
	for (;;) {
		const block = await bytes.exactly(blockSize);
		if (block.every(byte => byte === 0)) {
			return;
		}

		const {name, size, type} = parseHeader(block);
		if (type === 'x') {
			if (size > longestExtension) {
				throw new Error('it has an extended header that is too long');
			}

			extension = parsePax(await bytes.exactly(size));
			await bytes.exactly(padding(size).length);
			continue;
		}

		const own = extension;
		extension = new Map();
		const whole = Number(own.get('size') ?? size);
		if (!Number.isSafeInteger(whole) || whole < 0) {
			throw new Error('it has a file of no possible size');
		}

		let left = whole;
		const content = (async function* () {
			while (left > 0) {
				const piece = await bytes.some(left);
				left -= piece.length;
				yield piece;
			}
		})();
		yield {
			name: own.get('path') ?? name,
			size: whole,
			type: type === '0' || type === '\0' ? 'file' : 'other',
			content,
		};
		for (; left > 0; left -= (await bytes.some(left)).length);
		await bytes.exactly(padding(whole).length);
	}
}

function parseHeader(block: Buffer): Pick<Header, 'name' | 'size' | 'type'> {
	const text = (start: number, length: number) =>
		(block.toString('utf8', start, start + length).split('\0')[0] as string).trim();
	if (Number.parseInt(text(148, 8), 8) !== checksum(block)) {
		throw new Error('it is no tar archive, or damaged: a header has the wrong sum');
	}

	const prefix = block.toString('latin1', 257, 262) === 'ustar' ? text(345, 155) : '';
	const size = Number.parseInt(text(124, 12) || '0', 8);
	if (Number.isNaN(size)) {
		throw new Error('it has a file of no possible size');
	}

	return {
		name: prefix ? `${prefix}/${text(0, 100)}` : text(0, 100),
		size,
		type: String.fromCharCode(block[156] as number),
	};
}

function parsePax(bytes: Buffer): Map<string, string> {
	const found = new Map<string, string>();
	for (let start = 0; start < bytes.length; ) {
		const space = bytes.indexOf(' ', start);
		const length = Number(bytes.toString('latin1', start, space));
		if (space < 0 || !Number.isInteger(length) || length <= space - start) {
			throw new Error('it has an extended header that cannot be read');
		}

		const [key, ...value] = bytes.toString('utf8', space + 1, start + length - 1).split('=');
		found.set(key as string, value.join('='));
		start += length;
	}

	return found;
}

/** Reads a stream in pieces of the sizes that are asked for. */
function createReader(source: AsyncIterable<Buffer>) {
	const chunks = source[Symbol.asyncIterator]();
	let rest: Buffer = Buffer.alloc(0);

	async function some(most: number): Promise<Buffer> {
		while (rest.length === 0) {
			const next = await chunks.next();
			if (next.done) {
				throw new Error('it is cut off');
			}

			rest = next.value;
		}

		const piece = rest.subarray(0, most);
		rest = rest.subarray(piece.length);
		return piece;
	}

	return {
		some,
		async exactly(size: number): Promise<Buffer> {
			const pieces: Buffer[] = [];
			for (let left = size; left > 0; ) {
				const piece = await some(left);
				pieces.push(piece);
				left -= piece.length;
			}

			return Buffer.concat(pieces);
		},
	};
}
