/** A problem in a data folder. */
export type Finding = {
	kind:
		| 'damaged'
		| 'newer'
		| 'index'
		| 'astray'
		| 'unfinished'
		| 'lock'
		| 'orphan'
		| 'outputs'
		| 'hash'
		| 'trash'
		| 'reference'
		| 'kept';
	/** Relative to the data folder, `/` between parts. */
	path: string;
	/** The problem, in words that follow the path. */
	what: string;
	/** What `--fix` does about it; undefined if only the user can fix it. */
	fix?: string;
	/** What a person can do. */
	advice?: string;
	/** Not a problem, but worth knowing. */
	isNote?: boolean;
};

/** A finding with its repair, which checks again before it changes anything. */
export type Repairable = Finding & {repair?: () => Promise<void>};

/** What the checks work on. */
export type CheckedStore = {
	/** The data folder. */
	root: string;
	/** One change of the store at a time, over all processes. */
	transaction: <T>(change: () => Promise<T>) => Promise<T>;
	/**
	 * Moves a file or folder of the data folder to `set-aside/`, where it is ignored.
	 * @param name relative to the data folder
	 */
	putAside: (name: string) => Promise<void>;
	/** The same with a copy of a file, which is kept. */
	copyAside: (name: string) => Promise<void>;
};

export type VerifyOptions = {
	/** Compare the hash of every output too. */
	deep?: boolean;
	onProgress?: (what: string) => void;
};
