import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createWorkflow} from '../../source/index.js';
import {samplesFolder, simulatorFile} from '../../source/package-root.js';
import {openShell, type Shell} from '../commands/in-process.js';

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
