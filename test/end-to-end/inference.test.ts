import {createHash} from 'node:crypto';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {goOn, held} from '../hold.js';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';
import {isLong} from '../long-form.js';
import {trustWords} from '../trust-words.js';

const quick = {COSMOS_SIMULATE_STEP: '0'};
/** Ends only when somebody ends it. */
const endless = {COSMOS_SIMULATE: 'hang,step-bars', COSMOS_SIMULATE_STEP: '0.1'};

describe.skipIf(!available('docker', 'sshd'))('cosmos inference over SSH in a container', () => {
	let lab: GpuHost;
	let promptId: string;

	beforeAll(async () => {
		lab = await startGpuHost();
		promptId = await makePrompt('A city street at night');
	});

	afterAll(async () => {
		await lab?.stop();
	});

	async function makePrompt(text: string): Promise<string> {
		writeFileSync(path.join(lab.client.home, 'text.txt'), text);
		const {stdout, stderr} = await lab.cosmos([
			'create',
			'prompt',
			'@text.txt',
			lab.videos,
			'--name',
			'p',
		]);
		expect(stderr).toContain('color');
		return stdout.trim();
	}

	async function latestRun() {
		const {stdout} = await lab.cosmos(['show', 'latest', '--json']);
		return JSON.parse(stdout);
	}

	const runFile = (id: string, name: string) => path.join(lab.data, 'runs', id, name);

	it('returns when the container has exited, with a local result and nothing left on the host', async () => {
		const before = lab.filesThere();
		const ended = await lab.cosmos(['inference', promptId], quick);
		expect(ended.stderr).toContain('completed');
		expect(ended.code).toBe(0);
		const run = await latestRun();
		expect(run).toMatchObject({status: 'completed', exitCode: 0, host: 'lab', simulated: true});
		expect(run.outputs.map((file: {name: string}) => file.name)).toContain('output.mp4');
		for (const {name, size, sha256} of run.outputs) {
			const bytes = readFileSync(runFile(run.id, `outputs/${name}`));
			expect(bytes.length).toBe(size);
			expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
			expect(ended.stdout).toContain(runFile(run.id, `outputs/${name}`));
		}

		expect(lab.docker.containers()).toEqual([]);
		expect(lab.filesThere().filter(file => !file.startsWith('cosmos-inputs/'))).toEqual(before);
		expect(readdirSync(path.join(lab.checkout, 'cosmos-runs'))).toEqual([]);
	});

	it('shows the log while the container runs, byte for byte as it is stored', async () => {
		const started = lab.start(['inference', promptId, '--stream'], held);
		await started.seen(/\d+\/35 \[/);
		expect(lab.docker.run('ps', '--format', '{{.Label "cosmos.run"}}')).toMatch(/^run_/);
		const ended = await goOn(lab.checkout, () => started.ended);
		expect(ended.code).toBe(0);
		const run = await latestRun();
		const log = readFileSync(runFile(run.id, 'log'), 'utf8');
		expect(log.length).toBeGreaterThan(500);
		expect(ended.stdout.startsWith(log)).toBe(true);
	});

	it('uploads inputs once', async () => {
		const {stdout} = await lab.cosmos(['inference', promptId, '--dry-run'], quick);
		const there = readdirSync(path.join(lab.checkout, 'cosmos-inputs'));
		const named = [...stdout.matchAll(/cosmos-inputs\/([\w.]+)/g)].map(found => found[1]);
		expect(named.length).toBeGreaterThan(0);
		expect(there).toEqual(expect.arrayContaining(named));
	});

	it('passes a text into the container unchanged, whatever it contains', async () => {
		const text = `"quotes" 'and' $(touch /tmp/owned) \`x\` \\ %s\nline two\t🌆 ünï ${'long '.repeat(4000)}end`;
		const id = await makePrompt(text);
		const ended = await lab.cosmos(['inference', id], quick);
		expect(ended.code).toBe(0);
		const run = await latestRun();
		expect(readFileSync(runFile(run.id, 'outputs/output.txt'), 'utf8')).toBe(text);
	});

	it.runIf(isLong)('runs a recipe in an image of its own', async () => {
		const image = 'acme/copy:1';
		lab.docker.run('create', '--name', 'own', ...lab.docker.bareArgs, lab.docker.image, 'sh');
		lab.docker.run('commit', '--change', 'ENTRYPOINT ["false"]', 'own', image);
		lab.docker.run('rm', 'own');
		const recipe = (name: string, of: string) => `[recipes.${name}]
image = "${of}"
command = ["sh", "-c", 'cp "$0/color.mp4" "$1/$2.mp4"', "{inputs}", "{outputs}", "{seed}"]
outputs = ["*.mp4"]
`;
		const config = recipe('copy', image) + recipe('other', 'acme/other:1');
		writeFileSync(path.join(lab.client.home, 'cosmos.toml'), config);
		const trust = trustWords(config);
		const ended = await lab.cosmos(['recipe', 'copy', promptId, '--seed', '7', ...trust]);
		expect(ended.stderr).toContain('completed');
		const run = await latestRun();
		expect(run).toMatchObject({simulated: false, recipe: {image}});
		expect(readFileSync(runFile(run.id, 'outputs/7.mp4'))).toEqual(
			readFileSync(path.join(lab.videos, 'color.mp4')),
		);
		expect(lab.docker.containers()).toEqual([]);
		expect(readdirSync(path.join(lab.checkout, 'cosmos-runs'))).toEqual([]);

		const refused = await lab.cosmos(['recipe', 'other', promptId, ...trust]);
		expect(refused.stderr).toContain('lab has no image acme/other:1');
		expect(refused.code).toBe(5);
		writeFileSync(path.join(lab.client.home, 'cosmos.toml'), '');
	});

	it('stops the container at Ctrl-C and exits with 130', async () => {
		const started = lab.start(['inference', promptId, '--stream'], endless);
		await started.seen(/\d+\/35 \[/);
		started.process.kill('SIGINT');
		expect((await started.ended).code).toBe(130);
		expect(await latestRun()).toMatchObject({status: 'cancelled'});
		expect(lab.docker.containers()).toEqual([]);
	});

	it('lets another process stop a run', async () => {
		const started = lab.start(['inference', promptId, '--stream'], endless);
		await started.seen(/\d+\/35 \[/);
		const killed = await lab.cosmos(['kill', 'latest']);
		expect(killed.stderr).toContain('cancelled');
		expect(killed.code).toBe(0);
		expect((await started.ended).code).toBe(130);
		expect(lab.docker.containers()).toEqual([]);
	});

	it('stops with kill-all what this data folder has started, and nothing of others', async () => {
		const container = (name: string, ...labels: string[]) => {
			const words = [
				'run',
				'-d',
				'--init',
				'--name',
				name,
				...labels.flatMap(label => ['--label', label]),
			];
			lab.docker.run(...words, ...lab.docker.bareArgs, lab.docker.image, 'sleep', '1000');
		};
		const theirs = 'run_0123456789ab';
		const started = lab.start(['inference', promptId, '--stream'], endless);
		await started.seen(/\d+\/35 \[/);
		container('foreign');
		// After ours, which names no GPUs: it would wait for one that is on any GPU.
		container(`cosmos-${theirs}`, `cosmos.run=${theirs}`, 'cosmos.by=bob@desk', 'cosmos.lane=gpu7');
		const asked = await lab.cosmos(['kill-all']);
		expect(asked.code).toBe(2);
		expect(asked.stderr).toContain('--yes');
		const killed = await lab.cosmos(['kill-all', '--yes']);
		expect(killed.stderr).toMatch(/on lab:\n {2}run_/);
		expect(killed.stderr).toContain(
			`left alone, of others: 1; --others includes them\n  ${theirs}`,
		);
		expect(killed.code).toBe(0);
		expect((await started.ended).code).toBe(130);
		expect(lab.docker.containers().sort()).toEqual([`cosmos-${theirs}`, 'foreign']);

		const all = await lab.cosmos(['kill-all', '--others', '--yes']);
		expect(all.stderr).toContain(`${theirs}: stopped`);
		expect(all.code).toBe(0);
		expect(lab.docker.run('ps', '--format', '{{.Names}}')).toBe('foreign\n');
		lab.docker.run('rm', '-f', 'foreign', `cosmos-${theirs}`);
	});

	it('runs several prompts one after the other', async () => {
		const other = await makePrompt('A desert at dusk');
		const ended = await lab.cosmos(['inference', promptId, other, '--steps', '2', '--json'], quick);
		expect(ended.code).toBe(0);
		const {stdout} = await lab.cosmos(['list', 'runs', '--limit', '2', '--json']);
		const [second, first] = JSON.parse(stdout);
		expect([first.promptId, second.promptId]).toEqual([promptId, other]);
		// The first one's download may still be ahead when the second one starts; its container may not.
		const names = [first, second].map(({id}) => `cosmos-${id}`);
		const kinds = ['event=start', 'event=die', ...names.map(name => `container=${name}`)];
		const words = kinds.flatMap(kind => ['--filter', kind]);
		const until = ['--since', '1h', '--until', String(Math.ceil(Date.now() / 1000))];
		const format = ['--format', '{{.Action}} {{.Actor.Attributes.name}}'];
		const events = lab.docker.run('events', ...words, ...until, ...format);
		expect(events.split('\n').filter(Boolean)).toEqual(
			names.flatMap(name => [`start ${name}`, `die ${name}`]),
		);
	});

	it('shows the host with its GPUs', async () => {
		const {stdout, code} = await lab.cosmos(['status', '--json']);
		expect(code).toBe(0);
		expect(JSON.parse(stdout)).toMatchObject({
			engine: {version: expect.stringContaining('Docker')},
			jobs: [],
			connectedSince: expect.any(Number),
			answerTime: expect.any(Number),
		});
	});

	it('rejects an unknown image before anything is written on the host', async () => {
		const before = lab.filesThere();
		const config = path.join(lab.client.home, 'cosmos.toml');
		const text = '[hosts.lab]\nimage = "nowhere:1"\n';
		writeFileSync(config, text);
		try {
			const ended = await lab.cosmos(['inference', promptId, ...trustWords(text)], quick);
			expect(ended.stderr).toContain('nowhere:1');
			expect(ended.code).toBe(5);
			expect(lab.filesThere()).toEqual(before);
		} finally {
			writeFileSync(config, '');
		}
	});

	it('reports a host without the NVIDIA runtime', async () => {
		const config = path.join(lab.client.home, 'cosmos.toml');
		const text = '[hosts.lab]\ngpus = [0]\n';
		writeFileSync(config, text);
		try {
			const ended = await lab.cosmos(['inference', promptId, ...trustWords(text)], quick);
			expect(ended.stderr).toMatch(/GPU|NVIDIA/);
			expect(ended.stderr).toContain('NVIDIA Container Toolkit');
			expect(ended.code).toBe(5);
			expect(lab.docker.containers()).toEqual([]);
		} finally {
			writeFileSync(config, '');
		}
	});

	it('ends with 5 and a hint where Docker refuses the container', async () => {
		const config = path.join(lab.client.home, 'cosmos.toml');
		const text = '[hosts.lab]\ndocker_args = ["--no-such-option"]\n';
		writeFileSync(config, text);
		try {
			const ended = await lab.cosmos(['inference', promptId, ...trustWords(text)], quick);
			expect(ended.stderr).toContain('--no-such-option');
			expect(ended.stderr).toContain('Look at docker_args under [hosts.lab]');
			expect(ended.code).toBe(5);
			expect(await latestRun()).toMatchObject({status: 'failed', failure: {reason: 'engine'}});
		} finally {
			writeFileSync(config, '');
		}
	});

	it('is lost, and not killed, when its container is removed', async () => {
		const started = lab.start(['inference', promptId, '--stream'], endless);
		await started.seen(/%\|/);
		lab.docker.run('rm', '-f', lab.docker.containers()[0] as string);
		const ended = await started.ended;
		expect(ended.code).toBe(1);
		expect(ended.stderr).toContain('no longer exists on lab');
		expect(await latestRun()).toMatchObject({
			status: 'failed',
			failure: {reason: 'container-lost'},
		});
	});

	describe('fails with the reason, the hint, the whole log and code 1 when the model', () => {
		it.each([
			['is blocked by the guardrail', 'guardrail', 'guardrail', /guardrail/i, 1],
			['runs out of GPU memory', 'oom', 'gpu-out-of-memory', /OutOfMemoryError/, 1],
			['crashes late', 'crash-late', 'program-error', /Traceback/, 1],
			['exits with a code', 'exit=3', 'program-error', /./, 3],
			['is killed', 'killed', 'killed', /./, 137],
			['leaves no output', 'no-output', 'no-output', /./, 0],
			['is loud', 'loud=20000,exit=4', 'program-error', /./, 4],
			['writes a line of 100 KB', 'long-line,exit=4', 'program-error', /[^\n\r]{100000}/, 4],
			['shows bars only', 'bars=20000,exit=4', 'program-error', /20000/, 4],
			['writes garbage', 'garbage,exit=4', 'program-error', /./, 4],
		])('%s', async (_name, simulate, reason, logged, exitCode) => {
			const ended = await lab.cosmos(['inference', promptId, '--stream'], {
				...quick,
				COSMOS_SIMULATE: simulate,
			});
			const run = await latestRun();
			expect(run).toMatchObject({status: 'failed', exitCode, failure: {reason}});
			expect(ended.code).toBe(1);
			expect(ended.stderr).toContain(run.failure.message);
			expect(run.failure.hint).not.toBe('');
			const log = readFileSync(runFile(run.id, 'log'), 'utf8');
			expect(log).toMatch(logged);
			expect(ended.stdout).toBe(log);
			expect(lab.docker.containers()).toEqual([]);
		});

		it('hangs until the time limit, which the host enforces', async () => {
			const ended = await lab.cosmos(['inference', promptId, '--time-limit', '10'], {
				...quick,
				COSMOS_SIMULATE: 'hang',
			});
			expect(ended.stderr).toContain('timed out after 10 s');
			expect(ended.code).toBe(1);
			expect(await latestRun()).toMatchObject({failure: {reason: 'timed-out'}, exitCode: 124});
		});
	});
});
