import {abortable, throwIfAborted} from './abortable.js';
import type {ExecOptions, Transport} from './transport.js';

/**
 * The same host, on which nothing is begun once the signal is aborted, and nothing waited for. What can
 * take long is ended there, too.
 */
export function untilAborted(transport: Transport, signal: AbortSignal | undefined): Transport {
	if (!signal) {
		return transport;
	}

	const given =
		<A extends readonly unknown[], T>(work: (...words: A) => Promise<T>) =>
		async (...words: A): Promise<T> => {
			throwIfAborted(signal);
			return abortable(work(...words), signal);
		};
	const both = (own: AbortSignal | undefined) => (own ? AbortSignal.any([own, signal]) : signal);
	const {exec, listFiles, upload, download, hashes} = transport;
	return {
		host: transport.host,
		get closed() {
			return transport.closed;
		},
		get connectedSince() {
			return transport.connectedSince;
		},
		close: transport.close,
		connect: given(transport.connect),
		exec: given((words: readonly string[], options?: ExecOptions) =>
			exec(words, {...options, signal: both(options?.signal)}),
		),
		home: given(transport.home),
		fileSize: given(transport.fileSize),
		isFolder: given(transport.isFolder),
		makeFolder: given(transport.makeFolder),
		listFolder: given(transport.listFolder),
		listFiles: given(folder => listFiles(folder, signal)),
		writeFile: given(transport.writeFile),
		upload: given((from, to, options) =>
			upload(from, to, {...options, signal: both(options?.signal)}),
		),
		download: given((from, to, options) =>
			download(from, to, {...options, signal: both(options?.signal)}),
		),
		rename: given(transport.rename),
		link: given(transport.link),
		remove: given(transport.remove),
		hashes: given((paths, options) => hashes(paths, {...options, signal: both(options?.signal)})),
		clock: given(transport.clock),
		freeSpace: given(transport.freeSpace),
	};
}
