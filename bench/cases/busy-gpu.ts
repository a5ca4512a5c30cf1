import {spawn} from 'node:child_process';
import {once} from 'node:events';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {createInputs} from '../../test/chaos/inputs.js';
import {program} from '../../test/cosmos.js';
import {startFarLink} from '../../test/lab/far-link.js';
import {type GpuHost, startGpuHost} from '../../test/lab/gpu-host.js';
import type {Case, Measure} from '../measure.js';
import {run, sshWords} from '../run-program.js';
import {scriptedModel} from '../scripted-model.js';
import {buildVersion01} from '../version-0.1.js';

const jobs = 20;

/** What the jobs are. */
type Load = {
	name: string;
	/** Seconds that each works. */
	work: number;
	/** Bytes of its input and of its result. */
	input: number;
	result: number;
	/** The most times of the limit's time. */
	most: number;
};

const overLoopback: Load = {
	...{name: `${jobs} jobs of 2 s, GPU`, work: 2, input: 1000, result: 1, most: 1.25},
};
const overFarLink: Load = {
	name: `${jobs} jobs of 10 s, 30 MB each way over 50 Mbit/s and 20 ms, GPU`,
	...{work: 10, input: 30e6, result: 30e6, most: 1.1},
};

const busyGpu: Case = {
	rounds: 1,
	about: `${jobs} jobs, each with an input of its own: from the start of the first container to the exit of the last, by Docker's own events; beside the same \`docker run\`s one after the other on the host itself, which is the limit. The GPU is busy for the time of all containers together. The loop copies a job's input with scp, runs it over ssh, and copies its result.`,
	async run(rounds) {
		const near = await startGpuHost();
		const measures: Measure[] = [];
		try {
			measures.push(await measureLoad(near, overLoopback, rounds));
		} finally {
			await near.stop();
		}

		const link = await startFarLink({roundTrip: 20, megabits: 50});
		try {
			const far = await startGpuHost({link});
			try {
				measures.push(await measureLoad(far, overFarLink, rounds));
			} finally {
				await far.stop();
			}
		} finally {
			await link.stop();
		}

		return measures;
	},
};

export default busyGpu;

async function measureLoad(lab: GpuHost, load: Load, rounds: number): Promise<Measure> {
	const {client, docker, sshd} = lab;
	const model = `sleep ${load.work}
head -c ${load.result} /dev/urandom >"$2/output.mp4"`;
	const {prompt, env, plain} = await scriptedModel(lab, model);
	const container = plain.at(-1)?.split(' ').slice(1) ?? [];
	const cosmos = (file: string, data: string, words: readonly string[]) =>
		run(process.execPath, [file, ...words], {...env, COSMOS_DATA: data}, client.home);
	let made = 0;
	/** New inputs for each round: none is on the host already. */
	const inputsOf = () => {
		const inputs = createInputs(path.join(client.home, `inputs-${made++}`));
		return Array.from({length: jobs}, (_, index) => inputs.make(String(index), load.input));
	};
	const queueOf = async (file: string, data: string) => {
		for (const folder of inputsOf()) {
			const id = await promptOf(lab, file, data, folder);
			await cosmos(file, data, ['queue', 'add', 'inference', id]);
		}

		return watchGpu(lab, () => cosmos(file, data, ['queue', 'run', '--once']));
	};

	const copy = path.join(client.home, 'output.mp4');
	const there = `${sshd.alias}:cosmos-transfer1/output.mp4`;
	const sides = {
		async ours() {
			return queueOf(program, lab.data);
		},
		async limit() {
			return watchGpu(lab, async () => {
				for (let count = 0; count < jobs; count++) {
					await run(docker.docker[0] as string, [...docker.docker.slice(1), ...container]);
				}
			});
		},
		async loop() {
			const folders = inputsOf();
			return watchGpu(lab, async () => {
				for (const folder of folders) {
					const input = path.join(folder, 'color.mp4');
					await run('scp', ['-q', ...sshWords(client), input, `${sshd.alias}:cosmos-transfer1/`]);
					await run('ssh', plain);
					await run('scp', ['-q', ...sshWords(client), there, copy]);
				}
			});
		},
	};
	const old = buildVersion01();
	const oldData = path.join(client.home, 'data-0.1');
	await cosmos(program, lab.data, ['inference', prompt]);
	const spans: Record<string, Busy[]> = {};
	for (let round = 0; round < rounds; round++) {
		for (const [name, side] of Object.entries(sides)) {
			spans[name] = [...(spans[name] ?? []), await side()];
		}

		if (old) {
			spans['0.1'] = [...(spans['0.1'] ?? []), await queueOf(old, oldData)];
		}
	}

	const percent = (name: string) =>
		(spans[name] ?? []).map(({busy, span}) => `${Math.round((100 * busy) / span)} %`).join(', ');
	const seconds = (name: string) => (spans[name] ?? []).map(({span}) => span);
	const all = ['ours', 'limit', 'loop', ...(old ? ['0.1'] : [])];
	const words = {
		ours: 'this version',
		limit: 'the limit',
		loop: 'a loop of ssh and scp',
		'0.1': '0.1',
	};
	return {
		name: load.name,
		beside: 'the same `docker run`s on the host',
		ours: seconds('ours'),
		theirs: seconds('limit'),
		goal: {kind: 'times', most: load.most},
		note: `GPU busy: ${all
			.map(
				name =>
					`${words[name as keyof typeof words]} ${percent(name)} of ${seconds(name)
						.map(one => `${one.toFixed(1)} s`)
						.join(', ')}`,
			)
			.join('; ')}.`,
	};
}

async function promptOf(lab: GpuHost, file: string, data: string, inputs: string): Promise<string> {
	const words = [file, 'create', 'prompt', 'A street', inputs];
	const child = spawn(process.execPath, words, {
		cwd: lab.client.home,
		env: {PATH: process.env.PATH, HOME: lab.client.home, COSMOS_DATA: data},
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let said = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		said += text;
	});
	await once(child, 'close');
	return said.trim().split('\t')[0] as string;
}

/** Seconds that containers ran, all together, and from the first one's start to the last one's exit. */
type Busy = {busy: number; span: number};

async function watchGpu({docker}: GpuHost, task: () => Promise<unknown>): Promise<Busy> {
	const [client = '', ...words] = docker.docker;
	const filters = ['type=container', 'event=start', 'event=die'].flatMap(one => ['--filter', one]);
	const format = ['--format', '{{.TimeNano}} {{.Action}}'];
	const events = spawn(client, [...words, 'events', ...filters, ...format], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const seen: Array<{at: number; action: string}> = [];
	createInterface({input: events.stdout}).on('line', line => {
		const [at = '', action = ''] = line.split(' ');
		seen.push({at: Number(at) / 1e9, action});
	});
	try {
		await task();
		const isWhole = () => seen.filter(({action}) => action === 'die').length >= jobs;
		while (!isWhole()) {
			await once(events.stdout, 'data');
		}
	} finally {
		events.kill();
	}

	// Helper containers that hand a folder back are none of the jobs, and there are none in a run that ends well.
	const starts = seen.filter(({action}) => action === 'start').map(({at}) => at);
	const ends = seen.filter(({action}) => action === 'die').map(({at}) => at);
	const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
	return {busy: sum(ends) - sum(starts), span: Math.max(...ends) - Math.min(...starts)};
}
