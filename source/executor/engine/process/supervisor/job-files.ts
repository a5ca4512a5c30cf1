import {parseUnsigned} from '../../../../domain/reported-number.js';
import type {Owner} from '../../../../domain/types.js';

/** Files of a job in its folder among the host's jobs. Its record is replaced as a whole. */
export const recordFile = 'job.json';
/**
 * What the command wrote, both streams, in the order of writing. In a folder of its own, so that
 * who watches the others is not woken by each line.
 */
export const outputFolder = 'output';
export const outputFile = `${outputFolder}/all`;
/**
 * Name of an empty file that asks the supervisor to end the command. A signal could not say the grace,
 * is not known to Windows, and might reach a stranger; content would need room on the disk.
 * @param grace seconds between TERM and KILL
 */
export function stopFile(grace: number): string {
	return `stop-${grace}`;
}

/** The seconds that a file of this name requests; undefined for another file. */
export function graceIn(name: string): number | undefined {
	return name.startsWith('stop-') ? parseUnsigned(name.slice('stop-'.length)) : undefined;
}

/**
 * Variable with the job's folder, in the environment of its command and of its supervisor (whose child has
 * no other before it runs the command). A supervisor that is killed just after it has started the command
 * leaves no other sign of whose that is.
 */
export const folderVariable = 'COSMOS_JOB';

/**
 * The supervisor's record of a job. It exists before the command does, and survives both; so
 * a reader knows the state of the job, whichever process has died meanwhile.
 */
export type JobRecord = {
	runId: string;
	lane: string;
	startedBy: string;
	/** ISO 8601. */
	since: string;
	keeper: Owner;
	/** The supervisor has its orders: from here on the command may have run. */
	begun: boolean;
	/** The command's process; absent when it was over before it could be looked at. */
	command?: Owner;
	/** Once it is there, the output is whole. */
	exit?: JobEnd;
};

export type JobEnd = {
	/** The command's code, 128 + the signal, or that of the time limit. */
	code: number;
	/** Why the command could not be started, else empty. */
	message: string;
};

/** A supervisor's orders. They come through its standard input, because they may hold secrets. */
export type JobOrders = {
	command: readonly string[];
	cwd: string;
	env: Readonly<Record<string, string | undefined>>;
	/** Seconds. */
	timeLimit: number;
};
