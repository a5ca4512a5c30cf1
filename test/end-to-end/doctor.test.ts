import {spawnSync} from 'node:child_process';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	renameSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Check, CheckName} from '../../source/domain/check.js';
import {host as transfer1Needs} from '../../source/domain/models/transfer1-host.js';
import {available, hasNvidiaToolkit} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';
import {makeKey} from '../lab/ssh-client-home.js';

describe.skipIf(!available('sshd', 'docker'))('cosmos doctor on a GPU host', () => {
	let place: GpuHost;
	let config: string;
	let tools: string;

	beforeAll(async () => {
		place = await startGpuHost({smallDisk: 1 << 20});
		config = path.join(place.client.home, 'doctor.toml');
		tools = place.tools;
		// What shows that containers can use GPUs; none is started here.
		writeFileSync(path.join(tools, 'nvidia-ctk'), '#!/bin/sh\n', {mode: 0o755});
		for (const {path: name} of transfer1Needs.files ?? []) {
			const file = path.join(place.checkout, name);
			mkdirSync(path.dirname(file), {recursive: true});
			if (name.endsWith('.pt')) {
				writeFileSync(file, Buffer.alloc(2000));
			} else {
				mkdirSync(file);
				writeFileSync(path.join(file, 'config.json'), '{}');
			}
		}
	});

	afterAll(async () => place.stop());

	/** The host's table as it works, with changes. */
	function configure(change: Readonly<Record<string, unknown>> = {}): void {
		const table = {
			ssh: 'gpu-box',
			remote_dir: '~/cosmos-transfer1',
			image: place.docker.image,
			docker: place.docker.docker[0],
			gpus: [0, 1],
			...change,
		};
		const lines = Object.entries(table).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
		writeFileSync(config, ['[hosts.lab]', ...lines, ''].join('\n'));
	}

	async function checks(env: Readonly<Record<string, string>> = {}) {
		const {code, stdout} = await place.cosmos(['doctor', '--config', config, '--json'], env);
		const all = JSON.parse(stdout) as Check[];
		return {code, all, problems: all.filter(({state}) => state === 'problem')};
	}

	/** That there is exactly one problem, of this name; gives it. */
	async function onlyProblem(name: CheckName, code: number): Promise<Check> {
		const found = await checks();
		expect(found.problems.map(problem => problem.name)).toEqual([name]);
		expect(found.code).toBe(code);
		expect(found.problems[0]?.hint).not.toBe('');
		return found.problems[0] as Check;
	}

	it('finds no problem with a working host', async () => {
		configure();
		const {code, all} = await checks();
		expect(
			all.map(({name, state, message}) => (state === 'ok' ? '' : `${name}: ${message}`)),
		).toEqual(Array.from({length: 13}, () => ''));
		expect(code).toBe(0);
	});

	it('a configuration with a wrong key', async () => {
		configure({imagee: 'x'});
		expect((await onlyProblem('configuration', 3)).message).toContain('unknown key "imagee"');
	});

	it('a missing key file', async () => {
		configure({key: '~/none'});
		expect((await onlyProblem('key', 3)).message).toContain('no such file');
	});

	it('no key at all', async () => {
		configure();
		renameSync(place.client.key, `${place.client.key}.away`);
		renameSync(`${place.client.key}.pub`, `${place.client.key}.pub.away`);
		try {
			expect((await onlyProblem('key', 4)).message).toContain('there is no SSH key to log in with');
		} finally {
			renameSync(`${place.client.key}.away`, place.client.key);
			renameSync(`${place.client.key}.pub.away`, `${place.client.key}.pub`);
		}
	});

	it('a key that the host rejects', async () => {
		const strange = path.join(place.client.home, 'strange');
		await makeKey(strange, 'ed25519');
		await place.client.addConfig(
			`Host strange\n  HostName 127.0.0.1\n  Port ${place.sshd.port}\n  User root\n  IdentityFile ${strange}\n  IdentitiesOnly yes\n`,
		);
		configure({ssh: 'strange'});
		expect((await onlyProblem('key', 4)).message).toContain('permission denied');
	});

	it('an unknown host key', async () => {
		const empty = path.join(place.client.home, 'none');
		await place.client.addConfig(
			`Host unknown\n  HostName 127.0.0.1\n  Port ${place.sshd.port}\n  User root\n  UserKnownHostsFile ${empty}\n`,
		);
		configure({ssh: 'unknown'});
		expect((await onlyProblem('known_hosts', 4)).message).toContain('is unknown');
	});

	it('a closed port', async () => {
		configure({port: 1});
		expect((await onlyProblem('ssh', 4)).message).toContain('refused the connection');
	});

	it('no docker on the host', async () => {
		configure({docker: 'no-such-docker'});
		expect((await onlyProblem('engine', 5)).message).toContain('has no `no-such-docker`');
	});

	it('a Docker daemon that is down', async () => {
		configure();
		await place.docker.halt();
		try {
			expect((await onlyProblem('engine', 5)).message).toContain('does not respond');
		} finally {
			await place.docker.resume();
		}
	});

	it('a missing GPU', async () => {
		configure({gpus: [0, 7]});
		expect((await onlyProblem('gpu', 5)).message).toBe('lab has no GPU 7');
	});

	it('a host without nvidia-smi, which `cosmos status` does not call ready either', async () => {
		configure();
		const program = path.join(tools, 'nvidia-smi');
		renameSync(program, `${program}.away`);
		try {
			const {message, hint} = await onlyProblem('gpu', 5);
			const {code, stdout, stderr} = await place.cosmos(['status', '--config', config]);
			expect(stdout).toMatch(/^ready +no$/m);
			expect(stderr).toContain(message);
			expect(stderr).toContain(hint);
			expect(code).toBe(5);
		} finally {
			renameSync(`${program}.away`, program);
		}
	});

	it.skipIf(hasNvidiaToolkit())('no GPU runtime for containers', async () => {
		configure();
		rmSync(path.join(tools, 'nvidia-ctk'));
		try {
			expect((await onlyProblem('gpu', 5)).message).toContain('no NVIDIA runtime');
		} finally {
			writeFileSync(path.join(tools, 'nvidia-ctk'), '#!/bin/sh\n', {mode: 0o755});
		}
	});

	it('a driver that fails', async () => {
		configure();
		const program = path.join(tools, 'nvidia-smi');
		renameSync(program, `${program}.away`);
		writeFileSync(program, '#!/bin/sh\necho Driver/library version mismatch\nexit 18\n');
		chmodSync(program, 0o755);
		try {
			expect((await onlyProblem('gpu', 5)).message).toContain('Driver/library version mismatch');
		} finally {
			renameSync(`${program}.away`, program);
		}
	});

	it('a missing image', async () => {
		configure({image: 'nvcr.io/me/none:1'});
		expect((await onlyProblem('image', 5)).message).toContain('no image nvcr.io/me/none:1');
	});

	it('no checkpoints', async () => {
		configure();
		const folder = path.join(place.checkout, 'checkpoints');
		renameSync(folder, `${folder}.away`);
		try {
			expect((await onlyProblem('checkpoints', 5)).message).toContain('no checkpoints');
		} finally {
			renameSync(`${folder}.away`, folder);
		}
	});

	const weights = 'checkpoints/nvidia/Cosmos-Transfer1-7B';

	/** With a file of the checkout that is not there, or is cut to so many bytes. */
	async function without(name: string, size: number | undefined, check: () => Promise<void>) {
		const file = path.join(place.checkout, name);
		renameSync(file, `${file}.away`);
		if (size !== undefined) {
			writeFileSync(file, '');
			truncateSync(file, size);
		}

		try {
			await check();
		} finally {
			rmSync(file, {force: true});
			renameSync(`${file}.away`, file);
		}
	}

	it.each([
		['missing', undefined],
		['a pointer of Git LFS', 130],
	])('a checkpoint that every run needs: it is %s', async (_what, size) => {
		configure();
		await without(`${weights}/base_model.pt`, size, async () => {
			const {message} = await onlyProblem('checkpoints', 5);
			expect(message).toMatch(/^lab has no checkpoints\/.*\/base_model\.pt in /);
		});
	});

	it.each([
		[`${weights}/4kupscaler_control.pt`, '4kupscaler_control.pt (cosmos upscale)'],
		[`${weights}/edge_control_distilled.pt`, 'edge_control_distilled.pt (--distilled)'],
		[
			'checkpoints/nvidia/Cosmos-UpsamplePrompt1-12B-Transfer',
			'Cosmos-UpsamplePrompt1-12B-Transfer (cosmos prompt-enhance)',
		],
	])('names what only some launches need, and is no problem: %s', async (name, said) => {
		configure();
		await without(name, undefined, async () => {
			const {code, all} = await checks();
			expect(all.find(check => check.name === 'checkpoints')?.message).toMatch(
				new RegExp(`; not there: ${said.replaceAll(/[.()]/g, '\\$&')}$`),
			);
			expect(code).toBe(0);
		});
	});

	/** With a program on the host in front of its own. */
	async function withProgram(name: string, script: string, check: () => Promise<void>) {
		const file = path.join(tools, name);
		writeFileSync(file, `#!/bin/sh\n${script}\n`, {mode: 0o755});
		try {
			await check();
		} finally {
			rmSync(file);
		}
	}

	it('a /dev/shm that is almost full', async () => {
		configure();
		const df =
			'case "$*" in */dev/shm*) echo head; echo "shm 65536 60000 5536 92% /dev/shm" ;; *) exec /bin/df "$@" ;; esac';
		await withProgram('df', df, async () => {
			expect((await onlyProblem('shm', 5)).message).toBe('/dev/shm on lab has only 5.4 MiB free');
			configure({docker_args: ['--shm-size=16g']});
			expect((await checks()).problems).toEqual([]);
		});
	});

	it('a quota that is used up', async () => {
		configure();
		const quota = (used: string) =>
			`disk=$(/bin/df -P . | tail -n 1 | cut -d " " -f 1); echo "Disk quotas for user me (uid 0):"; echo "Filesystem blocks quota limit grace"; echo "$disk ${used} 104857600 110000000 0"`;
		await withProgram('quota', quota('104857700*'), async () => {
			expect((await onlyProblem('disk', 5)).message).toMatch(
				/^your disk quota on lab leaves 0 B for .*cosmos-transfer1$/,
			);
		});
		await withProgram('quota', quota('1024'), async () => {
			const {all} = await checks();
			expect(all.find(check => check.name === 'disk')?.message).toMatch(
				/there, 100\.0 GiB of your quota left, /,
			);
		});
	});

	it.each([
		['an old driver', 24_576 * 4, '470.199.02', 'driver', /CUDA 12 needs 525 or newer$/],
		[
			'a small GPU',
			24_576,
			'550.54.15',
			'memory',
			/^GPU 0 of lab has 24 GiB, and this needs about 57 GiB/,
		],
	] as const)('%s', async (_what, memory, driver, name, message) => {
		configure({gpus: [0]});
		const program = path.join(tools, 'nvidia-smi');
		renameSync(program, `${program}.away`);
		try {
			const row = `0, GPU, ${memory}, 0, 0, 40, 100, 700, ${driver}, GPU-aa`;
			writeFileSync(program, `#!/bin/sh\necho "${row}"\n`, {mode: 0o755});
			expect((await onlyProblem(name, 5)).message).toMatch(message);
		} finally {
			renameSync(`${program}.away`, program);
		}
	});

	it('no checkout', async () => {
		configure({remote_dir: '~/elsewhere'});
		expect((await onlyProblem('checkpoints', 5)).message).toMatch(/has no folder .*elsewhere/);
	});

	it('a full disk on the host', async () => {
		// Made by the host itself: no one else sees that disk.
		const {status} = spawnSync(
			'ssh',
			[
				'-F',
				path.join(place.client.sshFolder, 'config'),
				'-i',
				place.client.key,
				'-o',
				`UserKnownHostsFile=${path.join(place.client.sshFolder, 'known_hosts')}`,
				'gpu-box',
				'mkdir -p small-disk/model && cp -r cosmos-transfer1/checkpoints small-disk/model/',
			],
			{
				env: place.client.env,
			},
		);
		expect(status).toBe(0);
		configure({remote_dir: '~/small-disk/model'});
		expect((await onlyProblem('disk', 5)).message).toMatch(/has only .* free in .*small-disk/);
	});

	it('a wrong clock on the host', async () => {
		configure();
		const program = path.join(tools, 'date');
		writeFileSync(program, '#!/bin/sh\n/bin/date -d "+3 hours" "$@"\n', {mode: 0o755});
		try {
			expect((await onlyProblem('clock', 5)).message).toBe(
				'the clock of lab is 3 hours ahead of this one',
			);
		} finally {
			rmSync(program);
		}
	});

	it('prints a hint below each problem', async () => {
		configure({image: 'nvcr.io/me/none:1'});
		const {stdout} = await place.cosmos(['doctor', '--config', config]);
		expect(stdout).toMatch(/✔ engine +Docker \d/);
		expect(stdout).toMatch(/✖ image +lab has no image .*\n +Build it there, or pull it/);
	});

	it('writes nothing, locally or on the host', async () => {
		configure();
		const before = place.filesThere();
		await checks();
		expect(place.filesThere()).toEqual(before);
		expect(existsSync(place.data)).toBe(false);
	});
});
