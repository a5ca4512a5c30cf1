import {readFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';
import {addServer, serverContainers} from '../lab/model-server.js';

const docs = path.join(import.meta.dirname, '..', '..', 'docs');

describe.skipIf(!available('docker', 'sshd', 'python3'))("a model server's life", () => {
	let lab: GpuHost;
	let prompt: string;

	beforeAll(async () => {
		lab = await startGpuHost();
		const made = await lab.cosmos(['create', 'prompt', 'A city at night']);
		prompt = made.stdout.trim().split('\t')[0] as string;
	});

	afterAll(() => lab?.stop());

	const container = () => serverContainers(lab)[0] as string;

	it('ends after its idle time with the client killed and the connection gone, and keeps the job', async () => {
		addServer(lab, 'nano', {idle_stop: 10});
		lab.simulate({COSMOS_SIMULATE: 'undrawn', COSMOS_SIMULATE_STEP: '0.5'});
		const clip = ['--model', 'cosmos3', '--resolution', '256', '--frames', '25', '--steps', '4'];
		const client = lab.start(['inference', prompt, ...clip, '--server', '--stream']);
		await client.seen(/the server works on it/);
		client.process.kill('SIGKILL');
		await lab.sshd.halt();
		// Blocks until it has ended by itself.
		expect(lab.docker.run('wait', container()).trim()).toBe('0');
		const log = lab.docker.run('logs', container());
		expect(log).toContain('cosmos: nobody has used the server for 10 s');
		expect(log.match(/Video \w+ begins/g)).toHaveLength(1);
		await lab.sshd.resume();
		const {code} = await lab.cosmos(['recover']);
		expect(code).toBe(0);
		const {stdout} = await lab.cosmos(['list', 'runs', '--json']);
		expect(JSON.parse(stdout)[0]).toMatchObject({status: 'completed', server: {name: 'nano'}});
		lab.docker.run('rm', container());
	});

	it('is started, listed, shown and stopped by hand', async () => {
		addServer(lab, 'nano', {idle_stop: 600});
		lab.simulate({COSMOS_SIMULATE: 'undrawn', COSMOS_SIMULATE_STEP: '0'});
		const list = async () => JSON.parse((await lab.cosmos(['server', 'list', '--json'])).stdout);
		expect(await list()).toMatchObject([{name: 'nano', state: 'stopped'}]);
		const started = await lab.cosmos(['server', 'start', 'nano']);
		expect(started.stdout).toContain('Loading safetensors');
		expect(started.stderr).toContain('Started server nano on lab');
		expect(await list()).toMatchObject([
			{name: 'nano', state: 'idle', checkpoint: 'Cosmos3-Nano', isConfigured: true},
		]);
		expect((await lab.cosmos(['server', 'start', 'nano'])).stderr).toContain('runs already');
		expect((await lab.cosmos(['status'])).stdout).toContain(
			'server  nano (Cosmos3-Nano) on all, idle, stops in ',
		);
		expect((await lab.cosmos(['doctor'])).stdout).toContain('nano (Cosmos3-Nano): idle');
		const log = await lab.cosmos(['server', 'log', 'nano', '--tail', '1']);
		expect(log.stdout).toContain('cosmos: the server is ready');
		expect((await lab.cosmos(['server', 'stop', 'nano'])).stderr).toContain('Stopped server nano');
		expect((await lab.cosmos(['server', 'stop', 'nano'])).stderr).toContain('does not run');
		expect(await list()).toMatchObject([{name: 'nano', state: 'ended', exitCode: 0}]);
		lab.docker.run('rm', container());
	});

	it('is refused before anything starts if its image is missing', async () => {
		addServer(lab, 'nano', {image: 'vllm/none:1'});
		const {code, stderr} = await lab.cosmos(['server', 'start', 'nano']);
		expect(code).toBe(5);
		expect(stderr).toContain('lab has no image vllm/none:1');
		expect(serverContainers(lab)).toEqual([]);
	});

	it('cannot be on a port that is in use', async () => {
		// With the network of the host, somebody else may have the port.
		addServer(lab, 'nano');
		const port = '8000';
		const python = `import socket,time;s=socket.socket();s.bind(("127.0.0.1",${port}));s.listen();time.sleep(600)`;
		lab.docker.run(
			...['run', '-d', '--name', 'holder', ...lab.docker.dockerArgs.slice(2), '--network', 'host'],
			...[lab.docker.image, 'python3', '-c', python],
		);
		lab.configure(
			`${lab.hostConfig.replace('"none"', '"host"')}
[hosts.lab.servers.nano]
kind = "vllm-omni"
checkpoint = "Cosmos3-Nano"
image = "${lab.docker.image}"
`,
		);
		const {code, stderr, stdout} = await lab.cosmos(['server', 'start', 'nano']);
		lab.docker.run('rm', '-f', 'holder');
		expect(`${stdout}${stderr}`).toContain(
			'the server cannot use port 8000: Address already in use',
		);
		expect(code).toBe(5);
		lab.docker.run('rm', '-f', container());
	});

	it('is reached as docs/servers.md says, command by command', async () => {
		const text = readFileSync(path.join(docs, 'servers.md'), 'utf8');
		const [, table = ''] = /```toml\n([\s\S]*?)```/.exec(text) ?? [];
		lab.configure(
			`${lab.hostConfig.replace('[hosts.lab]', '[hosts.h100]')}\n${table
				.replaceAll(/^ {3}/gm, '')
				.replace('vllm/vllm-omni:cosmos3', lab.docker.image)}`,
		);
		lab.simulate({COSMOS_SIMULATE: 'undrawn', COSMOS_SIMULATE_STEP: '0'});
		const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block as string);
		const commands = blocks.flatMap(block => block.trim().split('\n')).map(line => line.trim());
		expect(commands.length).toBeGreaterThan(8);
		const said: string[] = [];
		for (const command of commands) {
			const [program, ...words] = command.match(/"[^"]*"|\S+/g) as RegExpMatchArray;
			expect(program).toBe('cosmos');
			const {code, stdout, stderr} = await lab.cosmos(words.map(word => word.replaceAll('"', '')));
			expect(code, `${command}\n${stdout}${stderr}`).toBe(0);
			said.push(stdout);
		}

		expect(said.join('')).toContain('server    nano (Cosmos3-Nano)');
	});
});
