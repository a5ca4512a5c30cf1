import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {simulatorFile} from '../../source/package-root.js';
import {available} from '../lab/available.js';
import {commitCheckout} from '../lab/commit-checkout.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';
import {addServer, serverContainers} from '../lab/model-server.js';

/** A quick clip of Cosmos 3. */
const clip = ['--model', 'cosmos3', '--resolution', '256', '--frames', '25', '--steps', '4'];

type Shown = {
	id: string;
	status: string;
	server?: {name: string; again?: Array<{why: string}>};
	failure?: {reason: string; message: string};
	outputs?: Array<{name: string}>;
};

describe.skipIf(!available('docker', 'sshd', 'python3'))('a model server', () => {
	let lab: GpuHost;
	let prompt: string;

	beforeAll(async () => {
		lab = await startGpuHost();
		addServer(lab, 'nano', {idle_stop: 600});
		const made = await lab.cosmos(['create', 'prompt', 'A city at night']);
		prompt = made.stdout.trim().split('\t')[0] as string;
	});

	afterAll(() => lab?.stop());

	beforeEach(() => {
		for (const name of serverContainers(lab)) {
			lab.docker.run('rm', '-f', name);
		}

		simulate();
	});

	function simulate(words = '', step = 0) {
		lab.simulate({
			COSMOS_SIMULATE: `undrawn ${words}`,
			COSMOS_SIMULATE_STEP: String(step),
		});
	}

	const launch = (...words: string[]) =>
		lab.cosmos(['inference', prompt, ...clip, '--json', ...words]);

	async function run(...words: string[]): Promise<Shown> {
		const {stdout, stderr} = await launch(...words);
		expect(stdout, stderr).not.toBe('');
		return JSON.parse(stdout) as Shown;
	}

	const serverLog = () => lab.docker.run('logs', serverContainers(lab)[0] as string);
	const begun = () => serverLog().match(/Video video_gen_\w+ begins/g)?.length ?? 0;

	it('is started for a job with --server, and stays', async () => {
		const made = await run('--server');
		expect(made).toMatchObject({status: 'completed', server: {name: 'nano'}});
		expect(made.outputs?.map(({name}) => name).sort()).toEqual([
			'sample_args.json',
			'sample_outputs.json',
			'vision.mp4',
		]);
		expect(existsSync(path.join(lab.data, 'runs', made.id, 'outputs/vision.mp4'))).toBe(true);
		expect(lab.docker.containers()).toEqual(serverContainers(lab));
	});

	it('does the next jobs by itself once it runs, without loading again', async () => {
		await run('--server');
		const second = await run();
		expect(second).toMatchObject({status: 'completed', server: {name: 'nano'}});
		expect(begun()).toBe(2);
		expect(serverLog().match(/Application startup complete/g)).toHaveLength(1);
	});

	it('is not started for a single job without a word', async () => {
		const made = await run();
		expect(made.status).toBe('completed');
		expect(made.server).toBeUndefined();
		expect(serverContainers(lab)).toEqual([]);
	});

	it('is started for several prompts of one call', async () => {
		const {stdout} = await lab.cosmos(['inference', prompt, prompt, ...clip, '--json']);
		const names = stdout.match(/"server":\s*\{\s*"name":\s*"nano"/g);
		expect(names).toHaveLength(2);
		expect(begun()).toBe(2);
	});

	it('is not used with --no-server', async () => {
		await run('--server');
		// The container needs the GPUs: the server makes way for it.
		const made = await run('--no-server');
		expect(made.status).toBe('completed');
		expect(made.server).toBeUndefined();
		expect(begun()).toBe(1);
		expect(serverLog()).toContain('cosmos: the server makes way');
	});

	it.each([
		['lost-answer', 'the server has the request: it is not posted again'],
		['lost-request', 'the server has no such job: the request is posted again'],
	])('gets a request once, whatever becomes of it: %s', async (word, line) => {
		simulate(word);
		const made = await run('--server');
		expect(made.status).toBe('completed');
		expect(readFileSync(path.join(lab.data, 'runs', made.id, 'log'), 'utf8')).toContain(line);
		expect(begun()).toBe(1);
	});

	it.each([
		['guardrail', 'guardrail', 'the safety filter (guardrail) of the server blocked the prompt'],
		['oom', 'gpu-out-of-memory', 'the server ran out of GPU memory'],
		['oom-loading', 'gpu-out-of-memory', 'the GPU ran out of memory while the model was loaded'],
		['old-api', 'program-error', 'its version is too old'],
	])('says why a job fails: %s', async (word, reason, message) => {
		simulate(word);
		const made = await run('--server');
		expect(made.status).toBe('failed');
		expect(made.failure?.reason).toBe(reason);
		expect(made.failure?.message).toContain(message);
	});

	it('that ends in the middle of a job is started again, and the run says so', async () => {
		simulate('killed@1', 0.05);
		const going = run('--server');
		// The second server is not told to end.
		const ended = setInterval(() => {
			const [name] = serverContainers(lab);
			if (name && lab.docker.run('ps', '-q', '--filter', `name=${name}`) !== '') {
				simulate('', 0);
			}
		}, 100);
		const made = await going.finally(() => clearInterval(ended));
		expect(made).toMatchObject({
			status: 'completed',
			server: {again: [{why: 'the server has ended'}]},
		});
	});

	/** A client of the host that does something once, with certain words, before or after them. */
	function once(place: 'before' | 'after', given: string, words: string): void {
		const [client, flag, socket] = lab.docker.docker;
		const file = path.join(lab.tools, 'docker-late');
		writeFileSync(
			file,
			`#!/bin/sh
docker() { ${client} ${flag} ${socket} "$@" >/dev/null; }
now() {
	case " $* " in *" "${given}*) ;; *) return ;; esac
	server=$(${client} ${flag} ${socket} ps -aq --filter label=cosmos.server)
	(set -C; : >"$0.once") 2>/dev/null && { ${words}; }
}
${place === 'before' ? 'now "$@"' : ''}
${client} ${flag} ${socket} "$@"
code=$?
${place === 'after' ? 'now "$@"' : ''}
exit "$code"
`,
			{mode: 0o755},
		);
		rmSync(`${file}.once`, {force: true});
		addServer(
			{...lab, hostConfig: lab.hostConfig.replace(/^docker = .*$/m, `docker = "${file}"`)},
			'nano',
			{idle_stop: 600},
		);
	}

	describe('that ends before the job is beside it', () => {
		afterEach(() => addServer(lab, 'nano', {idle_stop: 600}));

		it.each([
			['killed', 'docker kill $server'],
			['restarted', 'docker restart -t 0 $server; docker kill $server'],
			['removed', 'docker rm -f $server'],
		])('is started again, and the run says so: %s', async (_, words) => {
			once('before', '"--network container:"', words);
			expect(await run('--server')).toMatchObject({
				status: 'completed',
				server: {again: [{why: 'the server ended as the job started'}]},
			});
		});

		it('each time, makes the run fail with what became of it', async () => {
			once('before', '"--network container:"', 'docker kill $server; rm "$0.once"');
			const made = await run('--server');
			expect(made.server?.again).toHaveLength(5);
			expect(made.failure?.message).toBe(
				'the server has lost the job each time: the server ended as the job started',
			);
		});

		it('says why it could not load', async () => {
			once('before', '"--network container:"', 'docker wait $server');
			simulate('oom-loading');
			const made = await run('--server');
			expect(made.failure?.reason).toBe('gpu-out-of-memory');
			expect(made.server?.again).toBeUndefined();
		});
	});

	it.each([
		['a job', 'inference'],
		['a job of the queue', 'queue'],
	])('that lost %s whose cosmos died as it cleared it away makes it again', async (_, verb) => {
		addServer(lab, 'nano', {idle_stop: 600});
		const pid = path.join(lab.client.home, 'pid');
		once('after', '"rm -v cosmos-run_"', `kill -KILL $(cat ${pid})`);
		simulate('killed@1');
		const launch = ['inference', prompt, ...clip, '--server'];
		if (verb === 'queue') {
			await lab.cosmos(['queue', 'add', ...launch]);
		}

		const client = lab.start(verb === 'queue' ? ['queue', 'run', '--once'] : launch);
		writeFileSync(pid, String(client.process.pid));
		expect((await client.ended).code).toBe(-1);
		addServer(lab, 'nano', {idle_stop: 600});
		simulate();
		await lab.cosmos(['recover']);
		// Of a run that is given back to it, the queue would make another one, which knows nothing of this one.
		await lab.cosmos(['queue', 'run', '--once']);
		const {stdout} = await lab.cosmos(['show', 'latest', '--json']);
		expect(JSON.parse(stdout)).toMatchObject({
			status: 'completed',
			server: {again: [{why: 'the server has ended'}]},
		});
	});

	it('that is killed while it loads is started again, and the run says so', async () => {
		simulate('model-load=600');
		const going = lab.start(['inference', prompt, ...clip, '--stream', '--server']);
		await going.seen(/the server loads its model/);
		simulate();
		lab.docker.run('kill', serverContainers(lab)[0] as string);
		await going.ended;
		const {stdout} = await lab.cosmos(['show', 'latest', '--json']);
		expect(JSON.parse(stdout)).toMatchObject({
			status: 'completed',
			server: {again: [{why: 'the server has ended'}]},
		});
	});

	it('cannot be used for what its API lacks', async () => {
		const {code, stderr} = await launch('--server', '--outputs', '2');
		expect(code).toBe(2);
		expect(stderr).toContain('server nano of lab cannot do it: a request makes one video');
	});

	describe('and a container of its own, and a process, record what made their results', () => {
		const revision = 'c0ffee'.padEnd(40, '0');
		let commit: string;

		beforeAll(() => {
			commit = commitCheckout(lab.checkout);
			for (const name of ['Cosmos3-Nano', 'Cosmos3-Super']) {
				const refs = path.join(
					lab.sshd.home,
					`.cache/huggingface/hub/models--nvidia--${name}/refs`,
				);
				mkdirSync(refs, {recursive: true});
				writeFileSync(path.join(refs, 'main'), name === 'Cosmos3-Nano' ? revision : 'another');
			}

			for (const folder of ['cosmos_framework', 'inputs/omni']) {
				mkdirSync(path.join(lab.checkout, folder), {recursive: true});
			}

			const real = lab.hostConfig.replace('simulated = true', 'model = "cosmos3"');
			const hostConfig = `${real}
[hosts.bare]
ssh = "gpu-box"
engine = "process"
remote_dir = "~/cosmos-transfer1"
gpus = [0, 1]
prefix = ${JSON.stringify([process.execPath, simulatorFile()])}
env = ["COSMOS_SIMULATE", "COSMOS_SIMULATE_STEP"]
simulated = true
`;
			addServer({...lab, hostConfig}, 'nano');
		});

		afterAll(() => {
			addServer(lab, 'nano', {idle_stop: 600});
			writeFileSync(path.join(lab.checkout, 'README.md'), 'a checkout\n');
		});

		const cosmos = {
			version: expect.stringMatching(/^\d+\.\d/),
			commit: expect.stringMatching(/^[0-9a-f]{40}/),
		};
		const image = () => ({
			name: lab.docker.image,
			id: lab.docker.run('image', 'inspect', '-f', '{{.Id}}', lab.docker.image).trim(),
		});

		it.each(['--no-server', '--server'])('in Docker, with %s', async word => {
			await run(word);
			const {stdout} = await lab.cosmos(['show', 'latest', '--json']);
			expect(JSON.parse(stdout).madeBy).toEqual({
				cosmos,
				engine: expect.stringMatching(/^Docker \d/),
				image: image(),
				checkout: {commit, clean: true},
				checkpoints: [{name: 'nvidia/Cosmos3-Nano', revision}],
			});
		});

		it('as a process, in a checkout with changes', async () => {
			await run('--no-server');
			writeFileSync(path.join(lab.checkout, 'README.md'), 'changed\n');
			const words = ['inference', prompt, ...clip, '--host', 'bare'];
			await lab.cosmos(words, {COSMOS_SIMULATE: 'undrawn', COSMOS_SIMULATE_STEP: '0'});
			const {stdout} = await lab.cosmos(['show', 'latest', '--json']);
			expect(JSON.parse(stdout).madeBy).toEqual({
				cosmos,
				engine: 'process',
				checkout: {commit, clean: false},
				gpus: ['NVIDIA H100 80GB HBM3', 'NVIDIA H100 80GB HBM3'],
				driver: '550.54.15',
				cuda: '12.4',
			});
			const {stdout: shown} = await lab.cosmos(['show', 'latest']);
			expect(shown).toMatch(/^made by\n {2}cosmos {15}\S+, commit [0-9a-f]{40}/m);
			const {stdout: differs} = await lab.cosmos(['diff', 'latest']);
			expect(differs).toMatch(/engine +Docker \S+ → process/);
			expect(differs).toContain(`${commit} → ${commit}, with local changes`);
			expect(differs).toMatch(/gpu +- → 2 × NVIDIA H100 80GB HBM3/);
		});
	});

	it('is said to do a job or not by --dry-run', async () => {
		const plan = async (...words: string[]) =>
			(await lab.cosmos(['inference', prompt, ...clip, '--dry-run', ...words])).stdout;
		expect(await plan()).toContain('server nano: does it if it runs, or if another job waits');
		expect(await plan('--outputs', '2')).toContain(
			'server nano: cannot do it: a request makes one video',
		);
		expect(await plan('--no-server')).toContain('server nano: not used: --no-server');
		expect(await plan('--server')).toContain('"num_inference_steps": "4"');
	});
});
