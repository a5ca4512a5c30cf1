import {appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createWorkflow} from '../../source/index.js';
import {samplesFolder, simulatorFile} from '../../source/package-root.js';
import {openShell, type Shell} from '../commands/in-process.js';
import {failing, startEndpoint, wellAnswered} from '../enhancer/endpoint.js';
import {isLong} from '../long-form.js';

let shell: Shell;
let manifest: string;
let config: string;

/** Two hosts whose model is the simulator. */
beforeEach(async () => {
	shell = await openShell();
	const host = (name: string) => {
		mkdirSync(path.join(shell.folder, name));
		return `[hosts.${name}]
ssh = "local"
engine = "process"
simulated = true
model = "cosmos3"
groups = ["both"]
remote_dir = "${path.join(shell.folder, name)}"
prefix = ["${process.execPath}", "${simulatorFile()}"]
env = ["COSMOS_SIMULATE", "COSMOS_SIMULATE_STEP"]
`;
	};

	config = path.join(shell.folder, 'config.toml');
	writeFileSync(config, host('one') + host('two'));
	manifest = path.join(shell.folder, 'm.jsonl');
	const folder = path.join(samplesFolder(), 'city-night');
	const row = {id: 'a', text: 'A street at night', folder, mode: 'video2video', steps: 2};
	writeFileSync(manifest, `${JSON.stringify(row)}\n`);
});

afterEach(() => shell.close());

const cosmos = (words: readonly string[], simulate = '') =>
	shell.cosmos([...words, '--config', config], {
		env: {COSMOS_SIMULATE: `${simulate},undrawn,model-load=0`, COSMOS_SIMULATE_STEP: '0'},
	});
const out = () => path.join(shell.folder, 'out.jsonl');
const dataset = (simulate: string, ...words: string[]) =>
	cosmos(['dataset', 'run', manifest, '-o', out(), '--host', 'both', ...words], simulate);
const runs = async () => (await shell.store.listRuns()).map(({run}) => run).reverse();

/** Rows of a manifest that can share a container. */
const alike = ['snow', 'rain', 'fog'].map(id => ({
	...{id, text: `A street in ${id}`, folder: path.join(samplesFolder(), 'city-night')},
	...{model: 'transfer1', steps: 2},
}));

describe('a dataset whose jobs are merged', () => {
	it('has the result of each, once', async () => {
		writeFileSync(manifest, alike.map(row => `${JSON.stringify(row)}\n`).join(''));
		const env = {
			...{PATH: process.env.PATH, HOME: shell.folder},
			...{COSMOS_SIMULATE: 'undrawn,model-load=0', COSMOS_SIMULATE_STEP: '0'},
		};
		const workflow = await createWorkflow({dataDir: shell.data, configFile: config, env});
		try {
			await workflow.queue.pause();
			let isMerged = false;
			const unwatch = shell.store.watch(async () => {
				if ((await shell.store.jobIds()).length === 3 && !isMerged) {
					isMerged = true;
					unwatch();
					await workflow.queue.optimise(await workflow.queue.plan({mixed: false}));
					await workflow.queue.resume();
				}
			});
			const seen = [];
			for await (const {id, status} of workflow.runDataset({manifest, out: out(), host: 'one'})) {
				seen.push(`${id} ${status}`);
			}

			expect(seen.sort()).toEqual(['fog completed', 'rain completed', 'snow completed']);
			expect((await runs()).filter(({batch}) => batch?.size === 2)).toHaveLength(2);
		} finally {
			await workflow.close();
		}
	});
});

describe('a dataset', () => {
	it('tries a run that was out of memory once more, with offloading', async () => {
		expect(await dataset('oom')).toMatchObject({code: 1});
		const found = await runs();
		expect(
			found.map(({settings}) => (settings as Record<string, unknown>).offloadGuardrails),
		).toEqual([...[false, true]]);
		expect(found).toMatchObject([1, 2].map(() => ({failure: {reason: 'gpu-out-of-memory'}})));
	});

	it('tries a killed run twice more, first on the other host', async () => {
		expect(await dataset('killed')).toMatchObject({code: 1});
		const hosts = (await runs()).map(({host}) => host);
		expect(hosts).toHaveLength(3);
		expect(new Set(hosts.slice(0, 2)).size).toBe(2);
	});

	it.each([
		['guardrail', 'guardrail', 1],
		['no-output', 'no-output', 2],
		['exit=3', 'program-error', 2],
	])('ends %s as %s after %i runs', async (word, reason, count) => {
		const {stderr} = await dataset(word);
		expect(stderr).toContain(`a: failed, ${reason}: `);
		expect(await runs()).toHaveLength(count);
	});

	it('tries a run whose inputs cannot be uploaded twice more, first on the other host', async () => {
		for (const name of ['one', 'two']) {
			writeFileSync(path.join(shell.folder, name, 'cosmos-inputs'), 'a file in the way');
		}

		const {stderr} = await dataset('');
		expect(stderr).toContain('a: failed, upload: ');
		const found = await runs();
		expect(found).toMatchObject([1, 2, 3].map(() => ({failure: {reason: 'upload'}})));
		expect(new Set(found.slice(0, 2).map(({host}) => host)).size).toBe(2);
		for (const name of ['one', 'two']) {
			rmSync(path.join(shell.folder, name, 'cosmos-inputs'));
		}

		expect(await dataset('')).toMatchObject({code: 0});
	});

	it('tries a run that its engine cannot start twice more, first on the other host', async () => {
		const text = readFileSync(config, 'utf8');
		writeFileSync(
			config,
			text.replaceAll(`prefix = ["${process.execPath}"`, 'prefix = ["no-such-node"'),
		);
		const {stderr} = await dataset('');
		console.log(stderr);
		expect(stderr).toContain('a: failed, engine: ');
		const hosts = (await runs()).map(({host}) => host);
		expect(hosts).toHaveLength(3);
		expect(new Set(hosts.slice(0, 2)).size).toBe(2);
	});

	it('says of a run that may still be running that it is not known, and never starts it again', async () => {
		for (const name of ['one', 'two']) {
			writeFileSync(path.join(shell.folder, name, 'cosmos-jobs'), 'a file in the way');
		}

		const {stderr} = await dataset('');
		expect(stderr).toMatch(
			/^a: failed, not-started: run_\w+ may still be running on (?:one|two): /m,
		);
		expect(await runs()).toHaveLength(1);
	});

	it.runIf(isLong)('tries a run that ran into its time limit once more', async () => {
		appendFileSync(
			config,
			'[recipes.slow]\ncommand = ["sleep", "60"]\noutputs = ["x"]\ninputs = []\ntime_limit = 10\n',
		);
		writeFileSync(manifest, '{"id": "a", "text": "A street"}\n');
		const {stderr} = await dataset('', '--recipe', 'slow');
		expect(stderr).toContain('a: failed, timed-out: timed out after 10 s');
		expect(await runs()).toHaveLength(2);
	});

	it('leaves out a clip that the guardrail refused, until it has another text', async () => {
		await dataset('guardrail');
		const again = await dataset('guardrail', '--dry-run');
		expect(again.stdout).toContain('1 clip: 0 to run, 1 refused before');
		const other = await dataset('', '--text', 'unused', '--seed', '7', '--dry-run');
		expect(other.stdout).toContain('1 to run (1 changed)');
	});
});

describe('failures', () => {
	it('are grouped by reason, retried with other settings and ignored', async () => {
		await dataset('no-output');
		await dataset('guardrail');
		const list = await cosmos(['failures', '--json']);
		expect(JSON.parse(list.stdout)).toMatchObject([{reason: 'guardrail', count: 1}]);
		const text = await cosmos(['failures']);
		expect(text.stdout).toMatch(/^guardrail\t1\tnever\trun_\w+\tthe safety filter/);
		const retried = await cosmos(['failures', 'retry', 'guardrail', '--seed', '9', '--json']);
		expect(JSON.parse(retried.stdout)).toMatchObject([
			{parts: [{request: {settings: {seed: 9, steps: 2}, dataset: expect.stringMatching(/^ds_/)}}]},
		]);
		await cosmos(['queue', 'run', '--once'], 'exit=3');
		expect((await cosmos(['failures', 'ignore', 'guardrail'])).code).toBe(2);
		expect(await cosmos(['failures', 'ignore', 'program-error'])).toMatchObject({code: 0});
		expect((await cosmos(['failures'])).stderr).toContain('no failures are open');
		const tagged = await cosmos(['list', 'runs', '--where', 'tag:ignored']);
		expect(tagged.stdout.trim().split('\n')).toHaveLength(1);
	});

	it('of an endpoint are listed, and gone when a retry has completed', async () => {
		const endpoint = await startEndpoint(wellAnswered);
		try {
			appendFileSync(config, `[enhancer]\nurl = "${endpoint.url}"\nmodel = "writer-1"\n`);
			const made = await cosmos(['create', 'prompt', 'A fox', '--model', 'cosmos3']);
			const prompt = made.stdout.trim();
			const replies = {
				'endpoint-busy': [failing(429, '', {'retry-after': '0'}), '3 times'],
				'endpoint-rejected': [failing(400, 'no foxes'), 'never'],
			} as const;
			for (const [reason, [reply, retry]] of Object.entries(replies)) {
				endpoint.replyWith(reply);
				const enhanced = await cosmos(['prompt-enhance', prompt]);
				expect([enhanced.stderr, enhanced.code]).toEqual([
					expect.stringContaining(reason === 'endpoint-busy' ? '429' : '400'),
					1,
				]);
				const {stdout} = await cosmos(['failures']);
				expect(stdout).toMatch(new RegExp(`^${reason}\t1\t${retry}\trun_`));
			}

			endpoint.replyWith(wellAnswered);
			await cosmos(['failures', 'retry', 'endpoint-rejected']);
			expect(await cosmos(['queue', 'run', '--once'])).toMatchObject({code: 0});
			expect((await cosmos(['failures'])).stderr).toContain('no failures are open');
		} finally {
			await endpoint.stop();
		}
	});

	it('that are retried and complete belong to their dataset, which has the result', async () => {
		await dataset('no-output');
		await cosmos(['failures', 'retry', 'all']);
		expect(await cosmos(['queue', 'run', '--once'])).toMatchObject({code: 0});
		expect(await dataset('')).toMatchObject({code: 0});
		expect(await runs()).toHaveLength(3);
	});
});

it('stops a run without new output, and tries it once more', async () => {
	const env = {
		...{PATH: process.env.PATH, HOME: shell.folder},
		...{COSMOS_SIMULATE: 'hang,undrawn,model-load=0', COSMOS_SIMULATE_STEP: '0'},
	};
	const workflow = await createWorkflow({dataDir: shell.data, configFile: config, env});
	try {
		const rows = workflow.runDataset({manifest, out: out(), host: 'both', stuckAfter: 0.02});
		const seen = [];
		for await (const {id, status, reason, attempts} of rows) {
			seen.push([id, status, reason, attempts]);
		}

		expect(seen).toEqual([['a', 'failed', 'stuck', 2]]);
	} finally {
		await workflow.close();
	}

	expect((await runs()).map(({status}) => status)).toEqual(['cancelled', 'cancelled']);
});
