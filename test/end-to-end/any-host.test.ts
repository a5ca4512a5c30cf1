import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {samplesFolder, simulatorFile} from '../../source/package-root.js';
import {openShell, type Shell} from '../commands/in-process.js';

let shell: Shell;
const cosmos = (...words: string[]) =>
	shell.cosmos(words, {
		env: {COSMOS_DATA: shell.data, COSMOS_SIMULATE: 'model-load=0', COSMOS_SIMULATE_STEP: '0'},
		bare: true,
	});

/** A host where nobody listens, and this machine with two slots. */
beforeAll(async () => {
	shell = await openShell();
	const here = path.join(shell.folder, 'here');
	const config = path.join(shell.folder, 'etc', 'cosmos');
	mkdirSync(here);
	mkdirSync(config, {recursive: true});
	const common = 'engine = "process"\nsimulated = true\n';
	writeFileSync(
		path.join(config, 'config.toml'),
		`[hosts.gone]\nssh = "127.0.0.1"\nport = 9\nremote_dir = "~/x"\ngroups = ["all-of-them"]\n${common}
[hosts.here]\nssh = "local"\nremote_dir = "${here}"\ngroups = ["all-of-them"]\ngpus = [[0], [1, 2]]
prefix = ["${process.execPath}", "${simulatorFile()}"]\nenv = ["COSMOS_SIMULATE", "COSMOS_SIMULATE_STEP"]\n${common}`,
	);
	const video = path.join(samplesFolder(), 'city-night');
	expect((await cosmos('create', 'prompt', 'A street', video)).code).toBe(0);
});

afterAll(() => shell.close());

it('launches on the first free slot that answers, and says which', async () => {
	const {code, stderr} = await cosmos('inference', 'latest', '--host', 'any', '--steps', '1');
	expect(stderr).toMatch(/^any: running on here, slot gpu0$/m);
	expect(code).toBe(0);
	const [run] = await shell.store.listRuns();
	expect(run?.run).toMatchObject({host: 'here', lane: 'gpu0', status: 'completed'});
});

it('lists what each host is missing if none can run it', async () => {
	const {code, stderr} = await cosmos('inference', 'latest', '--host', 'gone', '--steps', '1');
	expect(code).toBe(4);
	expect(stderr).toContain('refused the connection');
	expect((await cosmos('inference', 'latest', '--host', 'nobody')).stderr).toMatch(
		/host "nobody" is not in the configuration\n.*Expected one of: gone, here, demo, all-of-them, any/,
	);
});

it('runs jobs of a group on all slots that respond, and reports the host that does not', async () => {
	for (let count = 0; count < 3; count++) {
		const words = ['queue', 'add', 'inference', 'latest', '--steps', '1', '--host', 'all-of-them'];
		expect((await cosmos(...words)).code).toBe(0);
	}

	const {code, stderr} = await cosmos('queue', 'run', '--once');
	expect(stderr).toMatch(/cannot start on gone: .*refused the connection/);
	expect(code).toBe(0);
	const {jobs, lanes} = JSON.parse((await cosmos('queue', 'list', '--json')).stdout);
	expect(jobs.map((job: {shown: string; host: string}) => [job.shown, job.host])).toEqual(
		[1, 2, 3].map(() => ['done', 'here']),
	);
	const places = lanes.map(({host, lane}: {host: string; lane: string}) => `${host} ${lane}`);
	expect(places).toEqual(['gone gpu0', 'here gpu0', 'here gpu1-2', 'demo gpu0']);
	expect(lanes[0].silent).toMatchObject({host: 'gone'});
	expect((await cosmos('queue', 'list')).stderr).toMatch(/^gone: no response since/m);
	const runs = (await shell.store.listRuns()).map(({run}) => run);
	expect(new Set(runs.map(({lane}) => lane))).toEqual(new Set(['gpu0', 'gpu1-2']));
});
