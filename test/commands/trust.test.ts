import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {complete} from '../../source/commands/complete.js';
import {verbs} from '../../source/commands/verbs.js';
import {writeTrust} from '../../source/config/project-trust.js';
import {openStore} from '../../source/store/store.js';
import {type Ended, startCosmos} from '../cosmos.js';
import {addFinished} from './in-process.js';

const hostile = `default_host = "theirs"
open = "sh ./run.sh"
[hosts.theirs]
ssh = "local"
engine = "process"
remote_dir = "."
groups = ["many"]
prefix = ["sh", "./run.sh"]
[recipes.theirs]
command = ["sh", "./run.sh"]
outputs = ["*"]
`;
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

let home: string;
let cwd: string;
let file: string;
let env: Record<string, string>;

beforeEach(() => {
	home = mkdtempSync(path.join(tmpdir(), 'cosmos-trust-verb-'));
	cwd = path.join(home, 'cloned');
	file = path.join(cwd, 'cosmos.toml');
	env = {HOME: home, XDG_CONFIG_HOME: path.join(home, 'etc')};
	mkdirSync(cwd, {mode: 0o755});
	writeFileSync(file, hostile, {mode: 0o644});
	writeFileSync(path.join(cwd, 'run.sh'), `touch ${home}/owned\n`);
});

afterEach(() => rmSync(home, {recursive: true, force: true}));

const cosmos = (words: string[], more: Record<string, string> = {}): Promise<Ended> =>
	startCosmos(words, {env: {...env, ...more}, cwd}).ended;

/** A run with a video, in the data folder that these calls use. */
async function addRun(): Promise<{runId: string; promptId: string}> {
	const store = await openStore({folder: path.join(home, '.local', 'share', 'cosmos')});
	const {run, prompt} = await addFinished(store);
	store.close();
	return {runId: run.id, promptId: prompt.id};
}

describe('a verb that needs what an untrusted project sets', () => {
	it.each([
		['the default host', ['status'], 'default_host'],
		['the default host', ['doctor'], 'default_host'],
		['the default host', ['clean', '--dry-run'], 'default_host'],
		['the default host', ['kill-all', '--yes'], 'default_host'],
		['the default host', ['upscale', 'x.mp4', '--dry-run'], 'default_host'],
		['a host', ['status', '--host', 'theirs'], 'hosts.theirs'],
		['a recipe', ['recipe', 'theirs', 'latest', '--dry-run'], 'recipes.theirs'],
	])('ends with 3 and names `cosmos trust`: %s, %j', async (_what, words, key) => {
		await addRun();
		const {code, stdout, stderr} = await cosmos(words);
		expect({code, says: stdout + stderr}).toMatchObject({
			code: 3,
			says: expect.stringContaining(`${key} is set in ${file}, which is not trusted`),
		});
		expect(stdout + stderr).toContain('Run `cosmos trust` there');
		expect(existsSync(path.join(home, 'owned'))).toBe(false);
	});

	it('ends with 3 for the command of open, and starts no other one', async () => {
		const {runId} = await addRun();
		const {code, stderr} = await cosmos(['open', runId]);
		expect({code, stderr}).toMatchObject({
			code: 3,
			stderr: expect.stringContaining(`open is set in ${file}, which is not trusted`),
		});
	});

	it('does not need it where a flag or a variable says another', async () => {
		const {runId} = await addRun();
		expect((await cosmos(['status', '--host', 'demo'])).code).toBe(0);
		expect((await cosmos(['status'], {COSMOS_HOST: 'demo'})).code).toBe(0);
		const opened = await cosmos(['open', runId], {COSMOS_OPEN: 'true'});
		expect(opened.code).toBe(0);
	});
});

describe('cosmos trust', () => {
	it('prints all that the file would set, and asks nobody without a terminal', async () => {
		const {code, stdout, stderr} = await cosmos(['trust']);
		expect(code).toBe(3);
		expect(stdout).toContain('open = "sh ./run.sh"\n');
		expect(stdout).toContain('hosts.theirs.prefix = ["sh","./run.sh"]\n');
		expect(stdout).toContain('recipes.theirs.command = ["sh","./run.sh"]\n');
		expect(stderr).toContain(`--trust-project ${hashOf(hostile)}`);
	});

	it('looks at the folder that it is given', async () => {
		const {stdout} = await startCosmos(['trust', 'cloned'], {env, cwd: home}).ended;
		expect(stdout).toContain(`SHA-256 ${hashOf(hostile)}`);
	});

	it('lists what was trusted, and what has become of it', async () => {
		const places = ['gone', 'changed', 'refused'].map(name => path.join(home, `${name}.toml`));
		const [, changed = '', refused = ''] = places;
		writeFileSync(changed, 'theme = "dark"');
		writeFileSync(refused, hostile);
		chmodSync(refused, 0o666);
		for (const place of [...places, file]) {
			await writeTrust(env, place, hashOf(hostile));
		}

		const {code, stdout} = await cosmos(['trust', '--list']);
		expect(code).toBe(0);
		expect(stdout.split('\n').slice(0, -1).sort()).toEqual(
			['gone', 'changed', 'refused']
				.map((state, index) => `${state}\t${places[index]}\t${hashOf(hostile)}`)
				.concat(`trusted\t${file}\t${hashOf(hostile)}`)
				.sort(),
		);
		const json = JSON.parse((await cosmos(['trust', '--list', '--json'])).stdout) as object[];
		expect(json).toContainEqual({
			schema: 'cosmos.trusted-file.1',
			file,
			state: 'trusted',
			hash: hashOf(hostile),
		});
	});

	it('takes trust away, also from a file that is gone', async () => {
		await writeTrust(env, file, hashOf(hostile));
		expect((await cosmos(['status', '--host', 'theirs'])).stderr).not.toContain('not trusted');
		rmSync(file);
		expect(await cosmos(['trust', '--remove'])).toMatchObject({code: 0});
		expect((await cosmos(['trust', '--list'])).stdout).toBe('');
		expect(await cosmos(['trust', '--remove'])).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('is not among the trusted files'),
		});
	});
});

describe('completion', () => {
	const offered = async (...words: string[]) =>
		(await complete(verbs, words, {env, cwd})).words.map(([word]) => word);
	const hosts = () => offered('inference', 'x', '--host', '');

	it('offers no names of an untrusted file', async () => {
		expect(await hosts()).toEqual(['demo']);
		expect(await offered('recipe', '')).toEqual([]);
	});

	it('offers those of a trusted one', async () => {
		await writeTrust(env, file, hashOf(hostile));
		expect(await hosts()).toEqual(['theirs', 'demo', 'many']);
		expect(await offered('recipe', '')).toEqual(['theirs']);
	});

	it('offers those of one that the call trusts', async () => {
		expect(
			await offered('inference', 'x', '--trust-project', hashOf(hostile), '--host', ''),
		).toEqual(['theirs', 'demo', 'many']);
	});

	it.skipIf(process.platform === 'win32')('does not wait for a FIFO', async () => {
		rmSync(file);
		execFileSync('mkfifo', [file]);
		expect(await hosts()).toEqual(['demo']);
	});

	it('takes no longer for a file of blank lines than for any other', async () => {
		const text = `${'\n'.repeat(1_000_000)}[hosts.late]\n`;
		writeFileSync(file, text);
		await writeTrust(env, file, hashOf(text));
		const before = process.cpuUsage();
		expect(await hosts()).toContain('late');
		// With the square of the length it would be minutes.
		expect(process.cpuUsage(before).user).toBeLessThan(20_000_000);
	});
});
