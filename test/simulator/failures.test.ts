import {access} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {readSimulation} from '../../simulator/failures.js';
import {createLineDecoder} from '../../source/domain/runs/log-lines.js';
import {parseProgress} from '../../source/domain/runs/progress.js';
import {explainExit} from '../../source/domain/runs/run-status.js';
import {
	type Bench,
	createBench,
	type Ended,
	endOf,
	fileIn,
	launch,
	plainSpec,
	printed,
	script,
} from './bench.js';

let bench: Bench;
beforeAll(async () => {
	bench = await createBench();
	await bench.transfer(plainSpec);
});
afterAll(() => bench.remove());

/** The command of the spec that `beforeAll` has written. */
const command = [...launch, script, '--controlnet_specs', 'runs/1/spec.json'];

/** A run that fails in this way, shared by the tests that check it. */
function fail(simulate: string): Promise<Ended> {
	const run = failed.get(simulate) ?? bench.transfer(plainSpec, [], {COSMOS_SIMULATE: simulate});
	failed.set(simulate, run);
	return run;
}

const failed = new Map<string, Promise<Ended>>();

function reasonOf({status, stdout, stderr}: Ended): string {
	const exit = {code: Number(status), oomKilled: false, engineMessage: ''};
	return explainExit(exit, stderr + stdout.toString(), 3600).reason;
}

const has = (ended: Ended, name: string) =>
	access(path.join(ended.outputs, name)).then(
		() => true,
		() => false,
	);

describe.concurrent('a run that fails', () => {
	it('is blocked by the guardrail', async () => {
		const ended = await fail('guardrail');
		expect(ended.stdout.toString()).toMatch(
			/\|CRITICAL\|cosmos_transfer1\/.*\] Guardrail blocked generation/,
		);
		expect(ended.stderr).toContain('Traceback (most recent call last):');
		expect([ended.status, reasonOf(ended)]).toEqual([1, 'guardrail']);
	});

	it('runs out of GPU memory', async () => {
		const ended = await fail('oom');
		expect(ended.stderr).toContain('torch.cuda.OutOfMemoryError: CUDA out of memory.');
		expect([ended.status, reasonOf(ended)]).toEqual([1, 'gpu-out-of-memory']);
	});

	it('crashes in the middle of the steps', async () => {
		const ended = await fail('crash-late');
		expect(ended.stderr).toContain('RuntimeError: CUDA error: an illegal memory access');
		expect([ended.status, reasonOf(ended)]).toEqual([1, 'program-error']);
	});

	it('exits with the requested status', async () => {
		expect((await fail('exit=42')).status).toBe(42);
	});

	it('kills itself', async () => {
		expect((await fail('killed')).status).toBe('SIGKILL');
	});

	it('leaves no output without a message', async () => {
		const ended = await fail('no-output');
		expect(ended.status).toBe(0);
		expect(await has(ended, 'output.mp4')).toBe(false);
	});

	it.each(['oom', 'guardrail', 'exit=42', 'crash-late'])('by %s leaves no video', async word => {
		expect(await has(await fail(word), 'output.mp4')).toBe(false);
	});
});

describe.concurrent('a run that hangs', () => {
	const slow = {COSMOS_SIMULATE_STEP: '0.11'};
	const twoSteps = [...command, '--num_steps', '2', '--video_save_folder', 'hung'];

	it('ends on TERM', async () => {
		const child = bench.start(twoSteps, {...slow, COSMOS_SIMULATE: 'hang,step-bars'});
		child.stdout?.resume();
		await printed(child, ' 1/2 [');
		child.kill('SIGTERM');
		expect(await endOf(child)).toBe('SIGTERM');
	});

	it('ignores TERM and ends on KILL if it hangs hard', async () => {
		const child = bench.start(twoSteps, {...slow, COSMOS_SIMULATE: 'hang-hard,step-bars'});
		child.stdout?.resume();
		const ended = endOf(child);
		await printed(child, ' 1/2 [');
		const ignored = printed(child, 'SIGTERM ignored');
		child.kill('SIGTERM');
		await ignored;
		child.kill('SIGKILL');
		expect(await ended).toBe('SIGKILL');
	});
});

describe.concurrent('a run that is stopped from outside', () => {
	it.each(['SIGTERM', 'SIGINT'] as const)('dies by %s', async signal => {
		const child = bench.start(command, {
			COSMOS_SIMULATE_STEP: '3600',
			COSMOS_SIMULATE: 'step-bars',
		});
		child.stdout?.resume();
		const ended = endOf(child);
		await printed(child, ' 0/35 [');
		child.kill(signal);
		expect(await ended).toBe(signal);
	});

	it('exits with 1 when nobody reads its log any more', async () => {
		const child = bench.start(command, {COSMOS_SIMULATE: 'loud=1000000'});
		const ended = endOf(child);
		child.stderr?.resume();
		child.stdout?.once('data', () => child.stdout?.destroy());
		expect(await ended).toBe(1);
	});
});

describe.concurrent('a run with a difficult log', () => {
	it('prints every one of many lines', async () => {
		const ended = await fail('loud=200000');
		const lines = ended.stdout.toString().match(/line \d+ of 200000$/gm) ?? [];
		expect([lines.length, lines.at(-1)]).toEqual([200_000, 'line 200000 of 200000']);
		expect(ended.status).toBe(0);
	});

	it('prints a line of 100 KB', async () => {
		const ended = await fail('long-line');
		const longest = Math.max(
			...ended.stdout
				.toString()
				.split('\n')
				.map(line => line.length),
		);
		expect([longest, ended.status]).toEqual([102_400, 0]);
	});

	it('prints nothing but bars', async () => {
		const ended = await fail('bars');
		const bars = ended.stderr.split('\r').filter(part => part.includes('/90000 ['));
		expect(bars.length).toBe(90_000);
		expect(bars.every(bar => parseProgress(bar)?.total === 90_000)).toBe(true);
		expect([ended.stdout.length, ended.status]).toEqual([0, 0]);
	});

	it('prints invalid text and terminal escapes', async () => {
		const ended = await fail('garbage');
		expect(ended.stdout.includes(Buffer.from([0xff, 0xfe, 0xc3, 0x28]))).toBe(true);
		expect(ended.stdout.includes('\u001b]52;c;')).toBe(true);
		expect(ended.stdout.includes('cut in two: 🎬 ok\n')).toBe(true);
		expect((await fileIn(ended, 'output.mp4')).length).toBeGreaterThan(0);
	});

	it('is cleaned by the log decoder', async () => {
		const {stdout} = await fail('garbage');
		const lines = createLineDecoder().push(stdout);
		const colours = /\u001b\[[0-9;]*m/g;
		const bare = lines.map(line => line.text.replaceAll(colours, '')).join('');
		expect(bare).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e\u200b]/);
		expect(bare).toContain('cut in two: 🎬 ok');
	});

	it('can fail as well', async () => {
		const ended = await fail('loud=10, exit=9');
		expect(ended.stdout.toString()).toContain('line 10 of 10');
		expect(ended.status).toBe(9);
	});
});

describe('the environment', () => {
	it.each(['oops', 'exit', 'exit=300', 'exit=-1', 'oom=1', 'loud=x', 'loud=', 'model-load'])(
		'with %s is rejected',
		text => {
			expect(() => readSimulation({COSMOS_SIMULATE: text})).toThrow(
				expect.objectContaining({status: 2, stderr: expect.stringContaining('COSMOS_SIMULATE')}),
			);
		},
	);

	it.each(['-1', 'fast', 'NaN'])('with a step time of %s is refused', text => {
		expect(() => readSimulation({COSMOS_SIMULATE_STEP: text})).toThrow(
			expect.objectContaining({status: 2}),
		);
	});

	it('is rejected with exit code 2 and the wrong word if it is invalid', async () => {
		const ended = await fail('guardrails');
		expect(ended.stderr).toContain('unknown word "guardrails"; there is: guardrail, ');
		expect(ended.status).toBe(2);
	});

	it('can have several words', () => {
		const {words} = readSimulation({COSMOS_SIMULATE: ' loud=5,hang  exit=3 '});
		expect([...words]).toEqual([
			['loud', 5],
			['hang', undefined],
			['exit', 3],
		]);
	});

	it('sets the times', () => {
		const env = {COSMOS_SIMULATE: 'model-load=2.5', COSMOS_SIMULATE_STEP: '0.5'};
		expect(readSimulation(env)).toMatchObject({stepTime: 0.5, modelLoad: 2.5});
	});

	it('defaults to a model that loads in a second', () => {
		expect(readSimulation({})).toMatchObject({stepTime: 0.12, modelLoad: 1});
	});

	it('has no wait for the model without a step time', () => {
		expect(readSimulation({COSMOS_SIMULATE_STEP: '0'}).modelLoad).toBe(0);
	});
});
