/** Something in a data folder that is not as it should be. */
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
	/** What is wrong, in words that go on after the path. */
	what: string;
	/** What `--fix` does about it; undefined when only a person can do something. */
	fix?: string;
	/** What a person can do. */
	advice?: string;
	/** Nothing is wrong; a person may want to know. */
	isNote?: boolean;
};

/** A finding with the way to mend it, which looks again before it changes anything. */
export type Repairable = Finding & {repair?: () => Promise<void>};

/** What the checks work on. */
export type CheckedStore = {
	/** The data folder. */
	root: string;
	/** One change of the store at a time, over all processes. */
	transaction: <T>(change: () => Promise<T>) => Promise<T>;
	/**
	 * Moves a file or folder of the data folder to `set-aside/`, where nothing looks for it.
	 * @param name relative to the data folder
	 */
	putAside: (name: string) => Promise<void>;
	/** The same with a copy of a file, which itself stays. */
	copyAside: (name: string) => Promise<void>;
};

export type VerifyOptions = {
	/** Compare the hash of every output too. */
	deep?: boolean;
	onProgress?: (what: string) => void;
};
