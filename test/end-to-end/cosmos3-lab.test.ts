import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';
import {type Call, makePrompts, modes, type PromptName, runMode} from './cosmos3-modes.js';

describe.skipIf(!available('docker', 'sshd'))('Cosmos 3 over SSH in a container', () => {
	let lab: GpuHost;
	let prompts: Record<PromptName, string>;
	beforeAll(async () => {
		lab = await startGpuHost();
		for (const folder of ['cosmos_framework', 'inputs/omni']) {
			mkdirSync(path.join(lab.checkout, folder), {recursive: true});
		}

		prompts = await makePrompts(path.join(lab.client.home, 'inputs'), (words, env) =>
			lab.cosmos([...words], env),
		);
	});
	afterAll(() => lab?.stop());

	it.each(modes)('runs %s of %s %j', async (mode, prompt, words, file) => {
		const call: Call = (some, env) => lab.cosmos([...some], env);
		const {run, opened} = await runMode(call, prompts[prompt], mode, words);
		expect(opened).toBe(path.join(lab.data, 'runs', run.id, 'outputs', file));
		expect(lab.docker.containers()).toEqual([]);
	});
});
