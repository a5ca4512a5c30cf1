import type {FailureReason} from './failure.js';

/** What a cause can say of the run that it ended. */
export type FailedRun = {
	isTransfer: boolean;
	/** Flags that need less GPU memory, in words; empty where there are none. */
	savesMemory: string;
	/** How far it was, where its log tells. */
	phase?: 'loading' | 'sampling';
};

/** A cause that a log names. A row of the table: the failure's page of the docs is made from it. */
export type FailureCause = {
	/** A name for the docs and the tests. */
	name: string;
	/** @default program-error */
	reason?: FailureReason;
	/** What a line of the log says; it is looked for in each line by itself. */
	says: RegExp;
	/** One of the line's words, without quotes, must fit this; `$0` stands for it. */
	names?: RegExp;
	/**
	 * `root`: this ended the job. `effect`: something else may have, as when other processes wait for one
	 * that has died; it counts only where no root is there.
	 * @default root
	 */
	weight?: 'root' | 'effect';
	/** What happened. `$1` and so on stand for groups of the pattern, `$&` for the line. */
	message: string | ((run: FailedRun) => string);
	hint: string | ((run: FailedRun) => string);
	/** Of an input that the model refuses: not for recipes, of which nobody knows what a line means. */
	onlyModels?: true;
};
