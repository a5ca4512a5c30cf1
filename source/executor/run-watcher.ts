import type {Run} from '../domain/types.js';

/** How far a file is on its way. */
export type TransferProgress = {
	direction: 'upload' | 'download';
	/** The file's name for a person. */
	file: string;
	/** Bytes of this file. */
	done: number;
	total: number;
	/** Smoothed over some seconds, without what was there before; absent until it is known. */
	bytesPerSecond?: number;
	/** Seconds until this file is there, at that rate. */
	etaSeconds?: number;
};

/** An observer of a run. It does not change the run. */
export type RunWatcher = {
	/** After every change that is in the store. The first call has the new run's id. */
	onChange?: (run: Run) => void;
	/** Log bytes, as they are appended to the run's log file. */
	onOutput?: (chunk: Buffer) => void;
	onTransfer?: (progress: TransferProgress) => void;
	/** A message without a change of status: waiting for the slot, a lost connection. */
	onNotice?: (text: string) => void;
};
