/** Every key of the configuration, and what it may do in a project's file that nobody has trusted. */
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {loadConfig} from '../../source/config/config.js';
import {parseConfig} from '../../source/config/config-file.js';
import {untrustedMay} from '../../source/config/project-trust.js';
import type {CosmosError} from '../../source/domain/errors.js';

let folder: string;
let cwd: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'cosmos-untrusted-'));
	cwd = path.join(folder, 'project');
	env = {XDG_CONFIG_HOME: path.join(folder, 'etc'), XDG_DATA_HOME: path.join(folder, 'share')};
	mkdirSync(path.join(folder, 'etc', 'cosmos'), {recursive: true});
	mkdirSync(cwd, {mode: 0o755});
	writeFileSync(
		path.join(folder, 'etc', 'cosmos', 'config.toml'),
		`[hosts.own]\nssh = "own.example"\nremote_dir = "~/x"\nimage = "own"\n
[hosts.cluster]\nengine = "slurm"\nremote_dir = "~/x"\n[hosts.cluster.slurm]\npartition = "own"\n
[recipes.own]\ncommand = ["own"]\noutputs = ["*"]\n`,
	);
});

afterEach(() => rmSync(folder, {recursive: true, force: true}));

async function load(text?: string) {
	if (text !== undefined) {
		writeFileSync(path.join(cwd, 'cosmos.toml'), text, {mode: 0o644});
	}

	return loadConfig({env, cwd, simulator: '/simulator.js'});
}

/** Every table, and a value for each of its keys that could do harm. */
const tables = {
	hosts: {
		head: '[hosts.own]',
		withheld: 'hosts.own',
		values: {
			ssh: '"local"',
			transport: '"openssh"',
			user: '"root"',
			port: '2222',
			key: '"/etc/passwd"',
			engine: '"process"',
			image: '"evil"',
			remote_dir: '"/"',
			docker: '"sh ./run.sh"',
			gpus: '[7]',
			groups: '["all"]',
			docker_args: '["--privileged"]',
			env: '["AWS_SECRET_ACCESS_KEY"]',
			hf_token_file: '"/etc/shadow"',
			prefix: '["sh", "./run.sh"]',
			model: '"transfer2.5"',
			shared: 'true',
			extra_args: '{cosmos3 = ["--evil"]}',
			simulated: 'true',
			batch_sizes: '[100, 100, 100]',
			slurm: '{partition = "evil"}',
			servers: '{evil = {kind = "vllm-omni", checkpoint = "Cosmos3-Nano", image = "evil"}}',
		},
	},
	'hosts.slurm': {
		head: '[hosts.cluster.slurm]',
		withheld: 'hosts.cluster',
		values: {
			partition: '"evil"',
			account: '"evil"',
			qos: '"evil"',
			time: '"9-0"',
			gres: '"gpu:64"',
			memory: '"9T"',
			mem: '"9T"',
			cpus: '4096',
			constraint: '"evil"',
			options: '["--wrap=sh ./run.sh"]',
			container: '"docker"',
			container_args: '["--privileged"]',
			mounts: '["/:/host"]',
			width: '1000',
		},
	},
	recipes: {
		head: '[recipes.own]\ncommand = ["sh", "./run.sh"]\noutputs = ["*"]',
		withheld: 'recipes.own',
		values: {
			image: '"evil"',
			command: undefined,
			inputs: '["depth"]',
			outputs: undefined,
			progress: '"(x)"',
			time_limit: '86400',
			settings: '{x = {kind = "text"}}',
			failures: '{boom = "run it"}',
			kind: '"check"\nmeasures = ["quality"]',
			measures: '["quality"]\nkind = "check"',
		},
	},
	commands: {
		head: '[commands.own]\non = "run"\nrun = ["sh", "./run.sh"]',
		withheld: 'commands.own',
		values: {
			key: '"s"',
			on: undefined,
			run: undefined,
			ask: '{folder = "Where?"}',
			confirm: '"Sure?"',
			output: '"silent"',
		},
	},
} as const satisfies Record<
	string,
	{head: string; withheld: string; values: Record<string, string | undefined>}
>;

/** The keys of a table, as the refusal of an unknown one names them. */
async function knownKeys(head: string): Promise<string[]> {
	const {hint = ''} = await parseConfig(`${head}\nqqqqqqqqqqqq = 1\n`, 'cosmos.toml').then(
		() => ({hint: undefined}),
		(error: CosmosError) => error,
	);
	return hint.replace('Known keys: ', '').replace(/\.$/, '').split(', ').sort();
}

describe.each(Object.entries(tables))('of %s', (_name, {head, withheld, values}) => {
	it('every key is tried', async () => {
		expect(Object.keys(values).sort()).toEqual(await knownKeys(head));
	});

	it.each(Object.entries(values))('%s changes nothing', async (key, value) => {
		const {withheld: none, ...before} = await load();
		expect(none).toBeUndefined();
		const {withheld: found, ...after} = await load(
			value === undefined ? head : `${head}\n${key} = ${value}\n`,
		);
		expect(after).toEqual(before);
		expect(found?.keys).toEqual([withheld]);
	});
});

it('the table of docs/security.md names every key at the top, and what it may do', () => {
	const text = readFileSync(path.join(import.meta.dirname, '../../docs/security.md'), 'utf8');
	const words = {set: 'applies', 'name own host': 'one of your own hosts', nothing: 'withheld'};
	const rows = [...text.matchAll(/^\| `(\w+)` \| (applies|one of your own hosts|withheld) \|/gm)];
	expect(Object.fromEntries(rows.map(([, key, may]) => [key, may]))).toEqual(
		Object.fromEntries(Object.entries(untrustedMay).map(([key, may]) => [key, words[may]])),
	);
});
