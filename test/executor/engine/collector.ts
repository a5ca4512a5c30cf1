/** Gathers what a job says and lets a test wait for words in it. */
export function collector() {
	const chunks: Buffer[] = [];
	const holders: string[] = [];
	const watchers = new Set<() => void>();
	const changed = () => {
		for (const watcher of watchers) {
			watcher();
		}
	};

	const until = (true_: () => boolean) =>
		new Promise<void>(resolve => {
			const look = () => {
				if (true_()) {
					watchers.delete(look);
					resolve();
				}
			};

			watchers.add(look);
			look();
		});
	const text = () => Buffer.concat(chunks).toString();
	return {
		take(chunk: Buffer) {
			chunks.push(chunk);
			changed();
		},
		heardOf(holder: string) {
			holders.push(holder);
			changed();
		},
		text,
		bytes: () => Buffer.concat(chunks),
		/** For whom the job waited, in order. */
		holders,
		/** Resolves when the output holds these words. */
		seen: (words: string) => until(() => text().includes(words)),
		/** Resolves when the job has said that it waits for somebody. */
		waits: () => until(() => holders.length > 0),
	};
}
