import path from 'node:path';
import {Worker} from 'node:worker_threads';
import {packageRoot} from '../package-root.js';
import type {EncodedPicture, EncodeTask} from './encode-picture.js';

export type EncoderThread = {
	/** @throws Error when the thread has failed or was closed */
	encode: (task: EncodeTask) => Promise<EncodedPicture>;
	close: () => void;
};

type Waiting = {resolve: (encoded: EncodedPicture) => void; reject: (error: Error) => void};

/** Starts the thread that encodes pictures. It does not keep the program alive. */
export function startEncoder(): EncoderThread {
	const worker = new Worker(path.join(packageRoot(), 'dist', 'encoder.js'));
	worker.unref();
	/** In the order in which they were asked for, which is that of the answers. */
	const waiting: Waiting[] = [];
	let failure: Error | undefined;
	const fail = (error: Error) => {
		failure ??= error;
		for (const {reject} of waiting.splice(0)) {
			reject(failure);
		}
	};

	worker.on('message', (encoded: EncodedPicture) => waiting.shift()?.resolve(encoded));
	worker.on('error', fail);
	worker.on('exit', () => fail(new Error('the picture encoder stopped')));
	return {
		encode(task) {
			return new Promise((resolve, reject) => {
				if (failure) {
					reject(failure);
				} else {
					waiting.push({resolve, reject});
					worker.postMessage(task);
				}
			});
		},
		close() {
			void worker.terminate();
		},
	};
}
