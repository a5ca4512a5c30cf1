import {createHash} from 'node:crypto';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {loadConfig} from '../../source/config/config.js';
import {type Host, slotNames, slotsOf} from '../../source/domain/hosts/host.js';

let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'cosmos-config-'));
	env = {XDG_CONFIG_HOME: path.join(folder, 'etc'), XDG_DATA_HOME: path.join(folder, 'share')};
	mkdirSync(path.join(folder, 'etc', 'cosmos'), {recursive: true});
});

afterEach(() => {
	rmSync(folder, {recursive: true, force: true});
});

const load = (more = {}) => loadConfig({env, cwd: folder, simulator: '/simulator.js', ...more});

/** As with `--trust-project`. */
const trusted = (file: string) => ({
	trustProject: createHash('sha256').update(readFileSync(file)).digest('hex'),
});

function writeUser(text: string): string {
	const file = path.join(folder, 'etc', 'cosmos', 'config.toml');
	writeFileSync(file, text);
	return file;
}

const fourLines = `[hosts.h100]
ssh = "h100"
remote_dir = "~/cosmos-transfer1"
image = "nvcr.io/me/cosmos-transfer1:latest"
`;

describe('loadConfig', () => {
	it('needs no file: the demo host always exists', async () => {
		const config = await load();
		expect(config.defaultHost).toBe('demo');
		expect(config.dataDir).toBe(path.join(folder, 'share', 'cosmos'));
		expect(config.hosts.map(host => [host.name, host.engine, host.simulated])).toEqual([
			['demo', 'process', true],
		]);
	});

	it('accepts a Slurm host without an image, with the GPUs that it requests', async () => {
		writeUser(`[hosts.hpc]
engine = "slurm"
remote_dir = "/scratch/cosmos"
[hosts.hpc.slurm]
partition = "gpu"
gres = "gpu:h100:2"
time = "1-12:00:00"
options = ["--exclusive"]
width = 12
`);
		const [host] = (await load()).hosts;
		expect(slotNames(host as Host)).toEqual(['slot1', '…', 'slot12']);
		expect(host).toMatchObject({
			engine: 'slurm',
			image: '',
			gpus: [0, 1],
			engineSettings: {
				partition: 'gpu',
				container: 'none',
				options: ['--exclusive'],
				mounts: [],
			},
		});
	});

	it.each([
		[
			'engine = "slurm"\n[hosts.hpc.slurm]\npartitoin = "gpu"',
			'config.toml:5: unknown key "partitoin"',
		],
		['engine = "slurm"\n[hosts.hpc.slurm]\ntime = "soon"', 'hosts.hpc.slurm.time: must be a time'],
		['engine = "slurm"\n[hosts.hpc.slurm]\ncontainer = "pyxis"', '[hosts.hpc] has no image'],
		['engine = "slurm"\ngpus = [[0], [1]]', 'assigns GPUs to slots'],
		['image = "x"\n[hosts.hpc.slurm]\nqos = "high"', '[hosts.hpc.slurm] without engine = "slurm"'],
	])('rejects %j', async (text, words) => {
		writeUser(`[hosts.hpc]\nremote_dir = "~/x"\n${text}\n`);
		await expect(load()).rejects.toThrow(words);
	});

	it('merges the Slurm table of a host key by key, like all others', async () => {
		writeUser(`[hosts.hpc]
engine = "slurm"
remote_dir = "/scratch/cosmos"
[hosts.hpc.slurm]
partition = "gpu"
memory = "96G"
`);
		const project = path.join(folder, 'cosmos.toml');
		writeFileSync(project, '[hosts.hpc.slurm]\nmemory = "32G"\nwidth = 4\n');
		const {hosts, sources} = await load(trusted(project));
		expect(hosts[0]?.engineSettings).toMatchObject({partition: 'gpu', memory: '32G', width: 4});
		expect(sources.findLast(({key}) => key === 'hosts.hpc.slurm.memory')).toMatchObject({
			value: '"32G"',
			from: project,
		});
	});

	it('needs four lines for a GPU host and makes it the default', async () => {
		writeUser(fourLines);
		const config = await load();
		expect(config.defaultHost).toBe('h100');
		expect(config.hosts[0]).toMatchObject({
			ssh: 'h100',
			transport: 'ssh',
			engine: 'docker',
			docker: ['docker'],
			gpus: [0],
		});
	});

	it('lets the project file override the user file, and flags and environment both', async () => {
		writeUser(fourLines);
		const project = path.join(folder, 'cosmos.toml');
		writeFileSync(project, '[hosts.h100]\ndocker = "sudo docker"\n');
		const config = await load({
			dataDir: 'here',
			env: {...env, COSMOS_HOST: 'demo'},
			...trusted(project),
		});
		expect(config.hosts[0]?.docker).toEqual(['sudo', 'docker']);
		expect(config.defaultHost).toBe('demo');
		expect(config.sources).toContainEqual({
			key: 'hosts.h100.docker',
			value: '"sudo docker"',
			from: project,
		});
		expect(config.dataDir).toBe(path.join(folder, 'here'));
	});

	it.each([
		[
			'a wrong key',
			`${fourLines}imagee = "x"\n`,
			':5: unknown key "imagee"',
			'Did you mean "image"?',
		],
		['a wrong type', `${fourLines}port = "22"\n`, ':5: hosts.h100.port: ', 'cosmos config --help'],
		['a port out of range', `${fourLines}port = 99999\n`, ':5: hosts.h100.port: ', 'cosmos config'],
		[
			'a wrong engine',
			`${fourLines}engine = "dokcer"\n`,
			':5: hosts.h100.engine: ',
			'cosmos config',
		],
		['wrong syntax', `${fourLines}docker = docker\n`, ':5: invalid TOML: ', 'quotes'],
		[
			'an unknown table',
			'[host.h100]\nssh = "x"\n',
			':1: unknown key "host"',
			'Did you mean "hosts"?',
		],
		['a missing image', '[hosts.h100]\nremote_dir = "~/x"\n', 'has no image', 'image = '],
		['a missing folder', '[hosts.h100]\nimage = "x"\n', 'has no remote_dir', 'remote_dir = '],
		['an unknown model', `${fourLines}model = "transfer2"\n`, 'hosts.h100.model', '--help'],
		['an unknown default', `default_host = "h10"\n${fourLines}`, '"h10" is not in the', '"h100"'],
	])('rejects %s with file, line and a hint', async (_name, text, message, hint) => {
		const file = writeUser(text);
		const error = await load().then(
			() => undefined,
			(reason: Error & {hint: string; exitCode: number}) => reason,
		);
		expect(error?.message).toContain(message);
		expect(error?.message).toContain(file);
		expect(error?.hint).toContain(hint);
		expect(error?.exitCode).toBe(3);
	});

	it('rejects a missing file that was named', async () => {
		await expect(load({configFile: 'nowhere.toml'})).rejects.toThrow(
			/there is no file .*nowhere\.toml/,
		);
	});

	it('reads GPU sets as slots, and groups', async () => {
		writeUser(`${fourLines}gpus = [[0], [1, 2]]\ngroups = ["fast"]\n`);
		const [host] = (await load()).hosts as [Host];
		expect([host.gpus, host.groups]).toEqual([[0, 1, 2], ['fast']]);
		expect(slotsOf(host)).toEqual([
			{lane: 'gpu0', gpus: [0]},
			{lane: 'gpu1-2', gpus: [1, 2]},
		]);
	});

	it.each([
		['gpus = [[0, 1], [1]]', /config\.toml:5: hosts\.h100\.gpus: GPU 1 is listed twice/],
		[
			'gpus = [0, [1]]',
			/config\.toml:5: hosts\.h100\.gpus: give GPU indices, .* \[\[0\], \[1, 2\]\]$/,
		],
		['groups = ["any"]', /group "any" of \[hosts\.h100\] has the name of "any"/],
		[
			'groups = ["a100"]',
			/group "a100" of \[hosts\.h100\] has the name of the host \[hosts\.a100\]/,
		],
	])('rejects %s', async (line, message) => {
		writeUser(`${fourLines}${line}\n${fourLines.replaceAll('h100', 'a100')}`);
		await expect(load()).rejects.toThrow(message);
	});

	it('rejects a host named any', async () => {
		writeUser(fourLines.replaceAll('h100', 'any'));
		await expect(load()).rejects.toThrow(/\[hosts\.any\] has the name of "any"/);
	});

	it('reads recipes, each as a whole from the last file that defines it', async () => {
		const text = (more: string) => `[recipes.depth]\ncommand = ["depth", "{inputs}"]\n${more}\n`;
		const file = writeUser(text('outputs = ["*.mp4"]\nprogress = \'(\\d+)%\'\ntime_limit = 60'));
		const first = (await load()).recipes;
		expect(first).toEqual([
			{
				...{name: 'depth', command: ['depth', '{inputs}'], inputs: ['color']},
				...{outputs: ['*.mp4'], progress: '(\\d+)%', timeLimit: 60},
			},
		]);
		const project = path.join(folder, 'cosmos.toml');
		writeFileSync(project, text('outputs = ["a.json"]'));
		const {recipes, sources} = await load(trusted(project));
		expect(recipes).toMatchObject([{outputs: ['a.json'], timeLimit: 3600}]);
		expect(recipes[0]).not.toHaveProperty('progress');
		expect(sources.map(({from}) => from)).toContain(project);
		expect(sources.map(({from}) => from)).not.toContain(file);
	});

	it.each([
		['comand = ["x"]', 'unknown key "comand"', 'Did you mean "command"?'],
		['command = []', 'recipes.depth.command: give the program'],
		['command = "depth.py"', 'recipes.depth.command: give the program'],
		['command = [""]', 'recipes.depth.command: give the program'],
		['command = ["x", "{input}"]', 'recipes.depth.command.1: unknown placeholder {input}'],
		['progress = "("', 'recipes.depth.progress: is not a valid regular expression'],
		['progress = "frames"', 'recipes.depth.progress: has 0 groups'],
		['inputs = ["Colour"]', 'recipes.depth.inputs.0: a role may have up to 40 lower-case letters'],
		['outputs = []', 'recipes.depth.outputs: give at least one pattern'],
		['outputs = ["../*"]', 'recipes.depth.outputs.0: leaves the output folder'],
		['outputs = ["/tmp/*"]', 'recipes.depth.outputs.0: starts outside'],
		['time_limit = 5', 'recipes.depth.time_limit: '],
	])('rejects a recipe with %s', async (line, message, hint = 'cosmos config --help') => {
		const key = line.split(' ')[0] as string;
		const others = ['outputs = ["*.mp4"]', 'command = ["x"]'].filter(one => !one.startsWith(key));
		const file = writeUser(['# own jobs', '[recipes.depth]', ...others, line, ''].join('\n'));
		const place = `${file}:${others.length + 3}: `;
		await expect(load()).rejects.toMatchObject({
			message: expect.stringContaining(place + message),
			hint: expect.stringContaining(hint),
		});
	});

	it.each([
		['[recipes."my depth"]', 'a recipe name may have up to 24'],
		['[recipes.upscale]', 'upscale is reserved'],
	])('rejects the name of %s', async (head, words) => {
		const file = writeUser(`\n${head}\ncommand = ["x"]\noutputs = ["*"]\n`);
		await expect(load()).rejects.toThrow(`${file}:2: recipes.`);
		await expect(load()).rejects.toThrow(words);
	});
});
