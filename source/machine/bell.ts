/** Notifies waiters: a change between two waits is not missed. */
export function createBell() {
	let rung = false;
	let wake = () => {};

	function ring() {
		rung = true;
		wake();
	}

	return {
		ring,
		/**
		 * Resolves at the next notification, immediately after one that nobody waited for, when `signal` is
		 * aborted, or at a moment in milliseconds since 1970.
		 */
		async next(signal?: AbortSignal, until?: number): Promise<void> {
			if (!rung && !signal?.aborted) {
				const timer = until === undefined ? undefined : setTimeout(ring, until - Date.now());
				signal?.addEventListener('abort', ring, {once: true});
				await new Promise<void>(resolve => {
					wake = resolve;
				});
				signal?.removeEventListener('abort', ring);
				clearTimeout(timer);
			}

			rung = false;
		},
	};
}
