import {spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {available} from '../../test/lab/available.js';
import {type GpuHost, startGpuHost} from '../../test/lab/gpu-host.js';
import {addServer, serverContainers} from '../../test/lab/model-server.js';
import {type Case, type Measure, seconds} from '../measure.js';

/** `COSMOS_BENCH_CLIPS`, `COSMOS_BENCH_LOAD` scale it: containers take an hour in full. */
const clips = Number(process.env.COSMOS_BENCH_CLIPS ?? 50);
const modelLoad = Number(process.env.COSMOS_BENCH_LOAD ?? 60);
const steps = 20;
/** Seconds of work for each clip. */
const work = 2;

const clip = [
	'--model',
	'cosmos3',
	'--resolution',
	'256',
	'--frames',
	'49',
	'--steps',
	String(steps),
];

/** What a person would write who is logged in on the host: posts, waits, downloads, one by one. */
const script = `import http.client, json, subprocess, sys, time
def call(method, path, body=None, headers={}):
    there = http.client.HTTPConnection("127.0.0.1", 8000, timeout=600)
    there.request(method, path, body, headers)
    answer = there.getresponse()
    return answer.status, answer.read()
while True:
    try:
        if call("GET", "/health")[0] == 200: break
    except OSError: pass
    time.sleep(0.1)
for index in range(int(sys.argv[1])):
    edge, fields = "edge", dict(prompt="A city at night", size="320x192", num_frames=49, fps=24, num_inference_steps=${steps}, seed=index)
    body = "".join('--%s\\r\\nContent-Disposition: form-data; name="%s"\\r\\n\\r\\n%s\\r\\n' % (edge, *one) for one in fields.items()) + "--%s--\\r\\n" % edge
    job = json.loads(call("POST", "/v1/videos", body, {"Content-Type": "multipart/form-data; boundary=" + edge})[1])["id"]
    while json.loads(call("GET", "/v1/videos/" + job)[1])["status"] != "completed": time.sleep(0.1)
    open("/tmp/%d.mp4" % index, "wb").write(call("GET", "/v1/videos/%s/content" % job)[1])
`;

const warmServer: Case = {
	rounds: 1,
	about: `${clips} clips of ${work} s of work each, with a model that takes ${modelLoad} s to load, over SSH on loopback: with a model server in one call of \`cosmos inference\`, beside a script on the host that starts the same server and posts the same requests one by one; and with a container per clip, and all in one batch.`,
	async run(rounds) {
		if (!available('docker', 'sshd', 'python3')) {
			throw new Error('it needs the laboratory: Docker, sshd and Python');
		}

		const lab = await startGpuHost();
		try {
			addServer(lab, 'nano');
			lab.simulate({
				COSMOS_SIMULATE: `undrawn model-load=${modelLoad}`,
				COSMOS_SIMULATE_STEP: String(work / steps),
			});
			const made = await lab.cosmos(['create', 'prompt', 'A city at night']);
			const prompt = made.stdout.trim().split('\t')[0] as string;
			const all = Array.from({length: clips}, () => prompt);
			const times = {server: [] as number[], script: [] as number[]};
			for (let round = 0; round < rounds; round++) {
				times.server.push(await seconds(() => launch(lab, [...all, '--server'])));
				times.script.push(await seconds(async () => runScript(lab)));
			}

			const batch = await seconds(() => launch(lab, [...all, '--batch']));
			// Each pays for the model: a few of them say what all would take.
			const few = Math.min(3, clips);
			const each = await seconds(() => launch(lab, [...all.slice(0, few), '--no-server']));
			const others = `one batch took ${batch.toFixed(1)} s; a container per clip takes ${(each / few).toFixed(1)} s, so ${((each / few) * clips).toFixed(0)} s for all (measured with ${few})`;
			const measure: Measure = {
				name: `${clips} clips by a warm server, its start included`,
				beside: 'a script on the host',
				ours: times.server,
				theirs: times.script,
				goal: {kind: 'times', most: 1.1},
				note: others,
			};
			return [measure];
		} finally {
			await lab.stop();
		}
	},
};

export default warmServer;

async function launch(lab: GpuHost, words: readonly string[]): Promise<void> {
	const {code, stderr} = await lab.cosmos(['inference', ...words, ...clip]);
	if (code !== 0) {
		throw new Error(stderr.slice(-2000));
	}
}

/** The same server, from the same image, started and used without this program. */
function runScript(lab: GpuHost): void {
	for (const name of serverContainers(lab)) {
		lab.docker.run('rm', '-f', name);
	}

	const {dockerArgs, image} = lab.docker;
	const folder = lab.checkout;
	writeFileSync(path.join(folder, 'script.py'), script);
	const simulation = path.join(lab.sshd.home, 'simulation.env');
	lab.docker.run(
		...['run', '-d', '--name', 'script-server', ...dockerArgs, '--env-file', simulation],
		...[image, 'vllm', 'serve', 'nvidia/Cosmos3-Nano', '--omni', '--host', '127.0.0.1'],
	);
	try {
		const [client = '', ...words] = lab.docker.docker;
		const network = ['--network', 'container:script-server'];
		const run = ['run', '--rm', ...dockerArgs.slice(2), ...network, '-v', `${folder}:/workspace`];
		const ended = spawnSync(
			client,
			[...words, ...run, image, 'python3', '/workspace/script.py', String(clips)],
			{encoding: 'utf8'},
		);
		if (ended.status !== 0) {
			throw new Error(ended.stderr);
		}
	} finally {
		lab.docker.run('rm', '-f', 'script-server');
	}
}
