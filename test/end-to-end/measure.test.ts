import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {samplesFolder} from '../../source/package-root.js';
import {runCosmos as cosmos} from '../cosmos.js';
import {available} from '../lab/available.js';

let folder: string;
const sample = path.join(samplesFolder(), 'city-night', 'color.mp4');

/** A host that is this machine, and recipes that make their result with ffmpeg. */
const config = (place: string) => `
default_host = "here"
[hosts.here]
ssh = "local"
remote_dir = "${place}"
model = "transfer1"
engine = "process"
[recipes.same]
command = ["ffmpeg", "-nostdin", "-v", "error", "-i", "{input.color}", "-c", "copy", "{outputs}/result.mp4"]
inputs = ["color"]
outputs = ["*.mp4"]
[recipes.dark]
command = ["ffmpeg", "-nostdin", "-v", "error", "-i", "{input.color}", "-vf", "lutyuv=y=16:u=128:v=128", "{outputs}/result.mp4"]
inputs = ["color"]
outputs = ["*.mp4"]
[recipes.broken]
command = ["sh", "-c", "echo none > {outputs}/result.mp4"]
inputs = ["color"]
outputs = ["*.mp4"]
`;

/** The same with checks, and limits for what arrives. */
const limits = `
[recipes.judge]
kind = "check"
command = ["sh", "-c", 'test -s "$1" && grep -q city "$2" && echo "{\\"quality\\": 0.25, \\"parts\\": {\\"hands\\": true}}" > "$3/judge.json"', "sh", "{input.result}", "{prompt}", "{outputs}"]
inputs = ["result", "color"]
outputs = ["judge.json"]
measures = ["quality", "parts.hands"]
[recipes.mumble]
kind = "check"
command = ["sh", "-c", "echo well > {outputs}/answer.json"]
outputs = ["*.json"]
measures = ["quality"]
[measures]
auto = true
flag = "psnr>=100"
reject = "black>50 OR judge.quality<0.5"
`;

const run = (...words: string[]) => runWith('hosts.toml', words);
const runWith = (file: string, words: readonly string[]) =>
	cosmos([...words, '--config', path.join(folder, file)], {
		cwd: folder,
		env: {
			HOME: folder,
			XDG_CONFIG_HOME: path.join(folder, 'config'),
			XDG_DATA_HOME: path.join(folder, 'data'),
		},
	});
const record = async (reference = 'latest') =>
	JSON.parse((await run('show', reference, '--json')).stdout) as {
		id: string;
		status: string;
		pick?: boolean;
		measures?: {
			values: Record<string, number>;
			flagged?: object[];
			limits?: object[];
			against?: string;
		};
	};

describe.skipIf(!available('ffmpeg'))('measures', () => {
	beforeAll(async () => {
		folder = mkdtempSync(path.join(tmpdir(), 'cosmos-measure-'));
		mkdirSync(path.join(folder, 'host'));
		writeFileSync(path.join(folder, 'hosts.toml'), config(path.join(folder, 'host')));
		writeFileSync(path.join(folder, 'limits.toml'), config(path.join(folder, 'host')) + limits);
		const made = await run('create', 'prompt', 'a city', sample, '--name', 'city');
		expect(made).toMatchObject({code: 0});
	});
	afterAll(() => rmSync(folder, {recursive: true, force: true}));

	const launch = async (recipe: string) => {
		const {stdout} = await run('list', 'prompts', '--json');
		const [{id}] = JSON.parse(stdout) as [{id: string}];
		return run('recipe', recipe, id);
	};

	it('flags a black result when it arrives, in every place that names the run', async () => {
		const ended = await launch('dark');
		expect(ended.code).toBe(0);
		expect(ended.stderr).toMatch(/warning: run_\w+: result\.mp4 is black\n/);
		const {status, measures} = await record();
		expect(status).toBe('completed');
		expect(measures).toMatchObject({
			flagged: [{flag: 'black', name: 'result.mp4'}],
			values: {black: 100},
		});
		expect((await run('list', 'runs')).stdout).toMatch(/completed.*black/);
		expect((await run('show', 'latest')).stdout).toContain('warning   result.mp4 is black\n');
	});

	it('flags a result that no player can read', async () => {
		const ended = await launch('broken');
		expect(ended.stderr).toMatch(/warning: run_\w+: result\.mp4 cannot be decoded\n/);
		expect((await record()).measures?.flagged).toEqual([{flag: 'unreadable', name: 'result.mp4'}]);
		// There is nothing to compare, and it is no crash.
		expect(await run('measure', 'latest')).toMatchObject({code: 0});
	});

	it('measures a result against its input, another run, and a file', async () => {
		const before = await record();
		const ended = await launch('same');
		expect(ended.stderr).not.toContain('warning');
		expect((await record()).measures).not.toHaveProperty('flagged');

		const own = await run('measure', 'latest');
		expect(own).toMatchObject({code: 0, stderr: ''});
		expect(own.stdout).toMatch(
			/ against input\n[\s\S]* {2}psnr {7}100\.00 dB\n {2}ssim {7}1\.0000\n/,
		);
		expect((await record()).measures).toMatchObject({
			against: 'input',
			values: {psnr: 100, ssim: 1, black: 0},
		});

		const file = path.join(folder, 'other.mp4');
		execFileSync('ffmpeg', ['-v', 'error', '-i', sample, '-vf', 'gblur=3', file]);
		const other = await run('measure', 'latest', '--against', file, '--json');
		const [{measures}] = JSON.parse(other.stdout) as [Awaited<ReturnType<typeof record>>];
		expect(measures?.against).toBe(file);
		expect(measures?.values.psnr).toBeLessThan(60);

		const unlike = await run('measure', 'latest', '--against', before.id);
		expect(unlike).toMatchObject({code: 2, stderr: expect.stringContaining('it is a text file')});
	});

	it('says which input has changed, and measures the rest', async () => {
		const copy = path.join(folder, 'copy.mp4');
		execFileSync('cp', [sample, copy]);
		await run('create', 'prompt', 'a copy', copy, '--name', 'copy');
		await launch('same');
		writeFileSync(copy, 'changed');
		const {code, stderr, stdout} = await run('measure', 'latest');
		expect(code).toBe(0);
		expect(stderr).toMatch(
			/: not compared with the color input: .*copy\.mp4 has changed since the run\n/,
		);
		expect(stdout).toMatch(/frames +\d+\n/);
	});

	it('saves nothing without ffmpeg, and names the remedy', async () => {
		const {code, stderr} = await cosmos(
			['measure', 'latest', '--config', path.join(folder, 'hosts.toml')],
			{
				cwd: folder,
				env: {
					HOME: folder,
					XDG_CONFIG_HOME: path.join(folder, 'config'),
					XDG_DATA_HOME: path.join(folder, 'data'),
					PATH: folder,
				},
			},
		);
		expect(code).toBe(6);
		expect(stderr).toContain('ffmpeg is not installed on this machine');
	});

	it('picks, rejects and clears', async () => {
		await run('pick', 'latest');
		expect(await record()).toMatchObject({pick: true});
		await run('pick', 'latest', 'no');
		expect((await run('show', 'latest')).stdout).toContain('rejected\n');
		await run('pick', 'latest', 'clear');
		expect(await record()).not.toHaveProperty('pick');
		expect((await run('pick', 'latest', 'maybe')).code).toBe(2);
	});

	const limited = (...words: string[]) => runWith('limits.toml', words);

	it('measures at once where asked, and flags what reaches a limit', async () => {
		const ended = await limited('recipe', 'same', 'city');
		expect(ended).toMatchObject({
			code: 0,
			stderr: expect.stringMatching(/warning: run_\w+: flagged by psnr>=100\n/),
		});
		const same = await record();
		expect(same).toMatchObject({
			measures: {against: 'input', values: {psnr: 100}, limits: [{action: 'flag'}]},
		});
		expect(same).not.toHaveProperty('pick');
		expect((await run('list', 'runs', '--where', 'flag:limit')).stdout).toMatch(/limit/);
	});

	it('rejects what reaches a limit, until a person picks it', async () => {
		const {stderr} = await limited('recipe', 'dark', 'city');
		expect(stderr).toMatch(/is black\n.*rejected by black>50 OR judge\.quality<0\.5\n/s);
		expect(await record()).toMatchObject({status: 'completed', pick: false});
		// Without the limits the rejection ends; the mark of a person stays.
		await run('measure', 'latest');
		expect(await record()).not.toHaveProperty('pick');
		await run('pick', 'latest');
		await limited('measure', 'latest');
		expect(await record()).toMatchObject({pick: true, measures: {limits: [{action: 'reject'}]}});
	});

	it('takes the numbers of a check as measures of the run that it has looked at', async () => {
		await limited('recipe', 'same', 'city');
		const {id} = await record();
		const checked = await limited('recipe', 'judge', id, '--json');
		expect(checked).toMatchObject({code: 0});
		expect(await record(id)).toMatchObject({
			pick: false,
			measures: {values: {'judge.quality': 0.25, 'judge.parts.hands': 1, psnr: 100}},
		});
		const found = await limited('list', 'runs', '--where', 'judge.quality<0.5', '--json');
		expect(JSON.parse(found.stdout)).toMatchObject([{id}]);
		expect((await run('show', id)).stdout).toMatch(/judge\.quality +0\.25\n/);
		expect((await limited('recipe', 'mumble', id)).stderr).toContain('answer.json cannot be read');
		const prompt = await limited('recipe', 'judge', 'city');
		expect(prompt).toMatchObject({code: 2, stderr: expect.stringContaining('no run "city"')});
		// The run cannot go without its checks.
		expect((await run('delete', 'run', id, '--yes')).stderr).toContain('is the source of');
	});

	it('names the place of a limit that is no filter', async () => {
		writeFileSync(path.join(folder, 'wrong.toml'), '[measures]\nreject = "blak>50"\n');
		expect(await runWith('wrong.toml', ['list', 'runs'])).toMatchObject({
			code: 3,
			stderr: expect.stringMatching(/wrong\.toml: measures\.reject: .*"blak".*\n.*black/s),
		});
	});

	it('refuses a run without a picture, and a run that is not there', async () => {
		const {stdout} = await run('list', 'runs', '--json');
		const [{id}] = JSON.parse(stdout) as [{id: string}];
		await run('delete', 'run', id, '--outputs', '--yes');
		expect((await run('measure', id)).code).toBe(2);
		expect((await run('measure', 'run_none')).code).toBe(2);
	});
});
