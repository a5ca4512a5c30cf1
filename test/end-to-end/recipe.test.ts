import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {samplesFolder} from '../../source/package-root.js';
import {openShell, type Shell} from '../commands/in-process.js';
import {startCosmos} from '../cosmos.js';

/** Says how far it is, waits for a file, and copies the video. */
const script = `echo 1/2 frames
while [ ! -e "$3" ]; do sleep 0.05; done
echo 2/2 frames
cp "$1/color.mp4" "$2/seed-$4.mp4"`;

describe.skipIf(process.platform === 'win32')('a run of a recipe on the demo host', () => {
	let shell: Shell;
	let prompt: string;
	const cosmos = (...words: string[]) => shell.cosmos(words);
	const jsonOf = async (...words: string[]) =>
		JSON.parse((await cosmos(...words, '--json')).stdout);
	const gate = () => path.join(shell.folder, 'go');

	function configure(command: readonly string[]): void {
		const text = `[recipes.copy]
command = ${JSON.stringify(command)}
outputs = ["seed-*.mp4"]
progress = '(\\d+)/(\\d+) frames'
`;
		writeFileSync(path.join(shell.folder, 'etc', 'cosmos', 'config.toml'), text);
	}

	beforeAll(async () => {
		shell = await openShell();
		mkdirSync(path.join(shell.folder, 'etc', 'cosmos'), {recursive: true});
		configure(['sh', '-c', script, 'sh', '{inputs}', '{outputs}', gate(), '{seed}']);
		const videos = path.join(samplesFolder(), 'city-night');
		prompt = (await cosmos('create', 'prompt', 'A street', videos)).stdout.trim();
	});

	afterAll(() => shell.close());

	it('is awaited, resumed and rerun as it was, even if the configuration has changed', async () => {
		const started = startCosmos(['recipe', 'copy', prompt, '--seed', '7', '--stream'], {
			env: {
				HOME: shell.folder,
				XDG_CONFIG_HOME: path.join(shell.folder, 'etc'),
				COSMOS_DATA: shell.data,
			},
		});
		await started.seen(/1\/2 frames/);
		expect((await cosmos('queue', 'add', 'recipe', 'copy', prompt)).stdout).toContain('copy');
		started.process.kill('SIGKILL');
		await started.ended;
		configure(['false']);
		writeFileSync(gate(), '');

		expect((await cosmos('recover', 'latest')).stderr).toContain('completed');
		const run = await jsonOf('show', 'latest');
		expect(run).toMatchObject({
			...{operation: 'recipe', model: 'copy', status: 'completed', simulated: false},
			...{settings: {seed: 7}, recipe: {outputs: ['seed-*.mp4']}},
			outputs: [{name: 'seed-7.mp4'}],
		});
		const output = readFileSync(path.join(shell.data, 'runs', run.id, 'outputs', 'seed-7.mp4'));
		expect(output).toEqual(readFileSync(run.inputs[0].path));

		expect((await cosmos('queue', 'run', '--once')).code).toBe(0);
		const again = await cosmos('rerun', run.id, '--seed', '8');
		expect(again.stderr).toContain('recipe copy has changed in the configuration');
		const names = (await jsonOf('list', 'runs')).map(
			(one: {outputs: Array<{name: string}>}) => one.outputs[0]?.name,
		);
		expect(names).toEqual(['seed-8.mp4', 'seed-1.mp4', 'seed-7.mp4']);

		expect((await cosmos('recipe', 'copy', prompt)).code).toBe(1);
		expect((await cosmos('recipe', 'cpoy', prompt)).stderr).toContain('Did you mean "copy"?');
	});
});
