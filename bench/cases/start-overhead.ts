import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {program} from '../../test/cosmos.js';
import {type GpuHost, startGpuHost} from '../../test/lab/gpu-host.js';
import {type Case, inTurn, type Measure} from '../measure.js';
import {run, sshWords} from '../run-program.js';
import {scriptedModel} from '../scripted-model.js';

/** A model that does nothing: it leaves a result of one byte and ends. */
const model = `printf x >"$2/output.mp4"`;

const startOverhead: Case = {
	rounds: 7,
	about:
		'A run of a container that does nothing, from the call to the downloaded result, over loopback; beside it `ssh HOST docker run` of the same container. Cold: a process of its own and a new connection on both sides. Warm: the library with its connection open, and OpenSSH over a shared connection.',
	async run(rounds) {
		const lab = await startGpuHost();
		try {
			return [await cold(lab, rounds), await warm(lab, rounds)];
		} finally {
			await lab.stop();
		}
	},
};

export default startOverhead;

async function cold(lab: GpuHost, rounds: number): Promise<Measure> {
	const {prompt, env, plain} = await scriptedModel(lab, model);
	const ours = () => run(process.execPath, [program, 'inference', prompt], env, lab.client.home);
	// The inputs are there from now on: what is measured is the start, not a transfer.
	await ours();
	const times = await inTurn(rounds, ours, () => run('ssh', plain));
	return {
		name: 'start, cold',
		beside: '`ssh HOST docker run`',
		...times,
		goal: {kind: 'extra', most: 1},
	};
}

async function warm(lab: GpuHost, rounds: number): Promise<Measure> {
	const {prompt, plain} = await scriptedModel(lab, model);
	const library = pathToFileURL(path.join(path.dirname(program), 'index.js')).href;
	const {createWorkflow} = (await import(library)) as typeof import('../../source/index.js');
	const workflow = await createWorkflow({
		env: {...process.env, HOME: lab.client.home},
		cwd: lab.client.home,
		configFile: path.join(lab.client.home, '.config', 'cosmos', 'config.toml'),
		dataDir: lab.data,
	});
	const shared = ['-o', `ControlPath=${path.join(lab.client.home, 'line')}`];
	const open = [...sshWords(lab.client), ...shared, '-o', 'ControlPersist=yes'];
	await run('ssh', [...open, '-M', '-f', '-N', lab.sshd.alias]);
	try {
		const ours = async () => {
			const ended = await workflow.launch({promptId: prompt});
			if (ended.status !== 'completed') {
				throw new Error(JSON.stringify(ended));
			}
		};

		await ours();
		const times = await inTurn(rounds, ours, () => run('ssh', [...shared, ...plain]));
		return {
			name: 'start, warm',
			beside: '`ssh HOST docker run`, shared connection',
			...times,
			goal: {kind: 'extra', most: 0.4},
		};
	} finally {
		await run('ssh', [...sshWords(lab.client), ...shared, '-O', 'exit', lab.sshd.alias]);
		await workflow.close();
	}
}
