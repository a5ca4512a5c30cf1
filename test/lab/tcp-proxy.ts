import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';

/** A network to break: stands between a client and a port of this machine. */
export type TcpProxy = {
	port: number;
	/** The ports from which its connections reach the target: what the server sees of each client. */
	peers: () => number[];
	/** Nothing passes any more, without a notice: an unplugged cable. */
	silence: () => void;
	/** What was held back goes on, in order. */
	resume: () => void;
	/** Ends every connection at once, as a reset. */
	cut: () => void;
	/** Cuts when so many more bytes have passed, both ways together. Resolves then. */
	cutAfter: (bytes: number) => Promise<void>;
	/** Bytes so far: from the client to the port, and back. */
	passed: () => {up: number; down: number};
	stop: () => Promise<void>;
};

export async function startTcpProxy(target: number): Promise<TcpProxy> {
	const pairs = new Set<[Socket, Socket]>();
	let silent = false;
	let budget = Number.POSITIVE_INFINITY;
	let spent: () => void = () => undefined;
	const passed = {up: 0, down: 0};

	function cut(): void {
		for (const sockets of pairs) {
			for (const socket of sockets) {
				socket.resetAndDestroy();
			}
		}
	}

	function forward(from: Socket, to: Socket, way: 'up' | 'down'): void {
		from.on('data', chunk => {
			passed[way] += chunk.length;
			budget -= chunk.length;
			if (budget <= 0) {
				budget = Number.POSITIVE_INFINITY;
				cut();
				spent();
				return;
			}

			if (!to.write(chunk)) {
				from.pause();
			}
		});
		to.on('drain', () => {
			if (!silent) {
				from.resume();
			}
		});
		from.on('end', () => to.end());
		// The other side hears of it by the close.
		from.on('error', () => undefined);
		from.on('close', () => to.destroy());
	}

	const server = createServer(near => {
		const far = connect(target, '127.0.0.1');
		const pair: [Socket, Socket] = [near, far];
		pairs.add(pair);
		near.on('close', () => pairs.delete(pair));
		forward(near, far, 'up');
		forward(far, near, 'down');
		if (silent) {
			near.pause();
			far.pause();
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		peers: () => [...pairs].flatMap(([, far]) => far.localPort ?? []),
		silence() {
			silent = true;
			for (const socket of [...pairs].flat()) {
				socket.pause();
			}
		},
		resume() {
			silent = false;
			for (const socket of [...pairs].flat()) {
				socket.resume();
			}
		},
		cut,
		cutAfter(bytes) {
			budget = bytes;
			return new Promise(resolve => {
				spent = resolve;
			});
		},
		passed: () => ({...passed}),
		async stop() {
			cut();
			server.close();
			await once(server, 'close');
		},
	};
}
