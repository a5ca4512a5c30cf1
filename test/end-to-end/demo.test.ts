import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {runCosmos, startCosmos} from '../cosmos.js';
import {available} from '../lab/available.js';

let home: string;
let env: Record<string, string>;

beforeAll(async () => {
	home = mkdtempSync(path.join(tmpdir(), 'cosmos-demo-'));
	env = {HOME: home, COSMOS_DATA: path.join(home, 'data'), COSMOS_SIMULATE_STEP: '0'};
	const {code, stderr} = await cosmos('demo');
	expect(stderr).toContain('completed');
	expect(code).toBe(0);
});

afterAll(() => {
	rmSync(home, {recursive: true, force: true});
});

const cosmos = (...words: string[]) => runCosmos(words, {cwd: home, env});

async function jsonOf(...words: string[]) {
	const {stdout, code} = await cosmos(...words, '--json');
	expect(code).toBe(0);
	return JSON.parse(stdout);
}

describe('the demo host, from the command line', () => {
	it.skipIf(!available('ffmpeg'))(
		'produces a playable video that is marked as simulated',
		async () => {
			const {id} = await jsonOf('show', 'latest');
			const video = path.join(home, 'data', 'runs', id, 'outputs', 'vision.mp4');
			const probed = spawnSync(
				'ffprobe',
				['-v', 'error', '-show_streams', '-show_format', '-of', 'json', video],
				{encoding: 'utf8'},
			);
			const {streams, format} = JSON.parse(probed.stdout);
			expect(streams[0]).toMatchObject({codec_name: 'h264', codec_type: 'video'});
			expect(JSON.stringify(format.tags)).toMatch(/simulat/i);
		},
	);

	it('records when the model was loaded and the sampling started', async () => {
		const {times} = await jsonOf('show', 'latest');
		const moments = [times.starting, times.loading, times.sampling, times.downloading];
		expect(moments).toEqual(moments.filter(Boolean).toSorted());
		expect((await cosmos('show', 'latest')).stdout).toMatch(/ load \d+:\d+, sampling \d+:\d+, /);
	});

	it('marks results as simulated, in the store and on screen', async () => {
		expect((await jsonOf('show', 'latest')).simulated).toBe(true);
		expect((await cosmos('show', 'latest')).stdout).toContain('simulated');
		expect((await cosmos('list', 'runs')).stdout).toContain('simulated');
	});

	it('lists prompts and runs as tab-separated lines in a pipe', async () => {
		const prompts = (await cosmos('list', 'prompts')).stdout.trim().split('\n');
		expect(prompts.map(line => line.split('\t')[2])).toEqual(['desert-dusk', 'city-night']);
		const [run] = (await cosmos('list', 'runs')).stdout.trim().split('\n');
		expect(run?.split('\t').slice(2, 5)).toEqual(['✔ completed', 'city-night', 'demo']);
	});

	it('filters runs by status, prompt and number', async () => {
		const prompts = await jsonOf('list', 'prompts');
		expect(await jsonOf('list', 'runs', '--status', 'failed')).toEqual([]);
		expect(await jsonOf('list', 'runs', '--prompt', prompts[0].id)).toEqual([]);
		expect(await jsonOf('list', 'runs', '--prompt', prompts[1].id)).toHaveLength(1);
		expect(await jsonOf('list', 'prompts', '--limit', '1')).toHaveLength(1);
	});

	it('finds a prompt and a run by any unique prefix', async () => {
		const [run] = await jsonOf('list', 'runs');
		expect((await jsonOf('show', run.id.slice(0, -2))).id).toBe(run.id);
		expect((await jsonOf('show', run.promptId)).id).toBe(run.promptId);
	});

	it('prints the log whole, or its last lines', async () => {
		const [run] = await jsonOf('list', 'runs');
		const log = readFileSync(path.join(home, 'data', 'runs', run.id, 'log'), 'utf8');
		expect((await cosmos('logs', 'latest')).stdout).toBe(log);
		const lines = log.trimEnd().split('\n');
		const tail = await cosmos('logs', 'latest', '--tail', '2');
		expect(tail.stdout.trimEnd()).toBe(lines.slice(-2).join('\n'));
	});

	it('follows the log of a run that another process runs, to its end', async () => {
		const slow = {...env, COSMOS_SIMULATE_STEP: '0.1', COSMOS_SIMULATE: 'step-bars'};
		const run = startCosmos(['inference', 'latest', '--host', 'demo', '--stream'], {
			cwd: home,
			env: slow,
		});
		await run.seen(/ 2\/35 \[/);
		const follower = startCosmos(['logs', 'latest', '--follow'], {cwd: home, env});
		await follower.seen(/ 4\/35 \[/);
		const [followed, ended] = await Promise.all([follower.ended, run.ended]);
		expect(followed.code).toBe(0);
		const {id} = await jsonOf('show', 'latest');
		const log = readFileSync(path.join(home, 'data', 'runs', id, 'log'), 'utf8');
		expect(followed.stdout).toBe(log);
		expect(ended.stdout.startsWith(log)).toBe(true);
	});

	it('shows what would run and runs nothing', async () => {
		const before = await jsonOf('list', 'runs');
		const plan = await cosmos('inference', 'latest', '--dry-run', '--steps', '7');
		expect(plan.stdout).toContain('"num_steps": 7');
		expect(plan.stdout).toContain('"vision_path"');
		expect(await jsonOf('list', 'runs')).toEqual(before);
	});

	it('quits immediately at the second Ctrl-C', async () => {
		const stubborn = {...env, COSMOS_SIMULATE: 'hang-hard,step-bars'};
		const run = startCosmos(['inference', 'latest', '--stream'], {cwd: home, env: stubborn});
		await run.seen(/ \d+\/35 \[/);
		run.process.kill('SIGINT');
		await run.seen(/SIG(TERM|INT) ignored/);
		run.process.kill('SIGINT');
		expect((await run.ended).code).toBe(130);
		const {id, shown} = await jsonOf('show', 'latest');
		expect(shown).toBe('interrupted');
		const killed = await cosmos('kill', id);
		expect(killed.code).toBe(0);
		expect((await jsonOf('show', id)).status).toBe('cancelled');
	});

	it('shows the host, and where every value of the configuration comes from', async () => {
		const status = await cosmos('status');
		expect(status.stdout).toMatch(/host +demo \(this machine\), simulated\nready +yes/);
		const config = await jsonOf('config');
		expect(config.sources).toContainEqual({
			key: 'data',
			value: env.COSMOS_DATA,
			from: 'COSMOS_DATA',
		});
	});

	it('creates nothing when it only reads', async () => {
		const data = path.join(home, 'nothing-here');
		const listed = await cosmos('list', 'runs', '--data', data);
		expect(listed).toMatchObject({code: 0, stdout: '', stderr: ''});
		expect(existsSync(data)).toBe(false);
	});
});
