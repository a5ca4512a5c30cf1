/** Where something may stand next in bytes, from a position on; -1 where it does not any more. */
export type ByteSearch = (bytes: Buffer, from: number) => number;

/** Bytes by which is judged what is rare. */
const sampleSize = 64 * 1024;

/** Finds a text as it is written. Without a text everything is found. */
export function exactSearch(text: string): ByteSearch {
	const wanted = Buffer.from(text);
	return (bytes, from) => bytes.indexOf(wanted, from);
}

/**
 * Finds a text of ASCII in capitals and small letters alike. Its rarest character is looked for, which
 * the system does many times faster than an expression could be matched, and the others around it.
 */
export function anyCaseSearch(text: string): ByteSearch {
	const wanted = Buffer.from(text.toLowerCase());
	let rarest: number | undefined;
	return (bytes, from) => {
		if (wanted.length === 0) {
			return from;
		}

		rarest ??= rarestIn(bytes, wanted);
		const low = wanted[rarest] as number;
		const high = capitalOf(low);
		const next = (byte: number, at: number) => bytes.indexOf(byte, at + (rarest ?? 0));
		let [small, large] = [next(low, from), high === low ? -1 : next(high, from)];
		while (small >= 0 || large >= 0) {
			const isSmall = large < 0 || (small >= 0 && small < large);
			const start = (isSmall ? small : large) - rarest;
			if (standsAt(bytes, start, wanted)) {
				return start;
			}

			if (isSmall) {
				small = next(low, start + 1);
			} else {
				large = next(high, start + 1);
			}
		}

		return -1;
	};
}

/** Finds an expression, flag `g`, in bytes read as latin1. */
export function expressionSearch(expression: RegExp): ByteSearch {
	let last: Buffer | undefined;
	let text = '';
	return (bytes, from) => {
		if (bytes !== last) {
			[last, text] = [bytes, bytes.toString('latin1')];
		}

		expression.lastIndex = from;
		return expression.exec(text)?.index ?? -1;
	};
}

function rarestIn(bytes: Buffer, wanted: Buffer): number {
	const counts = new Uint32Array(256);
	for (const byte of bytes.subarray(0, sampleSize)) {
		counts[smallOf(byte)] = (counts[smallOf(byte)] ?? 0) + 1;
	}

	let rarest = 0;
	for (const [index, byte] of wanted.entries()) {
		if ((counts[byte] ?? 0) < (counts[wanted[rarest] as number] ?? 0)) {
			rarest = index;
		}
	}

	return rarest;
}

function standsAt(bytes: Buffer, start: number, wanted: Buffer): boolean {
	if (start + wanted.length > bytes.length) {
		return false;
	}

	for (let index = 0; index < wanted.length; index++) {
		if (smallOf(bytes[start + index] as number) !== wanted[index]) {
			return false;
		}
	}

	return true;
}

function smallOf(byte: number): number {
	return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

function capitalOf(byte: number): number {
	return byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
}
