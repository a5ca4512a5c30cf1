import path from 'node:path';
import {program} from '../../test/cosmos.js';
import {type GpuHost, startGpuHost} from '../../test/lab/gpu-host.js';
import {type Case, inTurn, type Measure} from '../measure.js';
import {run, sshWords} from '../run-program.js';
import {scriptedModel} from '../scripted-model.js';

const jobs = 20;
/** Seconds that a job works. */
const work = 2;

/** A model that takes its time and leaves a result of one byte. */
const model = `sleep ${work}
printf x >"$2/output.mp4"`;

const queueJobs: Case = {
	rounds: 3,
	about: `${jobs} jobs of ${work} s each, run by \`cosmos queue run --once\` with every result downloaded and every record written, beside a loop that starts each container over SSH and copies its result with scp.`,
	async run(rounds) {
		const lab = await startGpuHost();
		try {
			return [await bothQueues(lab, rounds)];
		} finally {
			await lab.stop();
		}
	},
};

export default queueJobs;

async function bothQueues(lab: GpuHost, rounds: number): Promise<Measure> {
	const {client, sshd} = lab;
	const {prompt, env, plain} = await scriptedModel(lab, model);
	const cosmos = (...words: string[]) =>
		run(process.execPath, [program, ...words], env, client.home);
	const ours = async () => {
		for (let count = 0; count < jobs; count++) {
			await cosmos('queue', 'add', 'inference', prompt);
		}

		await cosmos('queue', 'run', '--once');
	};

	const result = `${sshd.alias}:cosmos-transfer1/output.mp4`;
	const theirs = async () => {
		for (let count = 0; count < jobs; count++) {
			await run('ssh', plain);
			const copy = path.join(client.home, `output-${count}.mp4`);
			await run('scp', ['-q', ...sshWords(client), result, copy]);
		}
	};

	await cosmos('inference', prompt);
	const times = await inTurn(rounds, ours, theirs);
	return {
		name: `${jobs} jobs of ${work} s`,
		beside: 'a loop over ssh and scp',
		...times,
		goal: {kind: 'times', most: 1.1},
	};
}
