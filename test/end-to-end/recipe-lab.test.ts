import {appendFileSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';
import {few, quick} from './cosmos3-modes.js';

const picture = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
	'base64',
);

/** Says what it was given, and copies it. */
const recipe = `
[recipes.still]
command = ["sh", "-c", 'echo "given $1"; cp "$1" "$2/copy-$3.png"', "sh", "{input.image}", "{outputs}", "{setting.tone}"]
inputs = ["image"]
outputs = ["copy-*.png"]

[recipes.still.settings.tone]
kind = "choice"
choices = ["warm", "cold"]
default = "cold"
help = "colours of the copy"
`;

describe.skipIf(!available('docker', 'sshd'))('over SSH, in a container', () => {
	let lab: GpuHost;
	let configuration: string;
	let prompt: string;
	beforeAll(async () => {
		lab = await startGpuHost();
		for (const folder of ['cosmos_framework', 'inputs/omni']) {
			mkdirSync(path.join(lab.checkout, folder), {recursive: true});
		}

		configuration = path.join(lab.client.home, '.config', 'cosmos', 'config.toml');
		appendFileSync(configuration, recipe);
		const still = path.join(lab.client.home, 'a still.png');
		writeFileSync(still, picture);
		const made = await lab.cosmos(['create', 'prompt', 'A street', `image=${still}`]);
		expect(made).toMatchObject({code: 0});
		prompt = made.stdout.trim().split(/\s/)[0] as string;
	});
	afterAll(() => lab?.stop());

	it('a recipe gets the image of a prompt as a file, and its own setting', async () => {
		const {code, stderr} = await lab.cosmos(['recipe', 'still', prompt, '--tone', 'warm']);
		expect({code, stderr}).toMatchObject({code: 0});
		const run = JSON.parse((await lab.cosmos(['show', 'latest', '--json'])).stdout);
		expect(run.outputs.map(({name}: {name: string}) => name)).toEqual(['copy-warm.png']);
		const copy = path.join(lab.data, 'runs', run.id, 'outputs', 'copy-warm.png');
		expect(readFileSync(copy)).toEqual(picture);
		expect((await lab.cosmos(['logs', 'latest'])).stdout).toMatch(
			/^given cosmos-inputs\/[0-9a-f]{64}\.png$|^given cosmos-runs\/.*\.png$/m,
		);
		expect(lab.docker.containers()).toEqual([]);
	});

	it('extra_args of the host reach the command of their family, and of no other', async () => {
		const before = readFileSync(configuration, 'utf8');
		const launch = () =>
			lab.cosmos(
				['inference', prompt, '--model', 'cosmos3', '--mode', 'image2image', ...few],
				quick,
			);
		writeFileSync(
			configuration,
			`${before}\n[hosts.lab.extra_args]\ncosmos3 = ["--no-use-torch-compile"]\n`,
		);
		expect(await launch()).toMatchObject({code: 0});
		writeFileSync(
			configuration,
			`${before}\n[hosts.lab.extra_args]\ncosmos3 = ["--no-such-flag"]\n`,
		);
		expect(await launch()).toMatchObject({code: 1});
		expect((await lab.cosmos(['logs', 'latest'])).stdout).toContain('--no-such-flag');
		expect(await lab.cosmos(['recipe', 'still', prompt])).toMatchObject({code: 0});
		writeFileSync(configuration, before);
	});
});
