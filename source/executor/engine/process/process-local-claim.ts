import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {type FileHandle, open} from 'node:fs/promises';
import type {Writable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {CosmosError} from '../../../domain/errors.js';
import {type Host, needsNoGpu} from '../../../domain/hosts/host.js';
import type {Job, RunJobOptions} from '../engine.js';
import {provenanceFunction} from '../provenance-script.js';
import {explainWait, startScript} from '../slot-script.js';
import {readStart} from '../start-protocol.js';
import {slotFunctions} from './process-scripts.js';

export type GpuClaim = {
	path: string;
	/** Its lock is the claim: that lasts as long as any process has the file open. */
	file: FileHandle;
	/** Lines that say what makes the job's result. */
	made: readonly string[];
};

/** Whether jobs of a host claim their GPUs: not where none is at stake, or the system has no such locks. */
export function claimsGpus(host: Host): boolean {
	return !needsNoGpu(host) && process.platform === 'linux';
}

/**
 * Claims the GPUs of a job among all users of this machine, with the script by which jobs of hosts claim
 * theirs.
 * @throws CosmosError (cancelled) when `signal` is aborted, (host) when the GPUs cannot be claimed
 */
export async function claimGpus(
	host: Host,
	job: Job,
	{onWait}: Pick<RunJobOptions, 'onWait'>,
	signal: AbortSignal,
): Promise<GpuClaim> {
	const gpus = job.gpus ?? host.gpus;
	const shell = spawn('sh', ['-s'], {
		detached: true,
		stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
	});
	const ended = once(shell, 'close');
	const complaint = text(shell.stderr as NonNullable<typeof shell.stderr>);
	const letGo = shell.stdio[3] as Writable;
	for (const stream of [letGo, shell.stdin as Writable]) {
		stream.on('error', () => undefined);
	}

	const end = () => shell.kill('SIGTERM');
	signal.addEventListener('abort', end, {once: true});
	if (signal.aborted) {
		end();
	}

	const script = startScript({...job, gpus}, claimFunctions({...job, gpus}));
	shell.stdin?.end(`{\n${script}\n} </dev/null\n`);
	try {
		const claimed = await readClaim(shell.stdout as NonNullable<typeof shell.stdout>, onWait);
		if (claimed === undefined) {
			const [code] = (await ended) as [number];
			const stderr = await complaint;
			throw (
				explainWait(host.name, {code, stderr}) ??
				new CosmosError('host', `${host.name} could not start the job: ${stderr.trim()}`)
			);
		}

		const file = await open(claimed.path, 'r');
		await shareLock(file);
		return {...claimed, file};
	} finally {
		signal.removeEventListener('abort', end);
		letGo.end();
		await ended;
	}
}

/** The shell holds the claim until its input ends: by then another process holds it too. */
const claimFunctions = (job: Job) => `${slotFunctions}
${provenanceFunction(job, 'host')}
run_job() {
	rm -f "$token.starting"
	echo "$claim"
	exec cat <&3 >/dev/null 2>&1
}`;

/** The path of the claim, once the GPUs are free; undefined if the shell has given up. */
async function readClaim(
	stdout: NodeJS.ReadableStream,
	onWait: RunJobOptions['onWait'],
): Promise<Omit<GpuClaim, 'file'> | undefined> {
	let path = '';
	let made: readonly string[] = [];
	const reader = readStart({
		onReady: () => undefined,
		onWait: holder => onWait?.(holder),
		onStart(lines) {
			made = lines;
		},
		onOutput(chunk) {
			path += chunk.toString();
		},
	});
	for await (const chunk of stdout) {
		await reader.push(chunk as Buffer);
	}

	return path.endsWith('\n') ? {path: path.slice(0, -1), made} : undefined;
}

/** Node cannot lock a file; a lock that a child takes on our open file stays ours. */
async function shareLock(file: FileHandle): Promise<void> {
	const [code] = await once(
		spawn('flock', ['-n', '-s', '3'], {stdio: ['ignore', 'ignore', 'ignore', file.fd]}),
		'exit',
	);
	if (code !== 0) {
		await file.close();
		throw new CosmosError('host', 'could not lock the claim on the GPUs');
	}
}
