import {spawn} from 'node:child_process';
import {once} from 'node:events';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {program} from '../../test/cosmos.js';
import {type GpuHost, startGpuHost} from '../../test/lab/gpu-host.js';
import type {Case, Measure} from '../measure.js';
import {run, sshWords} from '../run-program.js';
import {scriptedModel} from '../scripted-model.js';
import {buildVersion01} from '../version-0.1.js';

const jobs = 20;
/** Seconds that a job works, and bytes of its result. */
const work = 2;
const result = 1;

const model = `sleep ${work}
head -c ${result} /dev/zero >"$2/output.mp4"`;

const busyGpu: Case = {
	rounds: 1,
	about: `${jobs} jobs of ${work} s over loopback: from the start of the first container to the exit of the last, by Docker's own events; beside the same \`docker run\`s one after the other on the host itself, which is the limit. The GPU is busy for the time of all containers together.`,
	async run(rounds) {
		const lab = await startGpuHost();
		try {
			return [await overLoopback(lab, rounds)];
		} finally {
			await lab.stop();
		}
	},
};

export default busyGpu;

async function overLoopback(lab: GpuHost, rounds: number): Promise<Measure> {
	const {client, docker, sshd} = lab;
	const {prompt, env, plain} = await scriptedModel(lab, model);
	const container = plain.at(-1)?.split(' ').slice(1) ?? [];
	const cosmos = (file: string, data: string, words: readonly string[]) =>
		run(process.execPath, [file, ...words], {...env, COSMOS_DATA: data}, client.home);
	const queueOf = async (file: string, data: string, id: string) => {
		const ids = Array.from({length: jobs}, () => id);
		await cosmos(file, data, ['queue', 'add', 'inference', ...ids]);
		return watchGpu(lab, () => cosmos(file, data, ['queue', 'run', '--once']));
	};

	const copy = path.join(client.home, 'output.mp4');
	const there = `${sshd.alias}:cosmos-transfer1/output.mp4`;
	const sides = {
		async ours() {
			return queueOf(program, lab.data, prompt);
		},
		async limit() {
			return watchGpu(lab, async () => {
				for (let count = 0; count < jobs; count++) {
					await run(docker.docker[0] as string, [...docker.docker.slice(1), ...container]);
				}
			});
		},
		async loop() {
			return watchGpu(lab, async () => {
				for (let count = 0; count < jobs; count++) {
					await run('ssh', plain);
					await run('scp', ['-q', ...sshWords(client), there, copy]);
				}
			});
		},
	};
	const old = buildVersion01();
	const oldData = path.join(client.home, 'data-0.1');
	const oldPrompt = old && (await promptOf(lab, old, oldData));
	await cosmos(program, lab.data, ['inference', prompt]);
	const spans: Record<string, Busy[]> = {};
	for (let round = 0; round < rounds; round++) {
		for (const [name, side] of Object.entries(sides)) {
			spans[name] = [...(spans[name] ?? []), await side()];
		}

		if (old && oldPrompt) {
			spans['0.1'] = [...(spans['0.1'] ?? []), await queueOf(old, oldData, oldPrompt)];
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
		name: `${jobs} jobs of ${work} s, GPU`,
		beside: 'the same `docker run`s on the host',
		ours: seconds('ours'),
		theirs: seconds('limit'),
		goal: {kind: 'times', most: 1.25},
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

async function promptOf(lab: GpuHost, file: string, data: string): Promise<string> {
	const words = [file, 'create', 'prompt', 'A street', lab.videos];
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
	return said.trim();
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
