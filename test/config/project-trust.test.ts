import {execFileSync} from 'node:child_process';
import {
	chmodSync,
	chownSync,
	mkdirSync,
	mkdtempSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {loadConfig} from '../../source/config/config.js';
import {type ConfigFile, parseConfig} from '../../source/config/config-file.js';
import {findOpener} from '../../source/config/find-opener.js';
import {
	readProject,
	splitUntrusted,
	untrustedMay,
	writeTrust,
} from '../../source/config/project-trust.js';

let folder: string;
let cwd: string;
let file: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'cosmos-trust-'));
	cwd = path.join(folder, 'project');
	file = path.join(cwd, 'cosmos.toml');
	env = {XDG_CONFIG_HOME: path.join(folder, 'etc'), XDG_DATA_HOME: path.join(folder, 'share')};
	mkdirSync(path.join(folder, 'etc', 'cosmos'), {recursive: true});
	mkdirSync(cwd, {mode: 0o755});
	writeFileSync(
		path.join(folder, 'etc', 'cosmos', 'config.toml'),
		'[hosts.h100]\nssh = "h100.example"\nremote_dir = "~/x"\nimage = "own"\n',
	);
});

afterEach(() => {
	rmSync(folder, {recursive: true, force: true});
});

const load = (more = {}) => loadConfig({env, cwd, simulator: '/simulator.js', ...more});
const write = (text: string) => writeFileSync(file, text, {mode: 0o644});

async function trustNow() {
	const project = await readProject(cwd);
	await writeTrust(env, project?.place as string, project?.hash);
	return project;
}

/** One value of each key of a file; a key without a row does not compile. */
const rows: Required<{[Key in keyof ConfigFile]: string}> = {
	default_host: 'default_host = "stranger"',
	open: 'open = "sh ./run.sh"',
	notice: 'notice = "bell"',
	notice_when: 'notice_when = "always"',
	theme: 'theme = "dark"',
	colors: 'colors.accent = "bold cyan"',
	pictures: 'pictures = "none"',
	mouse: 'mouse = false',
	keys: 'keys.stop = "ctrl-k"',
	hosts: '[hosts.h100]\ndocker = "sh ./run.sh"',
	commands: '[commands.own]\non = "run"\nrun = ["sh"]',
	recipes: '[recipes.depth]\ncommand = ["sh"]\noutputs = ["*"]',
	enhancer: '[enhancer]\nurl = "https://stranger.example/v1"\nmodel = "m"',
	notify: '[notify]\ncommand = ["sh"]',
	measures: '[measures]\nreject = "black>50"',
};

describe('a project file without trust', () => {
	it.each(Object.entries(rows))('%s applies only where it is harmless', async (key, text) => {
		const {content, keys} = splitUntrusted(await parseConfig(text, 'cosmos.toml'), ['h100']);
		const isSet = untrustedMay[key as keyof ConfigFile] === 'set';
		expect(key in content).toBe(isSet);
		expect(keys.length).toBe(isSet ? 0 : 1);
	});

	it("can set one of the user's own hosts as the default", async () => {
		write('default_host = "demo"');
		expect(await load()).toMatchObject({defaultHost: 'demo'});
		expect((await load()).withheld).toBeUndefined();
	});

	it.each([
		['ssh = "local"\ndocker = "sh ./run.sh"'],
		['engine = "process"\nprefix = ["sh", "-c", "env"]\nenv = ["AWS_SECRET_ACCESS_KEY"]'],
	])("leaves the user's own host as it is: %j", async text => {
		const before = (await load()).hosts;
		write(`[hosts.h100]\n${text}\n[hosts.evil]\nssh = "local"\n`);
		const {hosts, withheld} = await load();
		expect(hosts).toEqual(before);
		expect(withheld).toEqual({file, keys: ['hosts.h100', 'hosts.evil']});
	});

	it('applies once trusted, until its content changes', async () => {
		write('open = "mpv"');
		await trustNow();
		expect(await load()).toMatchObject({openCommand: 'mpv'});
		expect(statSync(path.join(folder, 'etc/cosmos/trusted.json')).mode & 0o777).toBe(0o600);
		write('open = "sh"');
		const changed = await load();
		expect(changed.openCommand).toBeUndefined();
		expect(changed.withheld?.keys).toEqual(['open']);
	});

	it("sets no opener before it is trusted, and the system's is not used instead", async () => {
		write('open = "mpv"');
		const config = await load();
		expect(() => findOpener(config, {})).toThrow('open is set in');
		expect(findOpener(config, {COSMOS_OPEN: 'vlc'})).toBe('vlc');
		await trustNow();
		expect(findOpener(await load(), {})).toBe('mpv');
	});

	it('is not trusted through a link in another folder, whose programs it would run', async () => {
		write('open = "sh ./run.sh"');
		await trustNow();
		const other = path.join(folder, 'other');
		mkdirSync(other, {mode: 0o755});
		symlinkSync(file, path.join(other, 'cosmos.toml'));
		expect((await load()).openCommand).toBe('sh ./run.sh');
		const {openCommand, withheld} = await load({cwd: other});
		expect({openCommand, keys: withheld?.keys}).toEqual({openCommand: undefined, keys: ['open']});
	});

	it('applies for one call with its whole hash, and no other', async () => {
		write('open = "mpv"');
		const {hash = ''} = (await readProject(cwd)) ?? {};
		expect(await load({trustProject: hash})).toMatchObject({openCommand: 'mpv'});
		await expect(load({trustProject: hash.slice(0, 12)})).rejects.toThrow('has another hash');
		expect((await load()).withheld?.keys).toEqual(['open']);
	});
});

describe('a project file that others could have written is rejected', () => {
	it('a FIFO, without waiting for a writer', async () => {
		execFileSync('mkfifo', [file]);
		await expect(load()).rejects.toMatchObject({kind: 'configuration'});
		await expect(load()).rejects.toThrow('is no regular file');
	});

	it('one that everyone can write, even through a link', async () => {
		const target = path.join(folder, 'target.toml');
		writeFileSync(target, 'theme = "dark"');
		chmodSync(target, 0o666);
		symlinkSync(target, file);
		await expect(load()).rejects.toThrow('can be written by everyone');
	});

	it('one in a folder where everyone can replace it', async () => {
		write('theme = "dark"');
		chmodSync(cwd, 0o777);
		await expect(load()).rejects.toThrow('everyone can replace it');
	});

	it.runIf(process.geteuid?.() === 0)('one that a group can write', async () => {
		write('theme = "dark"');
		chownSync(file, 0, 3_999_999);
		chmodSync(file, 0o664);
		await expect(load()).rejects.toThrow('can be written by its group');
	});

	it.runIf(process.geteuid?.() === 0)('one of another user', async () => {
		write('theme = "dark"');
		chownSync(file, 65_534, 65_534);
		await expect(load()).rejects.toThrow('belongs to another user');
	});
});
