import {spawn} from 'node:child_process';
import type {NotifyConfig} from '../../config/notify.js';
import {messageOf} from '../../domain/errors.js';
import {hasEnded, isQueued, type Job} from '../../domain/queue/job.js';
import {heldByHand} from '../../domain/queue/queue-change.js';
import type {Store} from '../../store/store.js';

/** What a notification says; a webhook gets it as JSON. */
export type Notification = {
	/** One line, such as `city-night: failed`. */
	title: string;
	/** More of it; may be empty. */
	text: string;
	status: 'done' | 'failed' | 'held';
	/** The id of the job; absent in a digest. */
	job?: string;
	run?: string;
	dataset?: string;
	/** In a digest: clips since the last one. */
	counts?: {done: number; failed: number};
};

export type Notifier = {
	/** Takes every change of a job. One that waits again, since it is retried, is not reported. */
	onJob: (job: Job) => void;
	/** Sends the digests that are due and waits for everything that is being sent. */
	close: () => Promise<void>;
};

export type NotifierParts = {
	config: NotifyConfig;
	store: Pick<Store, 'readQueue'>;
	env: NodeJS.ProcessEnv;
	/** Called with one line about a notification that could not be sent. */
	onNotice: (text: string) => void;
};

/** Seconds that a command or an address has. */
const timeLimit = 30;

/** The clips of a dataset that have ended since its last digest: how the last job of each ended. */
type Digest = Map<string, {isDone: boolean; problem: string}>;

/**
 * Reports the ends of queued jobs by the ways that the configuration names. The jobs of a dataset are reported together,
 * now and then and at the end.
 */
export function createNotifier({config, store, env, onNotice}: NotifierParts): Notifier {
	const sending = new Set<Promise<void>>();
	const digests = new Map<string, Digest>();
	let timer: NodeJS.Timeout | undefined;

	function send(notification: Notification): void {
		const all = Promise.all([
			config.command && runCommand(config.command, notification, env),
			config.webhook && post(config.webhook, JSON.stringify(notification), jsonType),
			config.ntfy && post(config.ntfy, bodyOf(notification), headersOf(notification)),
		])
			.then(problems => {
				for (const problem of problems) {
					if (problem) {
						onNotice(`cannot notify of "${notification.title}": ${problem}`);
					}
				}
			})
			.finally(() => sending.delete(all));
		sending.add(all);
	}

	async function sendDigests(): Promise<void> {
		clearTimeout(timer);
		timer = undefined;
		if (digests.size === 0) {
			return;
		}

		const {jobs} = await store.readQueue();
		const open = new Set(
			jobs.filter(job => isQueued(job) || job.status === 'working').flatMap(clipsOf),
		);
		for (const [dataset, digest] of digests) {
			digests.delete(dataset);
			// A clip that is in the queue again is being retried.
			const ended = [...digest].filter(([clip, {isDone}]) => isDone || !open.has(clip));
			const failed = ended.filter(([, {isDone}]) => !isDone);
			if (ended.length > 0) {
				send(
					digestOf(dataset, ended.length - failed.length, failed.length, failed[0]?.[1].problem),
				);
			}
		}
	}

	function addToDigest(dataset: string, job: Job): void {
		const digest: Digest = digests.get(dataset) ?? new Map();
		digests.set(dataset, digest);
		for (const clip of clipsOf(job)) {
			digest.set(clip, {isDone: job.status === 'done', problem: problemOf(job)});
		}

		timer ??= setTimeout(() => {
			sendDigests().catch(error => onNotice(`cannot notify: ${messageOf(error)}`));
		}, config.digest * 1000).unref();
	}

	return {
		onJob(job) {
			const isHeld = job.status === 'held' && job.reason !== heldByHand;
			if (!isHeld && (!hasEnded(job) || job.status === 'cancelled')) {
				return;
			}

			const dataset = job.parts.find(({request}) => request.dataset)?.request.dataset;
			if (dataset === undefined) {
				send(notificationOf(job));
			} else {
				addToDigest(dataset, job);
			}
		},
		async close() {
			await sendDigests();
			await Promise.all(sending);
		},
	};
}

const jsonType = {'content-type': 'application/json'};

function clipsOf({parts}: Job): string[] {
	return parts.map(({id, request}) => ('promptId' in request ? request.promptId : id));
}

function problemOf(job: Job): string {
	return job.status === 'failed' ? job.problem : job.status === 'held' ? job.reason : '';
}

function notificationOf(job: Job): Notification {
	const [first, ...others] = job.parts;
	const run = first?.runId;
	const status = job.status === 'held' || job.status === 'failed' ? job.status : 'done';
	const more = others.length > 0 ? ` and ${others.length} more` : '';
	return {
		title: `${first?.name ?? job.id}${more}: ${status}`,
		text: problemOf(job),
		status,
		job: job.id,
		...(run && {run}),
	};
}

function digestOf(dataset: string, done: number, failed: number, problem = ''): Notification {
	return {
		title: `dataset ${dataset}: ${done} done, ${failed} failed`,
		text: problem === '' ? '' : `for example: ${problem}`,
		status: failed > 0 ? 'failed' : 'done',
		dataset,
		counts: {done, failed},
	};
}

const bodyOf = ({title, text}: Notification) => (text === '' ? title : text);

/** Header values are one line of ASCII; other characters are encoded as in mail. */
function headersOf({title, status}: Notification): Record<string, string> {
	const isPlain = /^[\x20-\x7e]*$/.test(title);
	return {
		title: isPlain ? title : `=?UTF-8?B?${Buffer.from(title).toString('base64')}?=`,
		tags: status === 'done' ? 'white_check_mark' : 'warning',
	};
}

/** @returns what went wrong */
async function post(
	url: string,
	body: string,
	headers: Record<string, string>,
): Promise<string | undefined> {
	try {
		const signal = AbortSignal.timeout(timeLimit * 1000);
		const {ok, status} = await fetch(url, {method: 'POST', body, headers, signal});
		return ok ? undefined : `${new URL(url).host} answered ${status}`;
	} catch (error) {
		return `${new URL(url).host}: ${messageOf(error)}`;
	}
}

/** Runs a command without a shell; title and text are its last words. @returns what went wrong */
function runCommand(
	[program = '', ...words]: readonly string[],
	{title, text, status, job = '', run = '', dataset = ''}: Notification,
	env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
	return new Promise(resolve => {
		const child = spawn(program, [...words, title, text], {
			env: {
				...env,
				...{COSMOS_STATUS: status, COSMOS_JOB: job, COSMOS_RUN: run, COSMOS_DATASET: dataset},
			},
			stdio: ['ignore', 2, 2],
			timeout: timeLimit * 1000,
		});
		child.on('error', error => resolve(`${program} cannot be started (${messageOf(error)})`));
		child.on('close', (code, signal) => {
			resolve(code === 0 ? undefined : `${program} ended with ${signal ?? code}`);
		});
	});
}
