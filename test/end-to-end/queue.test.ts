import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {samplesFolder} from '../../source/package-root.js';
import {openShell, type Shell} from '../commands/in-process.js';
import {startCosmos} from '../cosmos.js';
import {goOn, held} from '../hold.js';

let shell: Shell;
let home: string;

beforeEach(async () => {
	shell = await openShell();
	home = shell.folder;
	const video = path.join(samplesFolder(), 'city-night');
	expect((await cosmos('create', 'prompt', 'A street', video)).code).toBe(0);
});

afterEach(() => shell.close());

const demoHost = () => path.join(shell.data, 'demo-host');

const envOf = (more: Record<string, string> = {}) => ({
	COSMOS_DATA: shell.data,
	COSMOS_SIMULATE_STEP: '0',
	...more,
});
/** In this process, which is quick. */
const cosmos = (...words: string[]) => shell.cosmos(words, {env: envOf(), bare: true});
/** A process of its own, which can be killed. */
const start = (words: string[], more: Record<string, string> = {}) =>
	startCosmos(words, {cwd: home, env: {HOME: home, ...envOf(more)}});

async function add(...words: string[]): Promise<string> {
	const {stdout, stderr, code} = await cosmos('queue', 'add', ...words);
	expect(stderr).toBe('');
	expect(code).toBe(0);
	return stdout.split('\t')[0] as string;
}

/** A quick transfer. */
const addOne = (...words: string[]) => add('inference', 'latest', '--steps', '1', ...words);

/** A model with weights for a single control, and one seed for a batch. */
const older = ['--model', 'transfer1'];

const addLong = (steps: number) => add('inference', 'latest', '--steps', String(steps));

type Listed = {
	id: string;
	shown: string;
	note: string;
	wait?: number;
	takes?: number;
	parts: Array<{runId?: string}>;
};

async function queue(): Promise<{paused: boolean; jobs: Listed[]}> {
	return JSON.parse((await cosmos('queue', 'list', '--json')).stdout);
}

async function jobs(): Promise<Listed[]> {
	return (await queue()).jobs;
}

const states = async () => (await jobs()).map(({shown}) => shown);
const ids = async () => (await jobs()).map(({id}) => id);

async function run(id: string | undefined) {
	return JSON.parse((await cosmos('show', id as string, '--json')).stdout);
}

async function worked(more: Record<string, string> = {}) {
	return shell.cosmos(['queue', 'run', '--once'], {env: envOf(more), bare: true});
}

describe('the queue, from the command line', () => {
	it('runs jobs in order, and each refers to its run', async () => {
		const first = await addOne('--seed', '11');
		const second = await addOne('--seed', '12');
		const {code, stderr} = await worked();
		expect(stderr).toContain(`✔ ${second}`);
		expect(code).toBe(0);
		const done = await jobs();
		expect(done.map(({id, shown}) => [id, shown])).toEqual([
			[first, 'done'],
			[second, 'done'],
		]);
		const runs = await Promise.all(done.map(({parts}) => run(parts[0]?.runId)));
		expect(runs.map(({jobId, settings}) => [jobId, settings.seed])).toEqual([
			[first, 11],
			[second, 12],
		]);
	});

	it('runs jobs of a higher priority first', async () => {
		const [low, normal, other] = [
			await addOne('--priority', 'low'),
			await addOne(),
			await addOne(),
		];
		expect(await ids()).toEqual([normal, other, low]);
		expect((await cosmos('queue', 'list')).stdout).toContain('low priority');
		expect((await cosmos('queue', 'priority', 'high', other)).code).toBe(0);
		expect(await ids()).toEqual([other, normal, low]);
		expect((await cosmos('queue', 'priority', 'urgent', low)).stderr).toBe(
			'cosmos: "urgent" is not a priority\n  Expected one of: high, normal, low.\n',
		);
		const {stdout} = await cosmos('status', '--host', 'demo');
		expect(stdout).toMatch(/^waiting 1 job, high priority, by \S+@\S+, since /m);

		await worked();
		const started = (await run('latest')).jobId;
		expect(started).toBe(low);
		const {stdout: lines} = await cosmos('events', '--json', '--once', '--since', 'start');
		const events = lines
			.trim()
			.split('\n')
			.map(line => JSON.parse(line));
		const ends = events.filter(({status}) => status === 'completed').map(({job}) => job);
		expect([...ends].sort()).toEqual([low, normal, other].sort());
		const last = ['events', '--json', '--once', '--since', events.at(-1).cursor];
		expect(await cosmos(...last)).toMatchObject({code: 0, stdout: ''});
	});

	it('shows the first waiting jobs, and says how many more there are', async () => {
		const added = [await addOne(), await addOne(), await addOne()];
		const {stdout, stderr} = await cosmos('queue', 'list', '--limit', '2');
		expect(added.map(id => stdout.includes(id))).toEqual([true, true, false]);
		expect(stderr).toContain('1 more waiting: --limit 0 lists all');
	});

	it('moves a job to any place in the queue', async () => {
		const [a, b, c] = [await addOne(), await addOne(), await addOne()];
		await cosmos('queue', 'move', c, 'first');
		expect(await ids()).toEqual([c, a, b]);
		await cosmos('queue', 'move', c, 'after', a);
		expect(await ids()).toEqual([a, c, b]);
		await cosmos('queue', 'move', a, 'last');
		expect(await ids()).toEqual([c, b, a]);
		await cosmos('queue', 'move', a, 'before', b);
		expect(await ids()).toEqual([c, a, b]);
	});

	it('does not start a held job until it is released', async () => {
		const id = await addOne();
		await cosmos('queue', 'hold', id);
		expect((await worked()).code).toBe(0);
		expect(await jobs()).toMatchObject([{shown: 'held', note: 'by hand'}]);
		await cosmos('queue', 'release', id);
		await worked();
		expect(await states()).toEqual(['done']);
	});

	it('starts nothing while it is paused, even after a restart', async () => {
		await addOne();
		await cosmos('queue', 'pause');
		const {stderr, code} = await worked();
		expect(stderr).toContain('the queue is paused');
		expect(code).toBe(0);
		expect(await queue()).toMatchObject({paused: true, jobs: [{shown: 'waiting'}]});
		await cosmos('queue', 'resume');
		await worked();
		expect(await states()).toEqual(['done']);
	});

	it('upscales the future result of a job', async () => {
		const first = await addOne();
		const upscale = await add('upscale', first);
		expect((await jobs())[1]?.note).toBe(`after ${first}`);
		await cosmos('queue', 'move', upscale, 'first');
		expect((await worked()).code).toBe(0);
		const [one, other] = await jobs();
		expect((await run(other?.parts[0]?.runId)).parentId).toBe(one?.parts[0]?.runId);
	});

	it('holds jobs that depend on a failed one, and says why', async () => {
		const first = await addOne();
		const second = await addOne('--after', first);
		const {code} = await worked({COSMOS_SIMULATE: 'exit=7'});
		expect(code).toBe(1);
		const [held, failed] = await jobs();
		expect(failed).toMatchObject({id: first, shown: 'failed'});
		expect(held).toMatchObject({id: second, shown: 'held'});
		expect(held?.note).toBe(`${failed?.parts[0]?.runId} failed`);
		await cosmos('queue', 'release', second);
		expect((await worked()).code).toBe(0);
	});

	it('does not release an upscale whose source failed', async () => {
		const first = await addOne();
		const upscale = await add('upscale', first);
		await worked({COSMOS_SIMULATE: 'exit=7'});
		const {stderr, code} = await cosmos('queue', 'release', upscale);
		expect(stderr).toMatch(new RegExp(`${upscale} cannot be released: run_\\w+ failed`));
		expect(code).toBe(2);
	});

	it('runs the --on-finish command without a shell, with the run in its environment', async () => {
		const file = path.join(home, 'told.txt');
		const script = path.join(home, 'tell.mjs');
		writeFileSync(
			script,
			`import {appendFileSync} from 'node:fs';
const {COSMOS_RUN, COSMOS_JOB, COSMOS_STATUS} = process.env;
appendFileSync(process.argv[2], [COSMOS_RUN, COSMOS_JOB, COSMOS_STATUS, process.argv[3]].join(' '));`,
		);
		const id = await addOne('--on-finish', process.execPath, script, file, '$(id) --json');
		await worked();
		const [job] = await jobs();
		const words = `${job?.parts[0]?.runId} ${id} completed $(id) --json`;
		expect(readFileSync(file, 'utf8')).toBe(words);
	});

	it('stops a job of another process, which continues with the next', async () => {
		const [first, second] = [await addLong(12), await addOne()];
		const worker = start(['queue', 'run', '--once', '--stream'], held);
		await worker.seen(/ \d+\/12 \[/);
		const cancelled = await cosmos('queue', 'cancel', first);
		expect(cancelled.stderr).toContain(`${first}: cancelled`);
		await goOn(demoHost(), () => worker.ended);
		const ended = await jobs();
		expect(ended.map(({id, shown}) => [id, shown])).toEqual([
			[first, 'cancelled'],
			[second, 'done'],
		]);
		expect((await run(ended[0]?.parts[0]?.runId)).status).toBe('cancelled');
	});

	it('reports who is running a slot, and waits for that process', async () => {
		await addLong(12);
		const worker = start(['queue', 'run', '--once', '--stream'], held);
		await worker.seen(/ \d+\/12 \[/);
		const pid = worker.process.pid;
		expect((await cosmos('queue', 'list')).stderr).toContain(`run by process ${pid} on`);
		const other = start(['queue', 'run', '--once']);
		await other.seen(new RegExp(`process ${pid} on .* has been running it`), 'stderr');
		const ended = await goOn(demoHost(), () => Promise.all([worker.ended, other.ended]));
		expect(ended.map(({code}) => code)).toEqual([0, 0]);
		expect(await states()).toEqual(['done']);
	});

	it('resumes the job of a killed worker, and runs it once', async () => {
		const id = await addLong(12);
		const worker = start(['queue', 'run', '--stream'], held);
		await worker.seen(/ 3\/12 \[/);
		worker.process.kill('SIGKILL');
		await worker.ended;
		expect(await states()).toEqual(['interrupted']);
		const before = JSON.parse((await cosmos('list', 'runs', '--json')).stdout).length;
		expect((await goOn(demoHost(), worked)).code).toBe(0);
		expect((await jobs())[0]).toMatchObject({id, shown: 'done'});
		const after = JSON.parse((await cosmos('list', 'runs', '--json')).stdout).length;
		expect(after).toBe(before);
	});

	it('leaves its job running at Ctrl-C, for the next worker', async () => {
		await addLong(12);
		const worker = start(['queue', 'run', '--stream'], held);
		await worker.seen(/ 3\/12 \[/);
		worker.process.kill('SIGINT');
		const {code, stderr} = await worker.ended;
		expect(stderr).toContain('keeps running');
		expect(code).toBe(130);
		expect((await goOn(demoHost(), worked)).code).toBe(0);
		expect(await states()).toEqual(['done']);
	});

	it('estimates the wait of a job from similar runs', async () => {
		await addOne('--weights', '1', '0', '0', '0', ...older);
		await worked();
		await addOne('--weights', '0.5', '0', '0', '0', ...older);
		await addOne('--weights', '1', '0', '0', '0', '--seed', '5', ...older);
		const [first, second] = await jobs();
		expect(first).toMatchObject({wait: 0});
		expect(first?.takes).toBeGreaterThan(0);
		expect(second?.wait).toBe(first?.takes);
		await cosmos('queue', 'clear', '--yes');
		await addOne('--weights', '0', '1', '0', '0', ...older);
		expect(await jobs()).toEqual(
			expect.arrayContaining([expect.not.objectContaining({takes: expect.anything()})]),
		);
	});

	it('merges jobs that can share a container, and unmerges them', async () => {
		const [a, b, c] = [
			await addOne(...older),
			await addOne('--seed', '7', ...older),
			await addOne(...older),
		];
		const dry = await cosmos('queue', 'optimise', '--dry-run');
		expect(dry.stderr).toContain('container starts: 3 before, 2 after, 1 saved');
		expect(await ids()).toEqual([a, b, c]);
		await cosmos('queue', 'optimise');
		expect((await jobs()).map(({id, parts}) => [id, parts.length])).toEqual([
			[a, 2],
			[b, 1],
		]);
		await cosmos('queue', 'undo');
		expect(await ids()).toEqual([a, b, c]);
	});

	it('rejects each invalid argument in one line', async () => {
		const id = await addOne();
		const calls: Array<[string[], string]> = [
			[['queue'], '`cosmos queue` needs a command'],
			[['queue', 'ad'], 'unknown queue command "ad"'],
			[['queue', 'add', 'nothing'], 'unknown queue add command "nothing"'],
			[['queue', 'add', 'inference', 'latest', '--steps', '0'], '--steps must be 1 to 200, not 0'],
			[['queue', 'add', 'inference', 'latest', '--on-finish'], '--on-finish needs a command'],
			[['queue', 'add', 'upscale', 'job_zzz'], 'no job "job_zzz"'],
			[['queue', 'move', id, 'up'], '"up" is not a place in the queue'],
			[['queue', 'move', id, 'before', id], `${id} cannot be moved before itself`],
			[['queue', 'cancel', 'job_zzz'], 'no job "job_zzz"'],
			[['queue', 'undo'], 'there is no merge to undo'],
			[['queue', 'optimise', '--max', '1'], '--max must be a whole number of at least 2'],
			[['queue', 'clear'], 'There is no terminal to ask in'],
		];
		for (const [words, message] of calls) {
			const {stderr, code} = await cosmos(...words);
			expect(stderr).toContain(message);
			expect(code).toBe(2);
		}
	});
});
