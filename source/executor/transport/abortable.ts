import {CosmosError} from '../../domain/errors.js';

/** What a transport's method rejects with when its signal is aborted. */
function cancelledError(signal: AbortSignal): CosmosError {
	return new CosmosError('cancelled', 'cancelled', {cause: signal.reason});
}

/** @throws CosmosError (cancelled) when the signal is aborted already */
export function throwIfAborted(signal: AbortSignal | undefined): void {
	if (signal?.aborted) {
		throw cancelledError(signal);
	}
}

/** Settles as the work does, or rejects at once when the signal is aborted. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (!signal) {
		return work;
	}

	return new Promise<T>((resolve, reject) => {
		const stop = () => reject(cancelledError(signal));
		work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
		if (signal.aborted) {
			stop();
		} else {
			signal.addEventListener('abort', stop, {once: true});
		}
	});
}
