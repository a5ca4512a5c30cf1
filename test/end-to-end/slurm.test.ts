import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {openStore, type Store} from '../../source/store/store.js';
import {goOn, held} from '../hold.js';
import {available} from '../lab/available.js';
import {commitCheckout} from '../lab/commit-checkout.js';
import {startDocker} from '../lab/docker.js';
import {writeNvidiaSmi} from '../lab/nvidia-smi.js';
import {type SlurmHost, startSlurmHost} from '../lab/slurm-host.js';
import {isLong} from '../long-form.js';
import {trustWords} from '../trust-words.js';

const quick = {COSMOS_SIMULATE_STEP: '0'};
/** Ends only when somebody ends it. */
const endless = {COSMOS_SIMULATE: 'hang,step-bars', COSMOS_SIMULATE_STEP: '0.15'};

describe.skipIf(!available('slurm', 'sshd'))('cosmos through Slurm', () => {
	let lab: SlurmHost;
	let store: Store;
	let prompt: string;

	beforeAll(async () => {
		lab = await startSlurmHost();
		store = await openStore({folder: lab.data});
		prompt = (await lab.cosmos(['create', 'prompt', 'A street', lab.videos])).stdout.trim();
	});

	afterAll(async () => {
		store?.close();
		await lab?.stop();
	});

	const latestRun = async (): Promise<Run> => (await store.listRuns({limit: 1}))[0]?.run as Run;
	const logOf = ({id}: Run) => readFileSync(path.join(lab.data, 'runs', id, 'log'), 'utf8');
	const numberOf = ({id}: Run) =>
		lab.slurm.run('squeue', '-h', '-t', 'all', '-o', '%A', '-n', `cosmos-${id}`).trim();

	/** Every step of the sampling is in the log once, in order: nothing lost, nothing doubled. */
	function expectWholeLog(run: Run) {
		const steps = [...logOf(run).matchAll(/\| (\d+)\/35 \[/g)].map(found => Number(found[1]));
		expect(steps).toEqual(Array.from({length: 36}, (_, step) => step));
	}

	async function startJob(env: Readonly<Record<string, string>>) {
		const started = lab.start(['inference', prompt, '--stream'], env);
		await started.seen(/ 3\/35 \[/);
		return started;
	}

	it('runs every operation and leaves nothing on the host', async () => {
		const does = async (...words: string[]) => {
			const ended = await lab.cosmos(words, quick);
			expect([ended.stderr, ended.code]).toEqual([expect.stringContaining('completed'), 0]);
		};

		await does('inference', prompt);
		await Promise.all([does('upscale', (await latestRun()).id), does('prompt-enhance', prompt)]);
		if (isLong) {
			await does('inference', prompt, prompt, '--batch', '--steps', '2');
		}

		const runs = (await store.listRuns({})).map(({run}) => run);
		expect(runs.map(({operation, status}) => `${operation} ${status}`).sort()).toEqual([
			'enhance completed',
			...(isLong ? ['transfer completed', 'transfer completed'] : []),
			'transfer completed',
			'upscale completed',
		]);
		expect(lab.runsThere()).toEqual([]);
	});

	it('records what made a result, as the job finds it on its node', async () => {
		const tools = await writeNvidiaSmi(path.join(lab.client.home, 'tools'));
		const commit = commitCheckout(lab.checkout);
		const exported = `--export=ALL,PATH=${tools}:${process.env.PATH}`;
		lab.configure(`memory = "500M"\noptions = [${JSON.stringify(exported)}]`, '[0]');
		await lab.cosmos(['inference', prompt, '--steps', '2'], quick);
		lab.configure();
		expect((await latestRun()).madeBy).toEqual({
			cosmos: {version: expect.any(String), commit: expect.stringMatching(/^[0-9a-f]{40}/)},
			engine: expect.stringMatching(/^slurm \d/i),
			checkout: {commit, clean: true},
			gpus: ['NVIDIA H100 80GB HBM3'],
			driver: '550.54.15',
			cuda: '12.4',
		});
	});

	it('survives a lost connection and the death of its cosmos', async () => {
		const started = await startJob(held);
		await lab.sshd.cut();
		await started.seen(/trying again in 1 s[\s\S]*connected to hpc again/, 'stderr');
		await started.seen(/ 12\/35 \[/);
		started.process.kill('SIGKILL');
		await started.ended;
		const recovered = await goOn(lab.checkout, () => lab.cosmos(['recover']));
		expect(recovered.code).toBe(0);
		expectWholeLog(await latestRun());
		expect(lab.runsThere()).toEqual([]);
	});

	it.runIf(isLong)('fails with its code and node if the model fails', async () => {
		const ended = await lab.cosmos(['inference', prompt], {...quick, COSMOS_SIMULATE: 'exit=7'});
		expect(ended.stderr).toMatch(/exited with code 7.* \(node n[12]\)/);
		expect(ended.code).toBe(1);
		expect(await latestRun()).toMatchObject({status: 'failed', exitCode: 7});
	});

	it.runIf(isLong)('fails if somebody cancels it in Slurm', async () => {
		const started = await startJob(endless);
		lab.slurm.run('scancel', numberOf(await latestRun()));
		const ended = await started.ended;
		expect(ended.code).toBe(1);
		const run = await latestRun();
		expect(run).toMatchObject({status: 'failed', failure: {reason: 'killed'}});
		expect(ended.stderr).toMatch(/job \d+ was cancelled with scancel \(node n[12]\)/);
		expect(logOf(run)).toContain('CANCELLED AT');
	});

	it.runIf(isLong)('is cancelled in Slurm by Ctrl-C', async () => {
		const started = await startJob(endless);
		const number = numberOf(await latestRun());
		started.process.kill('SIGINT');
		expect((await started.ended).code).toBe(130);
		expect(await latestRun()).toMatchObject({status: 'cancelled'});
		expect(lab.slurm.field(number, 'JobState')).toBe('CANCELLED');
		expect(lab.runsThere()).toEqual([]);
	});

	it.runIf(isLong)(
		'says why it waits while the nodes are drained, and runs when they resume',
		async () => {
			lab.slurm.run('scontrol', 'update', 'nodename=n[1-2]', 'state=drain', 'reason=test');
			const started = lab.start(['inference', prompt], quick);
			await started.seen(
				/waiting for Slurm \(.*(?:drained|Resources|NotAvail).*\) on hpc/i,
				'stderr',
			);
			lab.slurm.run('scontrol', 'update', 'nodename=n[1-2]', 'state=resume');
			expect((await started.ended).code).toBe(0);
		},
	);

	it.runIf(isLong)('reports that it lacked memory', async () => {
		lab.configure('memory = "20M"');
		const ended = await lab.cosmos(['inference', prompt], endless);
		lab.configure();
		expect(ended.stderr).toContain('it used more memory than it requested');
		expect(await latestRun()).toMatchObject({
			status: 'failed',
			exitCode: 137,
			failure: {reason: 'host-out-of-memory'},
		});
	});

	it.runIf(isLong)('runs as many queued jobs at once as its width', async () => {
		lab.configure('memory = "500M"\nwidth = 3');
		for (let count = 0; count < 3; count++) {
			await lab.cosmos(['queue', 'add', 'inference', prompt]);
		}

		const worker = lab.start(['queue', 'run', '--once'], held);
		const running = () => lab.slurm.run('squeue', '-h', '-t', 'R', '-o', '%A').match(/\d+/g) ?? [];
		await expect.poll(() => running().length).toBe(3);
		expect((await goOn(lab.checkout, () => worker.ended)).code).toBe(0);
		lab.configure();
		expect((await store.listRuns({limit: 3})).map(({run}) => run.status)).toEqual(
			Array(3).fill('completed'),
		);
	});

	describe('kill-all', () => {
		const ours = 'run_0123456789ab';
		const alive = (number: string) => /^(?:PENDING|RUNNING)$/.test(stateOf(number) ?? '');
		const stateOf = (number: string) => lab.slurm.field(number, 'JobState');

		function submit(name: string, ...words: string[]): string {
			const fixed = [
				'--parsable',
				'--output=/dev/null',
				`--job-name=${name}`,
				'--wrap',
				'sleep 600',
			];
			return lab.slurm.run('sbatch', ...words, ...fixed).trim();
		}

		it('stops own runs only, whatever the names of other jobs begin with', async () => {
			const strangers = [
				submit('cosmos-training'),
				submit('cosmos-run_mine'),
				submit(`cosmos-${ours}`),
				submit(`cosmos-${ours}`, '--comment=a note of mine'),
			];
			const colleague = submit(`cosmos-${ours}`, '--comment=bob@desk slot1');
			const started = await startJob(endless);
			const own = numberOf(await latestRun());
			const killed = await lab.cosmos(['kill-all', '--yes']);
			expect([killed.stderr, killed.code]).toEqual([
				expect.stringContaining('left alone, of others: 1; --others includes them'),
				0,
			]);
			expect((await started.ended).code).toBe(130);
			expect(stateOf(own)).toBe('CANCELLED');
			expect([...strangers, colleague].filter(alive)).toEqual([...strangers, colleague]);

			lab.slurm.run('scancel', ...strangers.slice(2));
			const all = await lab.cosmos(['kill-all', '--others', '--yes']);
			expect([all.stderr, all.code]).toEqual([expect.stringContaining(`${ours}: stopped`), 0]);
			expect([colleague, ...strangers].filter(alive)).toEqual(strangers.slice(0, 2));
			lab.slurm.run('scancel', ...strangers.slice(0, 2));
		});

		it("fails and names what still runs: another user's job", async () => {
			const job = submit(`cosmos-${ours}`, '--uid=nobody', '--comment=bob@desk slot1', '--hold');
			const ended = await lab.cosmos(['kill-all', '--others', '--yes']);
			expect(ended.stderr).toContain('it belongs to the user nobody');
			expect(ended.stderr).toContain(`still running on hpc: ${ours}  by bob@desk`);
			expect(ended.code).toBe(5);
			expect(alive(job)).toBe(true);
			lab.slurm.run('scancel', job);
		});
	});

	it('passes `doctor`, which counts the nodes', async () => {
		const {stdout, code} = await lab.cosmos(['doctor']);
		expect(stdout).toMatch(/engine +ok +Slurm \d|Slurm \d/);
		expect(stdout).toContain('nodes: 2 idle (gpu:1)');
		expect(code).toBe(0);
	});

	it('shows with --dry-run the words for sbatch and the script', async () => {
		const {stdout, code} = await lab.cosmos(['inference', prompt, '--dry-run']);
		expect(code).toBe(0);
		expect(stdout).toContain('sbatch:\n  sbatch --parsable --no-requeue --job-name=cosmos-RUN');
		expect(stdout).toContain('--partition=gpu --time=62 --mem=500M');
		expect(stdout).toContain('job.sh:\n  #!/bin/sh\n  exec 2>&1\n');
	});

	it('is added by init, which offers the partitions and tests the host', async () => {
		const file = path.join(lab.client.home, 'init.toml');
		const words = ['--engine', 'slurm', '--ssh', 'login', '--remote-dir', '~/cosmos-transfer1'];
		const added = await lab.cosmos(['init', 'hpc', ...words, '--force', '--config', file]);
		expect(added.stderr).toContain('partitions: gpu; the first one is used unless');
		expect(added.stderr).toContain('Slurm 22.05');
		expect(added.code).toBe(0);
		expect(readFileSync(file, 'utf8')).toContain('engine = "slurm"');
	});

	it('refuses a time limit above that of the partition before anything is submitted', async () => {
		lab.slurm.run('scontrol', 'update', 'partitionname=gpu', 'maxtime=30');
		try {
			const runs = (await store.listRuns({})).length;
			const ended = await lab.cosmos(['inference', prompt]);
			expect(ended.stderr).toContain(
				'a job of 62 minutes is longer than the 30 minutes that partition gpu allows on hpc',
			);
			expect(ended.stderr).toContain('Set a lower --time-limit');
			expect(ended.code).toBe(5);
			expect((await store.listRuns({})).length).toBe(runs);
		} finally {
			lab.slurm.run('scontrol', 'update', 'partitionname=gpu', 'maxtime=UNLIMITED');
		}
	});

	it.runIf(isLong)('distinguishes its own time limit from that of Slurm', async () => {
		const hang = {...quick, COSMOS_SIMULATE: 'hang'};
		const own = await lab.cosmos(['inference', prompt, '--time-limit', '10'], hang);
		expect(own.stderr).toContain('timed out after 10 s');
		lab.configure('memory = "500M"\ntime = "1"');
		const theirs = await lab.cosmos(['inference', prompt], hang);
		lab.configure();
		expect(theirs.stderr).toMatch(/Slurm ended job \d+ at its time limit/);
		expect(await latestRun()).toMatchObject({exitCode: 124, failure: {reason: 'timed-out'}});
	});

	it.runIf(isLong && available('docker'))("runs in a container of the node's Docker", async () => {
		const docker = await startDocker();
		const config = path.join(lab.client.home, 'cosmos.toml');
		const text = `[hosts.hpc]\ndocker = "${docker.docker.join(' ')}"\nimage = "${docker.image}"\nprefix = []\n`;
		writeFileSync(config, text);
		const trust = trustWords(text);
		const dockerArgs = JSON.stringify(docker.dockerArgs);
		lab.configure(`memory = "500M"\ncontainer = "docker"\ncontainer_args = ${dockerArgs}`);
		try {
			const ended = await lab.cosmos(['inference', prompt, ...trust], quick);
			expect([ended.stderr, ended.code]).toEqual([expect.stringContaining('completed'), 0]);
			const words = ['inference', prompt, '--stream', ...trust];
			const started = lab.start(words, endless);
			await started.seen(/ 3\/35 \[/);
			expect(docker.containers()).toEqual([`cosmos-${(await latestRun()).id}`]);
			started.process.kill('SIGINT');
			expect((await started.ended).code).toBe(130);
			expect(docker.containers()).toEqual([]);
			expect(lab.runsThere()).toEqual([]);
		} finally {
			lab.configure();
			rmSync(config);
			await docker.stop();
		}
	});

	it.runIf(isLong)(
		'fails if its node goes down, and a dataset tries it again on another',
		async () => {
			const manifest = path.join(lab.client.home, 'm.jsonl');
			const row = {text: 'A street', folder: lab.videos, steps: 2};
			writeFileSync(manifest, `${JSON.stringify(row)}\n`);
			const out = path.join(lab.client.home, 'out.jsonl');
			const started = lab.start(['dataset', 'run', manifest, '-o', out], held);
			const running = async () => (await latestRun())?.status === 'running';
			await expect.poll(running).toBe(true);
			const run = await latestRun();
			const node = lab.slurm.field(numberOf(run), 'BatchHost') as string;
			await lab.slurm.killNode(node);
			lab.slurm.run('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=test');
			await goOn(lab.checkout, () => started.ended);
			const runs = (await store.listRuns({limit: 2})).map(({run: one}) => one);
			expect(runs).toMatchObject([
				{status: 'completed'},
				{failure: {reason: 'node-failed', message: expect.stringContaining(`(node ${node})`)}},
			]);
			expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
				status: 'completed',
				attempts: 2,
			});
		},
	);
});
