import {once} from 'node:events';
import {createServer, type Socket} from 'node:net';
import {createInterface} from 'node:readline';
import type {GpuAnswer, GpuQuestion} from './gpu-line.js';

/** What is to become of a part of a job. */
export type Fate = {
	end: 'completed' | 'failed';
	/** How often the host cannot be reached before. */
	refusals: number;
	/** Milliseconds that it runs. */
	time: number;
};

/** A job on the fake GPU: what really happened, whatever anybody says. */
export type GpuJob = {
	run: string;
	part: string;
	lane: string;
	state: 'running' | 'completed' | 'failed' | 'stopped';
};

/**
 * A GPU host of this process: its jobs outlive the workers that start them, as containers do. It
 * knows what ran, and notes what must never be.
 */
export async function startGpuHost(address: string, onEvent: () => void) {
	const fates = new Map<string, Fate>();
	const refused = new Map<string, number>();
	const jobs = new Map<string, GpuJob & {ended: Promise<void>; stop: () => void}>();
	const problems: string[] = [];
	/** Hosts that are cut off, with those who wait for their answers. */
	const cutOff = new Map<string, Array<() => void>>();
	const sockets = new Set<Socket>();

	function start(run: string, part: string, lane: string): GpuAnswer {
		if (jobs.has(run)) {
			return 'exists';
		}

		const all = [...jobs.values()];
		const other = all.find(job => job.lane === lane && job.state === 'running');
		if (other) {
			problems.push(`${run} started on ${lane} while ${other.run} ran`);
		}

		const twin = all.find(job => job.part === part);
		if (twin) {
			problems.push(`${part} started twice, as ${twin.run} and ${run}`);
		}

		const {end, time} = fates.get(part) as Fate;
		let stop = () => {};
		const ended = new Promise<void>(resolve => {
			const finish = (state: GpuJob['state']) => {
				if (job.state === 'running') {
					job.state = state;
					clearTimeout(timer);
					resolve();
					onEvent();
				}
			};

			const timer = setTimeout(() => finish(end), time);
			stop = () => finish('stopped');
		});
		const job = {run, part, lane, state: 'running' as GpuJob['state'], ended, stop: () => stop()};
		jobs.set(run, job);
		onEvent();
		return 'ok';
	}

	const stopped = (run: string) => ({
		run,
		part: '',
		lane: '',
		state: 'stopped' as const,
		ended: Promise.resolve(),
		stop: () => undefined,
	});

	function reach(host: string, part: string | undefined): GpuAnswer {
		if (part === undefined) {
			return cutOff.has(host) ? 'refused' : 'ok';
		}

		const count = refused.get(part) ?? 0;
		const isRefused = cutOff.has(host) || count < (fates.get(part)?.refusals ?? 0);
		refused.set(part, count + (isRefused ? 1 : 0));
		return isRefused ? 'refused' : 'ok';
	}

	async function answer(question: GpuQuestion): Promise<GpuAnswer> {
		if (question.ask === 'reach') {
			return reach(question.host, question.part);
		}

		while (cutOff.has(question.host)) {
			await new Promise<void>(resolve => cutOff.get(question.host)?.push(resolve));
		}

		if (question.ask === 'start') {
			return start(question.run, question.part, question.lane);
		}

		const job = jobs.get(question.run);
		if (question.ask === 'stop') {
			// A start that is still on its way finds the name taken.
			job ? job.stop() : jobs.set(question.run, stopped(question.run));
		} else if (question.ask === 'wait') {
			await job?.ended;
		}

		return job?.state ?? 'none';
	}

	const server = createServer(socket => {
		sockets.add(socket);
		const lines = createInterface({input: socket});
		// A worker that is killed leaves its line broken; readline passes that on as its own error.
		socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
		lines.on('error', () => undefined);
		lines.on('line', line => {
			const {number, ...question} = JSON.parse(line) as GpuQuestion & {number: number};
			answer(question).then(said => {
				socket.write(`${JSON.stringify({number, answer: said})}\n`);
			});
		});
	});
	server.listen(address);
	await once(server, 'listening');
	return {
		fates,
		problems,
		/** Nobody reaches a host any more; what runs there goes on. */
		cut(host: string) {
			cutOff.set(host, cutOff.get(host) ?? []);
		},
		heal(host: string) {
			const waiting = cutOff.get(host) ?? [];
			cutOff.delete(host);
			for (const goOn of waiting) {
				goOn();
			}
		},
		refusalsOf: (part: string) => refused.get(part) ?? 0,
		jobOf: (part: string): GpuJob | undefined => [...jobs.values()].find(job => job.part === part),
		async close() {
			for (const socket of sockets) {
				socket.destroy();
			}

			server.close();
			await once(server, 'close');
		},
	};
}

export type GpuHost = Awaited<ReturnType<typeof startGpuHost>>;
