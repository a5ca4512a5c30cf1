import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {GpuHost} from '../test/lab/gpu-host.js';
import {sshWords} from './run-program.js';

/** A laboratory's host whose model is a script of a few lines. */
export type ScriptedModel = {
	/** The prompt that ours launches. */
	prompt: string;
	/** Environment in which the program finds the laboratory. */
	env: NodeJS.ProcessEnv;
	/** The words after `ssh` that run the same container without us. */
	plain: string[];
};

/**
 * Puts a script in the model's place, for our runs and for a plain `docker run` of the same image.
 * @param script what follows when `$2` is the folder for the result
 */
export async function scriptedModel(lab: GpuHost, script: string): Promise<ScriptedModel> {
	const {client, docker, checkout, sshd} = lab;
	const file = path.join(client.home, 'torchrun');
	const text = `#!/bin/sh\nwhile [ "$1" != --video_save_folder ]; do shift; done\n${script}\n`;
	writeFileSync(file, text, {mode: 0o755});
	const dockerArgs = [...docker.bareArgs, '-v', `${file}:/opt/cosmos/bin/torchrun:ro`];
	const config = path.join(client.home, '.config', 'cosmos', 'config.toml');
	const own = `docker_args = ${JSON.stringify(dockerArgs)}`;
	writeFileSync(
		config,
		readFileSync(config, 'utf8').replace(/^docker_args = .*$/m, () => own),
	);
	const folder = '/workspace';
	const container = [
		...['docker', 'run', '--init', '--ipc=host', '-v', `${checkout}:${folder}`, '-w', folder],
		...[...dockerArgs, docker.image, 'torchrun', '--video_save_folder', folder],
	];
	const {stdout} = await lab.cosmos(['create', 'prompt', 'A street', lab.videos]);
	return {
		prompt: stdout.trim(),
		env: {PATH: process.env.PATH, HOME: client.home, COSMOS_DATA: lab.data},
		plain: [...sshWords(client), sshd.alias, container.join(' ')],
	};
}
