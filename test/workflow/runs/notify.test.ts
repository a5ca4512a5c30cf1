import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Job} from '../../../source/domain/queue/job.js';
import {createNotifier} from '../../../source/workflow/runs/notify.js';
import {job, jobId, now, us} from '../../domain/queue-jobs.js';

let folder: string;
let server: Server;
let url: string;
let answer: number;
let got: Array<{path?: string; title?: string; body: string}>;
let notices: string[];
let queued: Job[];

beforeEach(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'cosmos-notify-'));
	[got, notices, queued, answer] = [[], [], [], 200];
	server = createServer(async (request, response) => {
		let body = '';
		for await (const chunk of request) {
			body += chunk;
		}

		got.push({path: request.url, title: request.headers.title as string, body});
		response.writeHead(answer).end();
	});
	await new Promise<void>(resolve => {
		server.listen(0, '127.0.0.1', resolve);
	});
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
	await new Promise(resolve => {
		server.close(resolve);
	});
	rmSync(folder, {recursive: true});
});

function notifier(ways: {command?: string[]; webhook?: string; ntfy?: string}, digest = 3600) {
	return createNotifier({
		config: {...ways, digest},
		store: {readQueue: async () => ({paused: false, jobs: queued})},
		env: {PATH: process.env.PATH},
		onNotice: text => notices.push(text),
	});
}

const done = job(1, {status: 'done', endedAt: now});
const failed = job(2, {status: 'failed', endedAt: now, problem: 'out of GPU memory'});
/** The job of a clip of a dataset. */
const clip = (number: number, more: object) =>
	job(number, {
		parts: [
			{
				id: jobId(number),
				name: 'clip',
				request: {promptId: `ps_00000000000${number}`, dataset: 'ds_1'},
			},
		],
		...more,
	});

describe('a job that has ended', () => {
	it('is reported to a webhook and to ntfy', async () => {
		const own = notifier({webhook: `${url}/hook`, ntfy: `${url}/topic`});
		own.onJob(failed);
		await own.close();
		const [hook, topic] = [
			got.find(one => one.path === '/hook'),
			got.find(one => one.path === '/topic'),
		];
		expect(JSON.parse(hook?.body ?? '')).toEqual({
			...{title: 'prompt-2: failed', text: 'out of GPU memory', status: 'failed', job: jobId(2)},
		});
		expect(topic).toMatchObject({title: 'prompt-2: failed', body: 'out of GPU memory'});
		expect(notices).toEqual([]);
	});

	it('is reported by a command, which gets title and text without a shell', async () => {
		const file = path.join(folder, 'told');
		const program =
			'require("fs").writeFileSync(process.argv[1], process.argv.slice(2).join("|") + process.env.COSMOS_JOB)';
		const own = notifier({command: [process.execPath, '-e', program, file]});
		own.onJob({...failed, problem: '$(touch x); "y"'} as Job);
		await own.close();
		expect(readFileSync(file, 'utf8')).toBe(`prompt-2: failed|$(touch x); "y"${jobId(2)}`);
	});

	it('is not reported while it is retried, cancelled, or held by hand', async () => {
		const own = notifier({webhook: url});
		own.onJob(job(1, {status: 'waiting', retry: {problem: 'no route', at: now}, attempts: 1}));
		own.onJob(job(1, {status: 'working', owner: us}));
		own.onJob(job(1, {status: 'cancelled', endedAt: now}));
		own.onJob(job(1, {status: 'held', reason: 'by hand'}));
		await own.close();
		expect(got).toEqual([]);
	});

	it('costs a line where it cannot be reported', async () => {
		answer = 500;
		const own = notifier({webhook: url, command: [path.join(folder, 'missing')]});
		own.onJob(done);
		await own.close();
		expect(notices).toEqual([
			expect.stringContaining('cannot notify of "prompt-1: done": '),
			`cannot notify of "prompt-1: done": ${new URL(url).host} answered 500`,
		]);
	});
});

describe('the jobs of a dataset', () => {
	it('are reported together, each clip as it ended last', async () => {
		const own = notifier({webhook: url});
		own.onJob(clip(1, {status: 'done', endedAt: now}));
		own.onJob(clip(2, {status: 'failed', endedAt: now, problem: 'lost'}));
		own.onJob(clip(2, {status: 'done', endedAt: now}));
		own.onJob(clip(3, {status: 'failed', endedAt: now, problem: 'blocked by the guardrail'}));
		await own.close();
		expect(got.map(({body}) => JSON.parse(body))).toEqual([
			{
				title: 'dataset ds_1: 2 done, 1 failed',
				text: 'for example: blocked by the guardrail',
				status: 'failed',
				dataset: 'ds_1',
				counts: {done: 2, failed: 1},
			},
		]);
	});

	it('leave out a clip that has failed and is in the queue again', async () => {
		const own = notifier({webhook: url});
		own.onJob(clip(2, {status: 'failed', endedAt: now, problem: 'lost'}));
		queued = [clip(2, {})];
		await own.close();
		expect(got).toEqual([]);
	});
});
