import {createReadStream} from 'node:fs';
import {readdir, stat} from 'node:fs/promises';
import path from 'node:path';
import {program} from '../../test/cosmos.js';
import {type GpuHost, startGpuHost} from '../../test/lab/gpu-host.js';
import {type Case, inTurn, type Measure} from '../measure.js';
import {runInto} from '../run-program.js';
import {scriptedModel} from '../scripted-model.js';

const lines = 1_000_000;
const line = 'a line of a model that says more than anybody wants to read of it';

/** A model that only talks; its result has one byte. */
const model = `printf x >"$2/output.mp4"
yes '${line}' | head -n ${lines}`;

const containerLog: Case = {
	rounds: 5,
	about: `${lines} lines from a container over SSH into a file: \`cosmos inference --stream\`, which also keeps them in the run's own log, beside \`ssh HOST docker run\`. Both begin with a new connection.`,
	async run(rounds) {
		const lab = await startGpuHost();
		try {
			return [await bothLogs(lab, rounds)];
		} finally {
			await lab.stop();
		}
	},
};

export default containerLog;

async function bothLogs(lab: GpuHost, rounds: number): Promise<Measure> {
	const {home} = lab.client;
	const {prompt, env, plain} = await scriptedModel(lab, model);
	const file = path.join(home, 'stream');
	const ours = async () => {
		const call = [program, 'inference', prompt, '--stream'];
		await runInto(file, process.execPath, call, {env, cwd: home});
		await checkLines(file);
	};

	const theirs = async () => {
		await runInto(file, 'ssh', plain, {});
		await checkLines(file);
	};

	await ours();
	const times = await inTurn(rounds, ours, theirs);
	await checkLog(lab.data);
	return {
		name: `${lines} lines of a container`,
		beside: '`ssh HOST docker run` > file',
		...times,
		goal: {kind: 'speed', least: 0.95},
		limit:
			'all that a run does before and after its lines is in its time (start-overhead, cold, says how much); without that the lines pass faster than by `ssh`.',
	};
}

/** Both sides must have delivered every line. */
async function checkLines(file: string): Promise<void> {
	let count = 0;
	for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
		for (let at = chunk.indexOf(line); at !== -1; at = chunk.indexOf(line, at + line.length)) {
			count++;
		}
	}

	// A line that lies across two chunks is not seen here.
	if (count < lines * 0.99 || (await stat(file)).size < lines * (line.length + 1)) {
		throw new Error(`${file} has ${count} lines`);
	}
}

/** The runs' own logs have every line, too. */
async function checkLog(data: string): Promise<void> {
	for (const run of await readdir(path.join(data, 'runs'))) {
		const {size} = await stat(path.join(data, 'runs', run, 'log'));
		if (size !== lines * (line.length + 1)) {
			throw new Error(`the log of ${run} has ${size} bytes`);
		}
	}
}
