/**
 * Lets only so many calls of a function be under way; the others wait for their turn, first come, first
 * served.
 */
export function atMost<A extends unknown[], R>(
	limit: number,
	work: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
	let busy = 0;
	const waiting: Array<() => void> = [];
	return async (...args) => {
		if (busy < limit) {
			busy++;
		} else {
			await new Promise<void>(resolve => {
				waiting.push(resolve);
			});
		}

		try {
			return await work(...args);
		} finally {
			// The place is handed on; it is free only when nobody wants it.
			const next = waiting.shift();
			if (next) {
				next();
			} else {
				busy--;
			}
		}
	};
}
