import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir, userInfo} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {parseGpus, queryGpuProcesses, queryGpus} from '../../../source/executor/diagnose/gpu.js';
import {localTransport} from '../../../source/executor/transport/local.js';
import {writeNvidiaSmi} from '../../lab/nvidia-smi.js';

const row = '0, NVIDIA H100 80GB HBM3, 81559, 412, 3, 41, 118.52, 700.00, 550.54.15, GPU-aa';
const facts = {
	index: 0,
	name: 'NVIDIA H100 80GB HBM3',
	memoryTotal: 81_559,
	memoryUsed: 412,
	utilization: 3,
	temperature: 41,
	power: 118.52,
	powerLimit: 700,
	driver: '550.54.15',
	uuid: 'GPU-aa',
};

test('a row is parsed', () => {
	expect(parseGpus(`${row}\n`)).toEqual([facts]);
});

test('values that the driver does not report are undefined', () => {
	const line = '3, Tesla K80, [N/A], [Not Supported], [Unknown Error], , N/A, [N/A], [N/A], [N/A]';
	expect(parseGpus(line)).toEqual([{index: 3, name: 'Tesla K80'}]);
});

test('a name may contain commas', () => {
	expect(parseGpus(row.replace('NVIDIA H100', 'NVIDIA, H100'))[0]?.name).toBe(
		'NVIDIA, H100 80GB HBM3',
	);
});

test.each(['', 'No devices were found', 'x, y', `name${row}`, 'a, b, c, d, e, f, g, h, i, j'])(
	'%j is not a row',
	line => {
		expect(parseGpus(`${line}\n${row}\r\n`)).toEqual([facts]);
	},
);

test('a name cannot send escapes to a terminal', () => {
	expect(parseGpus(row.replace('NVIDIA', '\u001b[31mNVIDIA'))[0]?.name).toBe(facts.name);
});

describe.skipIf(process.platform === 'win32')('nvidia-smi on a host', () => {
	const before = process.env.PATH;
	let folder = '';

	beforeAll(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'cosmos-smi-'));
		process.env.PATH = `${folder}:/usr/bin:/bin`;
	});

	afterAll(async () => {
		process.env.PATH = before;
		await rm(folder, {recursive: true});
	});

	const nvidiaSmi = (script: string) =>
		writeFile(path.join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`, {mode: 0o755});

	test('a missing nvidia-smi means no GPUs', async () => {
		expect(await queryGpus(localTransport('here'))).toEqual([]);
	});

	test('it is queried for every value', async () => {
		await writeNvidiaSmi(folder);
		const gpus = await queryGpus(localTransport('here'));
		expect(gpus).toEqual([facts, expect.objectContaining({index: 1, utilization: 97})]);
	});

	test('processes are reported with their GPU and user', async () => {
		await writeNvidiaSmi(folder);
		const transport = localTransport('here');
		const processes = await queryGpuProcesses(transport, await queryGpus(transport));
		expect(processes).toEqual([
			{
				pid: process.pid,
				name: '/usr/bin/python3',
				gpu: 1,
				memory: 73_700,
				user: userInfo().username,
			},
		]);
	});

	test('a driver that does not report processes is accepted', async () => {
		await nvidiaSmi('echo "Field is not a valid field to query."; exit 2');
		expect(await queryGpuProcesses(localTransport('here'), [])).toBeUndefined();
	});

	test('no card found means no GPUs', async () => {
		await nvidiaSmi('echo No devices were found; exit 6');
		expect(await queryGpus(localTransport('here'))).toEqual([]);
	});

	test('a broken driver is reported with its message', async () => {
		await nvidiaSmi(
			'echo "NVIDIA-SMI has failed because it could not talk to the driver."; exit 9',
		);
		await expect(queryGpus(localTransport('here'))).rejects.toMatchObject({
			kind: 'host',
			message: expect.stringContaining('here fails: NVIDIA-SMI has failed'),
		});
	});
});
