import {copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {makeId} from '../../source/domain/ids.js';
import type {Job} from '../../source/domain/queue/job.js';
import {addJobs} from '../../source/domain/queue/queue-change.js';
import {claimNext} from '../../source/domain/queue/queue-claim.js';
import {endJob} from '../../source/domain/queue/queue-end.js';
import {openStore, type Store} from '../../source/store/store.js';
import {program} from '../../test/cosmos.js';
import {facts, job} from '../../test/domain/queue-jobs.js';
import {growStore} from '../grown-store.js';
import {type Case, inTurn, type Measure} from '../measure.js';
import {hasPeer} from '../peers.js';
import {run, runInto} from '../run-program.js';
import {buildVersion01} from '../version-0.1.js';

/** Prompts and jobs that are added by one call. */
const many = 500;
/** Jobs that are run. */
const few = 20;
/** Changes of the queue that one round does. */
const perRound = 20;
const usageHook = pathToFileURL(path.join(import.meta.dirname, '..', 'usage.mjs')).href;
const clip = path.join(import.meta.dirname, '..', '..', 'test', 'chaos', 'tiny.mp4');

const dataset: Case = {
	rounds: 3,
	about: `What ${many} prompts and jobs of one call compute (user and system time of \`cosmos\` alone), and ${few} jobs by \`queue run --once\`, whose command is \`cp\` on this machine, beside version 0.1; adding, claiming with ending, and listing with 100,000 jobs in the queue beside 100, and with 1,000,000 runs in the store beside 100,000; task-spooler (\`tsp\`) adding and listing as many jobs.`,
	async run(rounds) {
		const home = mkdtempSync(path.join(tmpdir(), 'cosmos-dataset-'));
		try {
			return [
				...(await besideVersion01(home, rounds)),
				...(await besideTsp(home, rounds)),
				...(await longQueues(home, rounds)),
				...(await manyRuns(home, rounds)),
			];
		} finally {
			rmSync(home, {recursive: true, force: true, maxRetries: 10});
		}
	},
};

export default dataset;

type Used = {seconds: number; megabytes: number};

/** One version in a home of its own, with a host that runs commands here. */
class Side {
	readonly program: string;
	readonly folder: string;

	constructor(cli: string, folder: string) {
		this.program = cli;
		this.folder = folder;
		const config = path.join(folder, '.config', 'cosmos');
		mkdirSync(config, {recursive: true});
		mkdirSync(path.join(folder, 'host'));
		mkdirSync(path.join(folder, 'videos'));
		copyFileSync(clip, path.join(folder, 'videos', 'color.mp4'));
		const lines = Array.from({length: many}, (_, index) => `A street at night, ${index}\n`);
		writeFileSync(path.join(folder, 'prompts.txt'), lines.join(''));
		writeFileSync(
			path.join(config, 'config.toml'),
			`default_host = "here"
[hosts.here]
ssh = "local"
engine = "process"
remote_dir = ${JSON.stringify(path.join(folder, 'host'))}
gpus = []
[recipes.copy]
command = ["cp", "{inputs}/color.mp4", "{outputs}/out.mp4"]
inputs = ["color"]
outputs = ["out.mp4"]
`,
		);
	}

	/** Runs a verb and says what it has used. */
	async use(data: string, ...words: string[]): Promise<Used> {
		const file = path.join(this.folder, 'used.json');
		const env = {
			...{PATH: process.env.PATH, HOME: this.folder, COSMOS_DATA: path.resolve(this.folder, data)},
			...{NODE_OPTIONS: `--import=${usageHook}`, BENCH_USAGE: file},
		};
		const output = path.join(this.folder, 'output');
		await runInto(output, process.execPath, [this.program, ...words], {env});
		return JSON.parse(readFileSync(file, 'utf8')) as Used;
	}

	/** The first words of the lines that the last verb has printed. */
	printed(): string[] {
		const text = readFileSync(path.join(this.folder, 'output'), 'utf8');
		return text.split('\n').flatMap(line => /^\w+_\w{12}/.exec(line)?.[0] ?? []);
	}
}

type Step = 'prompts' | 'jobs' | 'finished' | 'list';

async function besideVersion01(home: string, rounds: number): Promise<Measure[]> {
	const old = buildVersion01();
	const place = (name: string) => path.join(home, name);
	const sides = {
		ours: new Side(program, place('now')),
		...(old !== undefined && {theirs: new Side(old, place('0.1'))}),
	};
	const took: Record<Step, Pick<Measure, 'ours' | 'theirs'>> = {
		prompts: {ours: [], theirs: []},
		jobs: {ours: [], theirs: []},
		finished: {ours: [], theirs: []},
		list: {ours: [], theirs: []},
	};
	for (let round = 0; round < rounds; round++) {
		for (const [name, side] of Object.entries(sides) as Array<['ours' | 'theirs', Side]>) {
			const data = `data-${round}`;
			// What the program costs to start is none of a prompt or a job.
			const start = (await side.use(data, 'list', 'prompts')).seconds;
			const videos = path.join(side.folder, 'videos');
			const file = path.join(side.folder, 'prompts.txt');
			const made = await side.use(data, 'create', 'prompt', '--prompts-file', file, videos);
			const ids = side.printed();
			const added = await side.use(data, 'queue', 'add', 'recipe', 'copy', ...ids);
			await side.use(`few-${round}`, 'list', 'prompts');
			await side.use(`few-${round}`, 'create', 'prompt', 'A street', videos);
			const [one = ''] = side.printed();
			const words = Array.from({length: few}, () => one);
			await side.use(`few-${round}`, 'queue', 'add', 'recipe', 'copy', ...words);
			const begun = performance.now();
			await side.use(`few-${round}`, 'queue', 'list');
			took.list[name].push((performance.now() - begun) / 1000);
			const ended = await side.use(`few-${round}`, 'queue', 'run', '--once');
			took.prompts[name].push(((made.seconds - start) / many) * 1000);
			took.jobs[name].push(((added.seconds - start) / many) * 1000);
			took.finished[name].push(((ended.seconds - start) / few) * 1000);
		}
	}

	const beside = 'version 0.1';
	const node = async () => run(process.execPath, ['-e', '0']);
	const empty = await inTurn(rounds, node, undefined);
	return [
		{
			name: '1,000 prompts of a file: computed',
			beside,
			...took.prompts,
			goal: {kind: 'speed', least: 10},
		},
		{name: '1,000 jobs added: computed', beside, ...took.jobs, goal: {kind: 'speed', least: 10}},
		{
			name: '1,000 jobs finished: computed',
			beside,
			...took.finished,
			goal: {kind: 'speed', least: 2},
		},
		{
			name: `\`queue list\` of ${few}`,
			beside: '`node -e 0`',
			ours: took.list.ours,
			theirs: empty.ours,
			goal: {kind: 'times', most: 1.7},
		},
	];
}

/** Jobs that only wait: a queue of its own, whose first job blocks it. */
async function besideTsp(home: string, rounds: number): Promise<Measure[]> {
	const hasTsp = hasPeer('tsp', 'task-spooler');
	const side = new Side(program, path.join(home, 'tsp'));
	await side.use('data', 'list', 'prompts');
	await side.use('data', 'create', 'prompt', 'A street', path.join(side.folder, 'videos'));
	const [prompt = ''] = side.printed();
	const words = Array.from({length: few}, () => prompt);
	const env = {
		...{PATH: process.env.PATH, TS_SOCKET: path.join(home, 'tsp.socket')},
		...{TS_MAXCONN: '1000', TMPDIR: home},
	};
	// Its server keeps what it is started with: a pipe would never be closed.
	const theirs = (...given: string[]) =>
		run('sh', ['-c', 'tsp "$@" >/dev/null 2>&1', 'sh', ...given], env);
	if (hasTsp) {
		await theirs('sleep', '3600');
	}

	try {
		const add = await inTurn(
			rounds,
			() => side.use('data', 'queue', 'add', 'recipe', 'copy', ...words),
			!hasTsp
				? undefined
				: async () => {
						for (let count = 0; count < few; count++) {
							await theirs('true');
						}
					},
		);
		const list = await inTurn(
			rounds,
			() => side.use('data', 'queue', 'list', '--limit', '0'),
			!hasTsp ? undefined : () => theirs(),
		);
		const beside = '`tsp`, a call for each';
		return [
			{name: `${few} jobs added`, beside, ...add, goal: {kind: 'none'}},
			{name: `a list of ${few * rounds} jobs`, beside: '`tsp`', ...list, goal: {kind: 'none'}},
		];
	} finally {
		if (hasTsp) {
			await theirs('-k').catch(() => undefined);
			await theirs('-K').catch(() => undefined);
		}
	}
}

async function growQueue(store: Store, count: number): Promise<void> {
	const chunk = 5000;
	for (let start = 0; start < count; start += chunk) {
		const jobs = Array.from({length: Math.min(chunk, count - start)}, (_, index): Job => {
			const id = makeId('job', Date.UTC(2026, 0, 1) + (start + index) * 1000, new Uint8Array(4));
			return jobOf(id);
		});
		await store.changeQueue(queue => addJobs(queue, jobs), {neighbours: true});
	}
}

function jobOf(id: string): Job {
	const {parts, ...rest} = job(1, {priority: 'low'});
	return {...rest, id, parts: parts.map(part => ({...part, id}))} as Job;
}

async function longQueues(home: string, rounds: number): Promise<Measure[]> {
	const [short, long] = (await Promise.all(
		[100, 100_000].map(async count => {
			const folder = path.join(home, `queue-${count}`);
			const store = await openStore({folder});
			await growQueue(store, count);
			return {folder, store, count};
		}),
	)) as [Queued, Queued];
	const beside = `${short.count} jobs`;
	const name = (what: string) => `${what}, ${long.count} jobs`;
	const goal = {kind: 'times', most: 1.2} as const;
	const side = new Side(program, path.join(home, 'list'));
	let last = Date.UTC(2026, 6, 1);
	const add = ({store}: Queued) =>
		times(perRound, () => {
			last += 1000;
			const id = makeId('job', last, new Uint8Array(4));
			return store.changeQueue(queue => addJobs(queue, [jobOf(id)]), {neighbours: true});
		});
	const list = async ({folder}: Queued) => side.use(folder, 'queue', 'list', '--limit', '20');
	const used = await list(long);
	return [
		{
			name: name(`${perRound} added one by one`),
			beside,
			...(await inTurn(
				rounds * 3,
				() => add(long),
				() => add(short),
			)),
			goal,
		},
		{
			name: name(`${perRound} claimed and ended`),
			beside,
			...(await inTurn(
				rounds * 3,
				() => claims(long.store),
				() => claims(short.store),
			)),
			goal,
		},
		{
			name: name('`queue list --limit 20`'),
			beside,
			...(await inTurn(
				rounds * 3,
				() => list(long),
				() => list(short),
			)),
			goal,
		},
		{
			name: name('memory of `queue list --limit 20`'),
			beside: '',
			ours: [used.megabytes],
			theirs: [],
			unit: 'MB',
			goal: {kind: 'below', most: 150},
		},
	];
}

type Queued = {folder: string; store: Store; count: number};

async function times(count: number, work: () => Promise<unknown>): Promise<void> {
	for (let turn = 0; turn < count; turn++) {
		await work();
	}
}

/** Claims and ends jobs, and adds one for each, so that the queue stays as long as it is. */
function claims(store: Store): Promise<void> {
	const own = facts();
	return times(perRound, async () => {
		let id = '';
		await store.changeQueue(queue => {
			const claimed = claimNext(queue, 'h100 gpu0', own);
			id = claimed.job?.id ?? '';
			return claimed.queue;
		});
		await store.changeQueue(queue => endJob(queue, id, {status: 'done'}, new Map(), own));
	});
}

async function manyRuns(home: string, rounds: number): Promise<Measure[]> {
	const side = new Side(program, path.join(home, 'runs'));
	const grown = [];
	for (const count of [100_000, 1_000_000]) {
		const {folder, ids} = await growStore(path.join(home, `runs-${count}`), count);
		const store = await openStore({folder});
		await growQueue(store, 1000);
		grown.push({folder, store, count: ids.length});
	}

	const [small, large] = grown as [Queued, Queued];
	const goal = {kind: 'times', most: 1.4} as const;
	const list = ({folder}: Queued) => side.use(folder, 'list', 'runs', '--limit', '20');
	const name = (what: string) => `${what}, ${large.count} runs`;
	const beside = `${small.count} runs`;
	const used = await list(large);
	return [
		{
			name: name('`list runs --limit 20`'),
			beside,
			...(await inTurn(
				rounds * 3,
				() => list(large),
				() => list(small),
			)),
			goal,
		},
		{
			name: name(`${perRound} jobs claimed and ended`),
			beside,
			...(await inTurn(
				rounds * 3,
				() => claims(large.store),
				() => claims(small.store),
			)),
			goal,
		},
		{
			name: name('memory of `list runs --limit 20`'),
			beside: '',
			ours: [used.megabytes],
			theirs: [],
			unit: 'MB',
			goal: {kind: 'below', most: 150},
		},
	];
}
