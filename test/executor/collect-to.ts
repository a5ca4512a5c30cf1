import type {TakeOutput} from '../../source/executor/transport/transport.js';

/** Keeps all output. */
export function collectTo(chunks: Buffer[]): TakeOutput {
	return chunk => {
		chunks.push(chunk);
	};
}
