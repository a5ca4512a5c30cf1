import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	writeFileSync,
} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {text} from 'node:stream/consumers';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {loadConfig} from '../../source/config/config.js';
import type {Run} from '../../source/domain/types.js';
import {createWorkflow} from '../../source/workflow/workflow.js';
import type {Workflow} from '../../source/workflow/workflow-types.js';
import {runCosmos} from '../cosmos.js';
import {available} from '../lab/available.js';
import {type DockerLab, startDocker} from '../lab/docker.js';
import {everySecond, isLong} from '../long-form.js';
import type {Action} from './action.js';
import {witnessArgs} from './engines/docker.js';
import {createInputs, type Inputs} from './inputs.js';
import {createWitness, type Witness} from './witness.js';

const here = import.meta.dirname;

/** Each row of the table in docs/reliability.md: `cosmos` dies there, and `recover` follows. */
describe.skipIf(!available('docker'))('a run whose cosmos dies', {timeout: 0}, () => {
	let folder: string;
	let docker: DockerLab;
	let witness: Witness;
	let home: Workflow;
	let inputs: Inputs;
	let checkout: string;
	let config: string;
	let env: Record<string, string>;
	/** All that a run does, from a run that lived. */
	let actions: Action[];
	let prompts = 0;

	beforeAll(async () => {
		folder = mkdtempSync(path.join(tmpdir(), 'cosmos-crash-'));
		const evidence = path.join(folder, 'witness');
		checkout = path.join(folder, 'checkout');
		mkdirSync(evidence);
		mkdirSync(path.join(checkout, 'checkpoints'), {recursive: true});
		witness = createWitness(evidence);
		inputs = createInputs(path.join(folder, 'inputs'));
		docker = await startDocker();
		config = path.join(folder, 'config.toml');
		writeFileSync(
			config,
			`[hosts.here]
ssh = "local"
remote_dir = "${checkout}"
image = "${docker.image}"
gpus = []
docker = "${docker.docker.join(' ')}"
docker_args = ${JSON.stringify([...docker.dockerArgs, ...witnessArgs(witness)])}
env = ["COSMOS_SIMULATE", "COSMOS_SIMULATE_STEP"]
simulated = true
`,
		);
		env = {
			HOME: folder,
			COSMOS_CONFIG: config,
			COSMOS_DATA: path.join(folder, 'data'),
			COSMOS_LOCK_DIR: docker.lockDir,
			COSMOS_SIMULATE: 'model-load=0',
			COSMOS_SIMULATE_STEP: '0.05',
		};
		home = await createWorkflow({
			config: await loadConfig({env, cwd: folder, simulator: ''}),
			env: {},
		});
		actions = await launch(0);
		expect((await newest()).status).toBe('completed');
	});

	afterAll(async () => {
		await home?.close();
		await docker?.stop();
		await rm(folder, {recursive: true, force: true});
	});

	afterEach(() => {
		expect(leftovers()).toEqual([]);
	});

	const cosmos = (...words: string[]) => runCosmos(words, {cwd: folder, env});

	/** Launches runs that follow each other, by a program that dies before an action; returns what it did. */
	async function launch(
		dieBefore: number,
		more: Record<string, string> = {},
		count = 1,
	): Promise<Action[]> {
		const made: string[] = [];
		for (let one = 0; one < count; one++) {
			const videos = inputs.make(`prompt-${++prompts}`, 100_000);
			made.push((await home.createPrompt({text: 'A street', videoDir: videos})).id);
		}

		const child = spawn(
			process.execPath,
			[
				...['--import', path.join(here, 'register.mjs'), path.join(here, 'crash-user.ts')],
				...[env.COSMOS_DATA as string, config, made.join(','), String(dieBefore)],
			],
			{env: {PATH: process.env.PATH, ...env, ...more}, stdio: ['ignore', 'pipe', 'inherit']},
		);
		const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
		return printed
			.split('\n')
			.filter(line => line !== '')
			.map(line => JSON.parse(line));
	}

	async function newest(): Promise<Run> {
		return (await home.listRuns({limit: 1}))[0]?.run ?? expect.fail('no run');
	}

	/** Numbers of the actions that are done while the store has a status. */
	function whileStored(status: string): number[] {
		return actions.filter(({stored}) => stored === status).map(action => action.number);
	}

	function findAction(name: string, stored: string): number {
		const found = actions.find(action => action.name === name && action.stored === stored);
		return (found ?? expect.fail(`no "${name}" while ${stored}`)).number;
	}

	/** Dies before each of the actions in turn; each run must come to its true end. */
	async function expectRecovery(numbers: readonly number[]): Promise<void> {
		expect(numbers.length).toBeGreaterThan(0);
		for (const number of everySecond(numbers)) {
			await launch(number);
			await cosmos('recover');
			await expectTrueEnd();
		}
	}

	async function expectTrueEnd(status = 'completed', given?: Run): Promise<void> {
		const run = given ?? (await newest());
		expect(run).toMatchObject({status});
		expect(witness.executions(run.id)).toHaveLength(1);
		expect(readFileSync(path.join(folder, 'data', 'runs', run.id, 'log'))).toEqual(
			witness.log(run.id),
		);
		if (run.status === 'completed') {
			const hashes = run.outputs.map(({name, sha256}) => [name, sha256] as const);
			expect(new Map(hashes)).toEqual(witness.outputs(run.id));
		}

		expect(leftovers()).toEqual([]);
	}

	function leftovers(): string[] {
		const list = (place: string) => (existsSync(place) ? readdirSync(place) : []);
		return [
			...docker.containers(),
			...list(path.join(checkout, 'cosmos-runs')),
			...list(path.join(checkout, 'cosmos-inputs')).filter(name => name.includes('.part')),
			...list(docker.lockDir).filter(name => name.includes('run_')),
		];
	}

	it('leaves nothing behind before it is recorded', async () => {
		const before = (await newest()).id;
		for (const number of whileStored('nothing')) {
			await launch(number);
			expect((await newest()).id).toBe(before);
			expect(leftovers()).toEqual([]);
		}
	});

	it('starts again with its upload while it is pending', async () => {
		await expectRecovery(whileStored('pending'));
	});

	it('starts again with its upload while it is uploading', async () => {
		await expectRecovery(whileStored('uploading'));
	});

	it('is started while it is starting, or attached to if its container exists', async () => {
		await expectRecovery(whileStored('starting'));
	});

	it('is attached to while it is running', async () => {
		await expectRecovery(whileStored('running'));
	});

	it('is downloaded while it is downloading', async () => {
		await expectRecovery(whileStored('downloading'));
	});

	it('is cleaned up when it is completed but its host is not', async () => {
		await expectRecovery(whileStored('completed+'));
	});

	it('is collected with its whole log when its container has ended meanwhile', async () => {
		await launch(findAction('see the first output', 'running'));
		docker.run('wait', docker.containers()[0] as string);
		await cosmos('recover');
		await expectTrueEnd();
	});

	it('keeps its exit code when its container has failed meanwhile', async () => {
		await launch(findAction('see the first output', 'running'), {COSMOS_SIMULATE: 'exit=9'});
		docker.run('wait', docker.containers()[0] as string);
		await cosmos('recover');
		await expectTrueEnd('failed');
		expect(await newest()).toMatchObject({exitCode: 9});
	});

	it('fails as lost and does not run again when its container was removed', async () => {
		await launch(findAction('see the first output', 'running'));
		docker.run('rm', '-f', docker.containers()[0] as string);
		await cosmos('recover');
		const run = await newest();
		expect(run).toMatchObject({status: 'failed', failure: {reason: 'container-lost'}});
		expect(witness.executions(run.id)).toHaveLength(1);
	});

	it('and those before and behind it come to their true ends, at any point of their overlap', async () => {
		const known = new Set((await home.listRuns()).map(({run}) => run.id));
		const newRuns = async () =>
			(await home.listRuns()).map(({run}) => run).filter(({id}) => !known.has(id));
		const whole = await launch(0, {}, 3);
		// Between the first container's start and the last one's cleaning, several runs are on their way.
		const step = isLong ? 1 : Math.ceil(whole.length / 6);
		for (let number = step; number <= whole.length; number += step) {
			for (const {id} of await newRuns()) {
				known.add(id);
			}

			await launch(number, {}, 3);
			await cosmos('recover');
			const runs = await newRuns();
			for (const run of runs) {
				await expectTrueEnd('completed', run);
			}

			// One at a time had the GPU.
			const times = runs.flatMap(({id}) => witness.executions(id));
			const inOrder = times.toSorted((a, b) => a.start - b.start);
			for (const [at, {start}] of inOrder.entries()) {
				expect(start).toBeGreaterThanOrEqual(inOrder[at - 1]?.end ?? 0);
			}
		}
	});

	it('is started when the client that created its container died too', async () => {
		await launch(findAction('store a change', 'uploading'));
		const {id, lane} = await newest();
		const words = ['--name', `cosmos-${id}`, '--label', `cosmos.lane=${lane}`];
		docker.run('create', ...words, docker.image, 'true');
		await cosmos('recover');
		await expectTrueEnd();
	});
});
