import {randomBytes} from 'node:crypto';
import {appendFileSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';
import {startTcpProxy, type TcpProxy} from '../lab/tcp-proxy.js';

const quick = {COSMOS_SIMULATE_STEP: '0'};
const megabytes = 20;

describe.skipIf(!available('docker', 'sshd'))('what goes over the line', () => {
	let lab: GpuHost;
	let proxy: TcpProxy;
	let promptId: string;

	beforeAll(async () => {
		lab = await startGpuHost();
		proxy = await startTcpProxy(lab.sshd.port);
		throughProxy();
		addNoise(path.join(lab.videos, 'color.mp4'));
		promptId = (await lab.cosmos(['create', 'prompt', 'A street', lab.videos])).stdout.trim();
	});

	afterAll(async () => {
		await proxy?.stop();
		await lab?.stop();
	});

	function throughProxy(): void {
		const {sshFolder} = lab.client;
		for (const name of ['config', 'known_hosts']) {
			const file = path.join(sshFolder, name);
			const text = readFileSync(file, 'utf8');
			writeFileSync(file, text.replaceAll(String(lab.sshd.port), String(proxy.port)));
		}
	}

	/** A box that players skip, with bytes that no compression makes smaller. */
	function addNoise(video: string): void {
		const head = Buffer.alloc(8);
		head.writeUInt32BE(8 + megabytes * 1e6);
		head.write('free', 4);
		appendFileSync(video, Buffer.concat([head, randomBytes(megabytes * 1e6)]));
	}

	/** Bytes that a run sends. */
	async function sentBy(words: readonly string[]): Promise<number> {
		const before = proxy.passed().up;
		const ended = await lab.cosmos(words, quick);
		expect(ended.stderr).toContain('completed');
		return proxy.passed().up - before;
	}

	it('includes the inputs once; a second run with the same ones sends less than 100 KB', async () => {
		expect(await sentBy(['inference', promptId])).toBeGreaterThan(megabytes * 1e6);
		expect(await sentBy(['inference', promptId, '--seed', '7'])).toBeLessThan(100_000);
	});
});
