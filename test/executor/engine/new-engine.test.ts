import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {type Config, loadConfig} from '../../../source/config/config.js';
import {slotsOf} from '../../../source/domain/hosts/host.js';
import {engines} from '../../../source/executor/engine/engines.js';
import {simulatorFile} from '../../../source/package-root.js';
import {createWorkflow} from '../../../source/workflow/workflow.js';
import type {Workflow} from '../../../source/workflow/workflow-types.js';
import {bench} from './own-engine.js';

const samples = path.join(import.meta.dirname, '..', '..', '..', 'samples', 'city-night');
const kinds = {...engines, bench};

let folder: string;
let env: Record<string, string>;

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'cosmos-engine-'));
	env = {
		HOME: folder,
		PATH: process.env.PATH as string,
		XDG_CONFIG_HOME: path.join(folder, 'etc'),
		COSMOS_SIMULATE_STEP: '0',
	};
});

afterEach(() => rmSync(folder, {recursive: true, force: true}));

function load(ofHost: string): Promise<Config> {
	const file = path.join(folder, 'etc', 'cosmos', 'config.toml');
	mkdirSync(path.dirname(file), {recursive: true});
	mkdirSync(path.join(folder, 'checkout'), {recursive: true});
	const prefix = JSON.stringify([process.execPath, simulatorFile()]);
	writeFileSync(
		file,
		`[hosts.lab]
ssh = "local"
remote_dir = "${path.join(folder, 'checkout')}"
simulated = true
env = ["COSMOS_SIMULATE_STEP"]
prefix = ${prefix}
${ofHost}`,
	);
	const dataDir = path.join(folder, 'data');
	return loadConfig({env, cwd: folder, dataDir, simulator: simulatorFile(), engines: kinds});
}

describe('an engine that is one row of the table of engines', () => {
	const ofBench = 'engine = "bench"\n[hosts.lab.bench]\nqueue = "night"\nwidth = 3\n';

	it('has its own table in the configuration', async () => {
		const {hosts, sources} = await load(ofBench);
		expect(hosts[0]).toMatchObject({engine: 'bench', engineSettings: {queue: 'night'}, gpus: []});
		expect(hosts[0] && slotsOf(hosts[0])).toHaveLength(3);
		expect(sources.find(({key}) => key === 'hosts.lab.bench.queue')?.value).toBe('"night"');
	});

	it.each([
		['engine = "bench"\n[hosts.lab.bench]\nqeue = "x"', 'unknown key "qeue"'],
		['engine = "bench"\n[hosts.lab.bench]\nqueue = 3', 'hosts.lab.bench.queue'],
		['engine = "process"\n[hosts.lab.bench]\nqueue = "x"', 'without engine = "bench"'],
		['engine = "bnech"', 'hosts.lab.engine'],
	])('has its configuration checked: %j', async (text, words) => {
		await expect(load(text)).rejects.toThrow(words);
	});

	describe('on a host', () => {
		let workflow: Workflow;

		beforeEach(async () => {
			workflow = await createWorkflow({config: await load(ofBench), env, engines: kinds});
		});

		afterEach(() => workflow.close());

		it('is checked by doctor', async () => {
			const checks = await workflow.diagnose('lab');
			const messages = Object.fromEntries(checks.map(({name, message}) => [name, message]));
			expect(messages).toMatchObject({
				engine: 'Bench 1, queue night',
				gpu: 'as the bench gives them',
				image: 'no container, no image',
			});
			expect(checks.filter(({state}) => state !== 'ok')).toEqual([]);
		});

		it('reports its version to the host page, and why there are no GPUs', async () => {
			const {engine, gpuNote, problem} = await workflow.hostReport('lab');
			expect(problem).toBeUndefined();
			expect(engine?.version).toBe('Bench 1 (night)');
			expect(gpuNote).toBe('the bench gives them to jobs');
		});

		it('runs a job to its end, with its output', async () => {
			const {id} = await workflow.createPrompt({text: 'A street at night', videoDir: samples});
			const run = await workflow.launch({promptId: id, settings: {steps: 3}}, {});
			expect(run).toMatchObject({status: 'completed', exitCode: 0});
			expect(run).toHaveProperty('outputs.0.name', expect.stringMatching(/\.mp4$/));
		});
	});
});
