import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import {createInterface} from 'node:readline';

/** What a worker asks of the fake GPU hosts. Of one that is cut off only `reach` is answered. */
export type GpuQuestion = {
	host: string;
} /** May answer `refused`, as a host that cannot be reached; for a job, or as a mere look. */ & (
	| {ask: 'reach'; part?: string}
	/** `exists` when the run's name is taken. */
	| {ask: 'start'; run: string; part: string; lane: string}
	| {ask: 'find'; run: string}
	/** Answered when the job has ended. */
	| {ask: 'wait'; run: string}
	| {ask: 'stop'; run: string}
);

export type GpuAnswer =
	| 'ok'
	| 'refused'
	| 'exists'
	| 'none'
	| 'running'
	| 'completed'
	| 'failed'
	| 'stopped';

/** A worker's line to the fake GPU host. */
export async function openGpuLine(address: string) {
	const socket: Socket = connect(address);
	await once(socket, 'connect');
	const waiting = new Map<number, (answer: GpuAnswer) => void>();
	createInterface({input: socket}).on('line', line => {
		const {number, answer} = JSON.parse(line) as {number: number; answer: GpuAnswer};
		waiting.get(number)?.(answer);
		waiting.delete(number);
	});
	let last = 0;
	return {
		ask(question: GpuQuestion): Promise<GpuAnswer> {
			const number = ++last;
			socket.write(`${JSON.stringify({number, ...question})}\n`);
			return new Promise(resolve => {
				waiting.set(number, resolve);
			});
		},
		close: () => socket.destroy(),
	};
}

export type GpuLine = Awaited<ReturnType<typeof openGpuLine>>;
