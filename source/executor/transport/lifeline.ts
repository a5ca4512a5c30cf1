/** Ties promises to a thing that may end before they do: a connection, a channel. */
export type Lifeline = {
	/** Why it ended; undefined while it holds. */
	readonly error: Error | undefined;
	/** Settles as the work does, or rejects as soon as the lifeline is cut. */
	during: <T>(work: Promise<T>) => Promise<T>;
	/** Rejects everything that is pending and all that comes later. Only the first call counts. */
	cut: (error: Error) => void;
};

export function createLifeline(): Lifeline {
	let error: Error | undefined;
	// Not Promise.race: a promise that lives as long as the connection would keep every one of its
	// listeners.
	const pending = new Set<(error: Error) => void>();
	return {
		get error() {
			return error;
		},
		during<T>(work: Promise<T>): Promise<T> {
			return new Promise<T>((resolve, reject) => {
				const end = () => pending.delete(reject);
				work.then(resolve, reject).finally(end);
				if (error) {
					reject(error);
				} else {
					pending.add(reject);
				}
			});
		},
		cut(reason) {
			if (error) {
				return;
			}

			error = reason;
			for (const reject of pending) {
				reject(reason);
			}

			pending.clear();
		},
	};
}
