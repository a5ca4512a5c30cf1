import {ConnectionLostError, CosmosError} from '../domain/errors.js';
import type {Failure} from '../domain/failures/failure.js';

/** A step's failure, with the reason that the run gets. */
export class StepError extends Error {
	readonly failure: Failure;

	constructor(reason: Failure['reason'], error: CosmosError) {
		super(error.message, {cause: error});
		this.failure = {reason, message: error.message, hint: error.hint};
	}
}

/** Runs one step. An error in it ends the run, except errors of the local disk and a lost connection. */
export async function runStep<T>(
	reason: 'upload' | 'engine',
	signal: AbortSignal,
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof StepError || error instanceof ConnectionLostError) {
			throw error;
		}

		if (error instanceof CosmosError && error.kind !== 'home') {
			throw new StepError(reason, error);
		}

		if (signal.aborted && !(error instanceof CosmosError)) {
			throw new StepError(reason, new CosmosError('cancelled', 'cancelled', {cause: error}));
		}

		throw error;
	}
}
