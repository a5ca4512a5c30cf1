import {spawnSync} from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import type {Check, CheckName} from '../../source/domain/check.js';
import {goOn, held} from '../hold.js';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';

const token = 'hf_abcdefghijklmnop';

describe.skipIf(!available('sshd', 'docker'))('a host for Cosmos 3', () => {
	let lab: GpuHost;
	let config: string;
	let tokenFile: string;
	/** The user's home there. */
	let there: string;
	let checkout: string;

	beforeAll(async () => {
		lab = await startGpuHost();
		there = path.dirname(lab.checkout);
		checkout = path.join(there, 'cosmos-framework');
		config = path.join(lab.client.home, 'cosmos3.toml');
		tokenFile = path.join(lab.client.home, 'hf-token');
		writeFileSync(tokenFile, `${token}\n`);
		writeFileSync(path.join(lab.tools, 'nvidia-ctk'), '#!/bin/sh\n', {mode: 0o755});
		reachHuggingFace(1);
		for (const folder of ['cosmos_framework', 'inputs/omni']) {
			mkdirSync(path.join(checkout, folder), {recursive: true});
			writeFileSync(path.join(checkout, folder, 'a.json'), '{}');
		}

		writeFileSync(path.join(checkout, 'Dockerfile'), 'FROM scratch\nCOPY cosmos_framework /c\n');
		git('init', '-q');
		commit();
		// The model and the token of an earlier run.
		mkdirSync(path.join(there, '.cache/huggingface/hub/models--nvidia--Cosmos3-Nano/snapshots'), {
			recursive: true,
		});
	});

	afterAll(async () => lab?.stop());

	beforeEach(() => {
		driver('580.65.06', 81_559);
		configure();
	});

	const git = (...words: string[]) =>
		spawnSync('git', ['-C', checkout, '-c', 'user.name=a', '-c', 'user.email=a@b', ...words]);
	const commit = () => {
		git('add', '-A');
		git('commit', '-q', '--allow-empty', '-m', 'next');
	};

	/** The host's curl reaches a port of this machine instead of Hugging Face. */
	function reachHuggingFace(port: number): void {
		const script = `#!/bin/sh
for word in "$@"; do
	shift
	case $word in https://huggingface.co/*) word=http://127.0.0.1:${port}/\${word#https://huggingface.co/} ;; esac
	set -- "$@" "$word"
done
exec /usr/bin/curl "$@"
`;
		writeFileSync(path.join(lab.tools, 'curl'), script, {mode: 0o755});
	}

	/** What nvidia-smi says of one card. */
	function driver(version: string, memory: number): void {
		writeFileSync(
			path.join(lab.tools, 'nvidia-smi'),
			`#!/bin/sh\necho "0, NVIDIA H100, ${memory}, 4, 3, 41, 118.5, 700.0, ${version}, GPU-aa"\n`,
			{mode: 0o755},
		);
	}

	function configure(change: Readonly<Record<string, unknown>> = {}): void {
		const table = {
			ssh: 'gpu-box',
			model: 'cosmos3',
			remote_dir: '~/cosmos-framework',
			image: 'cosmos-framework:lab',
			docker: lab.docker.docker[0],
			gpus: [0],
			hf_token_file: tokenFile,
			...change,
		};
		const given = Object.entries(table).filter(([, value]) => value !== undefined);
		const lines = given.map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
		writeFileSync(config, ['[hosts.lab]', ...lines, ''].join('\n'));
	}

	async function checks() {
		const {stdout} = await lab.cosmos(['doctor', '--config', config, '--json']);
		return JSON.parse(stdout) as Check[];
	}

	async function onlyProblem(name: CheckName): Promise<Check> {
		const problems = (await checks()).filter(({state}) => state === 'problem');
		expect(problems.map(problem => problem.name)).toEqual([name]);
		expect(problems[0]?.hint).not.toBe('');
		return problems[0] as Check;
	}

	it('gets its image built from the checkout by init', async () => {
		rmSync(config);
		const words = ['init', 'lab', '--ssh', 'gpu-box', '--model', 'cosmos3', '--gpus', '0'];
		const image = ['--image', 'cosmos-framework:lab', '--docker', lab.docker.docker[0] as string];
		const place = ['--remote-dir', '~/cosmos-framework', '--hf-token-file', tokenFile];
		const all = [...words, ...image, ...place, '--config', config];
		const refused = await lab.cosmos(all);
		expect(refused.code).toBe(5);
		expect(refused.stderr).toMatch(
			/the image is built there by:\n {2}\S*docker build --tag cosmos-framework:lab --label "cosmos\.commit=\$\(git .*\)" ~\/cosmos-framework\n/,
		);
		expect(existsSync(config)).toBe(false);
		const added = await lab.cosmos([...all, '--build']);
		expect(added.stderr).toContain('FROM scratch');
		expect(added.stderr).toMatch(
			/✔ image +cosmos-framework:lab, made .*, of commit [0-9a-f]{10}\n/,
		);
		expect(added.code).toBe(0);
		expect(readFileSync(config, 'utf8')).toContain(`hf_token_file = "${tokenFile}"`);
		expect(readFileSync(config, 'utf8')).not.toContain(token);
	});

	it('has no problem', async () => {
		expect((await checks()).map(({name, state}) => `${name} ${state}`)).toEqual(
			[
				...['configuration', 'key', 'known_hosts', 'ssh', 'engine', 'gpu', 'driver', 'memory'],
				...['shm', 'image', 'checkpoints', 'cache', 'token', 'disk', 'clock'],
			].map(name => `${name} ok`),
		);
		const messages = Object.fromEntries((await checks()).map(({name, message}) => [name, message]));
		expect(messages).toMatchObject({
			driver: '580.65.06, enough for CUDA 12.8',
			memory: expect.stringMatching(/^enough for Cosmos3-Nano, Cosmos3-Edge/),
			cache: 'Cosmos3-Nano in ~/.cache',
			token: `from ${tokenFile}; access not known: Hugging Face was not reached from lab`,
		});
	});

	it('with an image of another commit has to build it again', async () => {
		commit();
		const problem = await onlyProblem('image');
		expect(problem.message).toMatch(/was built from [0-9a-f]{10}, the checkout on lab is at/);
		expect(problem.hint).toMatch(/^Build it again there: .*docker build --tag/);
		git('reset', '-q', '--hard', 'HEAD~1');
	});

	it('without an image is told the command', async () => {
		configure({image: 'none:1'});
		expect((await onlyProblem('image')).hint).toMatch(
			/^Build it there: .*docker build --tag none:1/,
		);
	});

	it('with an old driver has to update it', async () => {
		driver('550.54.15', 81_559);
		expect((await onlyProblem('driver')).message).toBe(
			'the NVIDIA driver of lab is 550.54.15; CUDA 12.8 needs 570 or newer',
		);
	});

	it('with a driver that is too old for the CUDA of the image has to update it', async () => {
		const folder = path.join(lab.client.home, 'cuda');
		mkdirSync(folder);
		writeFileSync(path.join(folder, 'Dockerfile'), 'FROM scratch\nENV CUDA_VERSION=13.0.2\n');
		lab.docker.run('build', '--tag', 'cuda:13', folder);
		configure({image: 'cuda:13'});
		driver('575.57.08', 81_559);
		expect((await onlyProblem('driver')).message).toBe(
			'the NVIDIA driver of lab is 575.57.08; CUDA 13.0.2 of the image needs 580 or newer',
		);
		driver('580.65.06', 81_559);
		expect((await checks()).find(({name}) => name === 'driver')?.message).toBe(
			'580.65.06, enough for CUDA 13.0.2 of the image',
		);
	});

	describe('asks Hugging Face whether the token opens the models', () => {
		/** What it answers, by repository. */
		let answers: Record<string, number>;
		let asked: Array<string | undefined>;
		const server = createServer((request, response) => {
			asked.push(request.headers.authorization);
			const repository = /^\/api\/models\/(.*)\/auth-check$/.exec(request.url ?? '')?.[1] ?? '';
			response.writeHead(answers[repository] ?? 404).end();
		});

		beforeAll(async () => {
			await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
			reachHuggingFace((server.address() as AddressInfo).port);
		});
		afterAll(() => {
			reachHuggingFace(1);
			server.close();
		});
		beforeEach(() => {
			asked = [];
			answers = {'nvidia/Cosmos3-Nano': 200, 'nvidia/Cosmos-Guardrail1': 200};
		});

		it('and says which', async () => {
			const {message} = (await checks()).find(({name}) => name === 'token') as Check;
			expect(message).toBe(
				`from ${tokenFile}; access to nvidia/Cosmos3-Nano, nvidia/Cosmos-Guardrail1`,
			);
			expect(asked).toEqual([`Bearer ${token}`, `Bearer ${token}`]);
		});

		it('with the token that the host has saved', async () => {
			configure({hf_token_file: undefined});
			const saved = path.join(there, '.cache/huggingface/token');
			writeFileSync(saved, 'hf_saved\n');
			const {message} = (await checks()).find(({name}) => name === 'token') as Check;
			rmSync(saved);
			expect(message).toMatch(/^saved on lab; access to /);
			expect(asked[0]).toBe('Bearer hf_saved');
		});

		it('and names the licence that is not accepted', async () => {
			answers['nvidia/Cosmos-Guardrail1'] = 403;
			expect(await onlyProblem('token')).toMatchObject({
				message: 'the token has no access to nvidia/Cosmos-Guardrail1',
				hint: expect.stringContaining('https://huggingface.co/nvidia/Cosmos-Guardrail1'),
			});
		});

		it('and says that the token is refused', async () => {
			answers['nvidia/Cosmos3-Nano'] = 401;
			expect((await onlyProblem('token')).message).toBe(
				'Hugging Face refuses the token: it is not valid',
			);
		});
	});

	it('with too little GPU memory is told what fits', async () => {
		driver('580.65.06', 24_576);
		const problem = await onlyProblem('memory');
		expect(problem.message).toBe('no slot of lab can hold Cosmos3-Nano: it needs 1 GPU of 32 GB');
		expect(problem.hint).toContain('--checkpoint Cosmos3-Edge');
	});

	it('without a token is told where to get one', async () => {
		configure({hf_token_file: undefined});
		expect((await onlyProblem('token')).hint).toContain('huggingface.co/nvidia/Cosmos3-Nano');
		configure({hf_token_file: path.join(there, 'none')});
		expect((await onlyProblem('token')).message).toContain('there is no file');
		configure({hf_token_file: undefined});
		const {stdout} = await lab.cosmos(['doctor', '--config', config], {HF_TOKEN: token});
		expect(stdout).toMatch(/✔ token +HF_TOKEN is set here/);
		expect(stdout).not.toContain(token);
	});

	it('without the whole checkout names the folder', async () => {
		rmSync(path.join(checkout, 'inputs'), {recursive: true});
		expect((await onlyProblem('checkpoints')).message).toContain('has no inputs/omni in');
		git('checkout', '-q', '.');
	});

	it('without a container runs by the programs of the checkout', async () => {
		configure({engine: 'process', image: undefined, docker: undefined});
		const found = (await checks()).filter(({state}) => state === 'problem');
		expect(found.map(({name}) => name)).toEqual(['engine', 'checkpoints']);
		for (const {message, hint} of found) {
			expect(message).toContain('/cosmos-framework/.venv/bin/python');
			expect(hint).toContain('uv sync --all-extras --group=cu130-train');
		}
	});

	describe('gives its job', () => {
		const run = () => {
			configure({
				image: lab.docker.image,
				gpus: [],
				docker_args: lab.docker.dockerArgs,
				env: ['COSMOS_SIMULATE', 'COSMOS_SIMULATE_STEP'],
				simulated: true,
			});
			return lab.start(['inference', 'p', '--config', config, '--stream'], held);
		};

		it('the caches, the environment of the image and the token, which nothing else has', async () => {
			await lab.cosmos(['create', 'prompt', 'A street', '--name', 'p', '--config', config]);
			const started = run();
			await started.seen(/Using sampler/);
			const [name] = lab.docker.containers() as [string];
			const [{Config, Mounts, HostConfig}] = JSON.parse(lab.docker.run('inspect', name));
			expect(Config.Env).toContain(`HF_TOKEN=${token}`);
			expect(HostConfig.IpcMode).toBe('host');
			const places = Mounts.map((mount: {Type: string; Source: string; Destination: string}) =>
				mount.Type === 'volume' ? mount.Destination : `${mount.Source}:${mount.Destination}`,
			);
			expect(places).toEqual(
				expect.arrayContaining([
					`${checkout}:/workspace`,
					'/workspace/.venv',
					`${path.join(there, '.cache')}:/root/.cache`,
				]),
			);
			expect(commandLines()).not.toContain(token);
			expect(filesWith(checkout, token)).toEqual([]);
			const ended = await goOn(checkout, () => started.ended);
			expect(ended.code).toBe(0);
			expect(ended.stdout + ended.stderr).not.toContain(token);
			expect(filesWith(lab.data, token)).toEqual([]);
			expect(filesWith(checkout, token)).toEqual([]);
			expect(lab.docker.run('volume', 'ls', '-q')).toBe('');
		});

		it('nothing if its token cannot be read: nothing is recorded or sent', async () => {
			rmSync(tokenFile);
			const before = readdirSync(checkout);
			const ended = await run().ended;
			expect(ended.code).toBe(3);
			expect(ended.stderr).toContain('hf_token_file of lab: there is no file');
			expect(readdirSync(checkout)).toEqual(before);
		});
	});

	/** The command lines of all processes. */
	function commandLines(): string {
		return readdirSync('/proc')
			.filter(name => /^\d+$/.test(name))
			.map(pid => {
				try {
					return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
				} catch {
					return '';
				}
			})
			.join('\n');
	}

	/** Files below a folder that hold a text. */
	function filesWith(folder: string, text: string): string[] {
		return readdirSync(folder, {recursive: true, encoding: 'utf8'}).filter(name => {
			const file = path.join(folder, name);
			return statSync(file).isFile() && readFileSync(file, 'latin1').includes(text);
		});
	}
});
