import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Host} from '../../../../source/domain/hosts/host.js';
import {dockerEngine} from '../../../../source/executor/engine/docker/docker.js';
import {localTransport} from '../../../../source/executor/transport/local.js';
import {available, hasNvidiaToolkit} from '../../../lab/available.js';
import {type Bench, openBench} from './docker-bench.js';

describe.skipIf(!available('docker'))('the check of a Docker host', () => {
	let bench: Bench;

	beforeAll(async () => {
		bench = await openBench();
	});

	afterAll(async () => bench.close());

	const check = (changes: Partial<Host>) => bench.engineFor(changes).check();
	const rejected = (message: string, hint: string) => ({
		kind: 'host',
		message: expect.stringContaining(message),
		hint: expect.stringContaining(hint),
	});

	test('reports the version and the image', async () => {
		expect(await check({})).toEqual({
			version: expect.stringMatching(/^Docker \d+\.\d+/),
			image: bench.lab.image,
			imageCreated: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
		});
	});

	test('no docker on the host', async () => {
		await expect(check({docker: ['no-such-docker']})).rejects.toMatchObject(
			rejected('lab has no `no-such-docker`', 'docker = "podman"'),
		);
	});

	test('a user outside the docker group', async () => {
		const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
		await expect(check({docker: [...nobody, ...bench.lab.docker]})).rejects.toMatchObject(
			rejected('no permission to use the Docker daemon', 'docker = "sudo docker"'),
		);
	});

	test('a missing image', async () => {
		await expect(check({image: 'nvcr.io/me/none:1'})).rejects.toMatchObject(
			rejected('lab has no image nvcr.io/me/none:1', 'pull nvcr.io/me/none:1'),
		);
	});

	test.skipIf(hasNvidiaToolkit())('GPUs without a container runtime for them', async () => {
		await expect(check({gpus: [0]})).rejects.toMatchObject(
			rejected('no NVIDIA runtime', 'NVIDIA Container Toolkit'),
		);
	});

	test('no checkpoints in the checkout', async () => {
		await expect(check({simulated: false})).rejects.toMatchObject(
			rejected(`lab has no checkpoints in ${bench.checkout}`, 'checkpoints'),
		);
		mkdirSync(path.join(bench.checkout, 'checkpoints'));
		await expect(check({simulated: false})).resolves.toBeDefined();
		await expect(check({simulated: false, model: 'transfer2.5'})).rejects.toMatchObject(
			rejected(`lab has no examples in ${bench.checkout}`, 'Clone cosmos-transfer2.5 there'),
		);
	});

	test('no checkout', async () => {
		const missing = path.join(bench.checkout, 'none');
		const engine = dockerEngine(bench.host, missing, localTransport('lab'));
		await expect(engine.check()).rejects.toMatchObject(
			rejected(`lab has no folder ${missing}`, 'remote_dir'),
		);
	});

	test('a checkout that Docker cannot mount', async () => {
		const engine = dockerEngine(bench.host, '/a:b', localTransport('lab'));
		await expect(engine.check()).rejects.toMatchObject({kind: 'configuration'});
	});

	test('a daemon that is down', async () => {
		await bench.lab.halt();
		await expect(check({})).rejects.toMatchObject(
			rejected('the Docker daemon does not respond', 'systemctl start docker'),
		);
		await bench.lab.resume();
		await expect(check({})).resolves.toBeDefined();
	});
});
