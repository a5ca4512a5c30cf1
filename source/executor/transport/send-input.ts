import type {Writable} from 'node:stream';
import type {ExecOptions} from './transport.js';

/** Gives a command its standard input. One that ends without reading it breaks the pipe; its exit code says enough. */
export function sendInput(
	stdin: Writable,
	input: ExecOptions['input'],
	more: ExecOptions['moreInput'],
): void {
	stdin.on('error', () => undefined);
	if (!more) {
		stdin.end(input);
		return;
	}

	stdin.write(input ?? '');
	more.then(
		rest => stdin.end(rest),
		() => stdin.end(),
	);
}
