import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {text} from 'node:stream/consumers';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {startScript} from '../../../source/executor/engine/slot-script.js';

/** When a process was started, as the scripts note it. */
const startOf = (pid: number) =>
	readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19];

/** A job that takes its GPUs by making their folders, and notes one that is taken already. */
const functions = (gpus: readonly number[]) => `holders() { :; }
holder() { :; }
await() { :; }
run_job() {
	for gpu in ${gpus.join(' ')}; do mkdir "$lock_dir/../gpu$gpu" || echo "$run $gpu" >>"$lock_dir/../overlaps"; done
	until [ -e "$lock_dir/../go" ]; do sleep 0.05; done
	for gpu in ${gpus.join(' ')}; do rmdir "$lock_dir/../gpu$gpu"; done
}`;

const slotOf = (gpus: readonly number[]) => (gpus.length === 0 ? 'all' : `gpu${gpus.join('-')}`);

describe.skipIf(process.platform !== 'linux')('the GPUs of a host', () => {
	let folder: string;
	let locks: string;
	let ids: number;

	beforeEach(() => {
		folder = mkdtempSync(path.join(tmpdir(), 'cosmos-gpus-'));
		locks = path.join(folder, 'locks');
		mkdirSync(locks);
		for (const shared of [folder, locks]) {
			chmodSync(shared, 0o1777);
		}

		ids = 0;
	});

	afterEach(() => rmSync(folder, {recursive: true, force: true}));

	/** @param uses the cards that the job has in truth: all four where it names none */
	function start(
		gpus: readonly number[],
		{uses = gpus.length > 0 ? gpus : [0, 1, 2, 3], uid = 0, tools = ''} = {},
	) {
		ids += 1;
		const runId = `run_${ids}`;
		const job = {runId, slot: slotOf(gpus), gpus, startedBy: `user${uid}@desk`};
		const shell = spawn('sh', ['-s'], {
			...(process.getuid?.() === 0 && {uid, gid: uid}),
			env: {PATH: `${tools}:${process.env.PATH}`, COSMOS_LOCK_DIR: locks},
		});
		shell.stdin.end(`{\n${startScript(job, functions(uses))}\n} </dev/null\n`);
		let said = '';
		shell.stdout.setEncoding('utf8').on('data', chunk => {
			said += chunk;
		});
		const errors = text(shell.stderr);
		const ended = once(shell, 'close').then(async ([code]) => ({code, errors: await errors}));
		return {
			runId,
			shell,
			ended,
			said: () => said,
			seen: (what: RegExp) => expect.poll(() => said).toMatch(what),
		};
	}

	const letGo = () => writeFileSync(path.join(folder, 'go'), '');
	const overlaps = () => existsSync(path.join(folder, 'overlaps'));

	it.each([
		[[0], [0, 1]],
		[[], [0]],
		[
			[1, 0],
			[1, 2],
		],
		[[], []],
	])('are given to one job at a time: %j and %j', async (one, other) => {
		const first = start(one, {uid: 1001});
		await first.seen(/^start$/m);
		const second = start(other, {uid: 1002});
		await second.seen(new RegExp(`^wait ${first.runId} user\\d+@desk since`, 'm'));
		letGo();
		expect(await Promise.all([first.ended, second.ended])).toMatchObject([{code: 0}, {code: 0}]);
		expect(overlaps()).toBe(false);
		expect(readdirSync(locks).filter(name => name.endsWith('.gpus'))).toEqual([]);
	});

	it('are given to several jobs that share none', async () => {
		const jobs = [start([0]), start([1, 2]), start([3])];
		for (const job of jobs) {
			await job.seen(/^start$/m);
		}

		letGo();
		await Promise.all(jobs.map(job => job.ended));
	});

	it('are told apart by UUID where their indices have changed', async () => {
		const tools = (uuids: readonly string[], name: string) => {
			const place = path.join(folder, name);
			mkdirSync(place);
			const rows = uuids.map((uuid, index) => `${index}, ${uuid}`).join('\\n');
			writeFileSync(path.join(place, 'nvidia-smi'), `#!/bin/sh\nprintf '${rows}\\n'\n`, {
				mode: 0o755,
			});
			return place;
		};
		const first = start([1], {tools: tools(['GPU-a', 'GPU-b'], 'before')});
		await first.seen(/^start$/m);
		// The first card has gone: what was the second one is the first now.
		const after = tools(['GPU-b', 'GPU-c', 'GPU-d'], 'after');
		const second = start([0], {uses: [1], tools: after});
		const third = start([1, 2], {uses: [2, 3], tools: after});
		await second.seen(/^wait run_1 /m);
		await third.seen(/^start$/m);
		letGo();
		await Promise.all([first.ended, second.ended, third.ended]);
		expect(overlaps()).toBe(false);
	});

	it('are free again when a job was killed', async () => {
		const first = start([0, 1]);
		await first.seen(/^start$/m);
		first.shell.kill('SIGKILL');
		await first.ended;
		rmSync(path.join(folder, 'gpu0'), {recursive: true});
		rmSync(path.join(folder, 'gpu1'), {recursive: true});
		letGo();
		expect(await start([1]).ended).toMatchObject({code: 0});
	});

	it('are not waited for by a job that was stopped', async () => {
		const first = start([0]);
		await first.seen(/^start$/m);
		const second = start([0, 1]);
		await second.seen(/^wait /m);
		second.shell.kill('SIGTERM');
		expect(await second.ended).toMatchObject({code: 143});
		expect(readdirSync(locks).filter(name => name.includes(second.runId))).toEqual([]);
		letGo();
		await first.ended;
	});

	describe('beside version 0.1', () => {
		/** The lock of a slot as version 0.1 takes it, until the jobs may end. */
		async function lockAsBefore(slot: string) {
			const old = spawn('flock', [
				path.join(locks, `cosmos-lane-${slot}.lock`),
				'sh',
				'-c',
				`echo on; until [ -e '${folder}/go' ]; do sleep 0.05; done`,
			]);
			await once(old.stdout, 'data');
		}

		const isLocked = async (slot: string) => {
			const file = path.join(locks, `cosmos-lane-${slot}.lock`);
			return (await once(spawn('flock', ['-n', file, 'true']), 'close'))[0] === 1;
		};

		it.each([
			['gpu0', [0]],
			['gpu0-1', [0]],
			['gpu0', []],
			['all', [3]],
			['gpu2-0', [0]],
		])('a job on its slot %s keeps one on %j waiting', async (slot, gpus) => {
			await lockAsBefore(slot);
			const job = start(gpus);
			await job.seen(/^wait another-process of-version-0.1/m);
			expect(job.said()).not.toMatch(/^start$/m);
			letGo();
			expect(await job.ended).toMatchObject({code: 0});
		});

		it('a job names the one that it waits for', async () => {
			writeFileSync(
				path.join(locks, 'cosmos-run_old.starting'),
				`${process.pid} ${startOf(process.pid)} gpu0-1 ann@desk\n`,
			);
			await lockAsBefore('gpu0-1');
			const job = start([1]);
			await job.seen(/^wait run_old ann@desk/m);
			letGo();
			expect(await job.ended).toMatchObject({code: 0});
		});

		it('a job keeps that one out of every slot that shares a GPU, until it ends', async () => {
			const job = start([0]);
			await job.seen(/^start$/m);
			const slots = ['gpu0', 'gpu0-1', 'gpu0-2', 'gpu0-1-2-3', 'all', 'gpu1', 'gpu2-3'];
			const locked = await Promise.all(slots.map(isLocked));
			expect(locked).toEqual([true, true, true, true, true, false, false]);
			letGo();
			await job.ended;
			await expect.poll(() => isLocked('gpu0-1')).toBe(false);
		});

		it.each([
			['of a gapped list', ['gpu0-2', 'gpu0-3', 'gpu0-1-3'], ['gpu1-3']],
			[
				'of an unordered list',
				['gpu1-0', 'gpu3-0', 'gpu2-1-0', 'gpu3-2-1-0'],
				['gpu3-1', 'gpu2-1'],
			],
		])(
			'a job keeps that one out at the first use %s since the boot',
			async (_what, shared, free) => {
				const job = start([0]);
				await job.seen(/^start$/m);
				const locked = await Promise.all([...shared, ...free].map(isLocked));
				expect(locked).toEqual([...shared.map(() => true), ...free.map(() => false)]);
				letGo();
				await job.ended;
			},
		);

		it('two jobs that share no GPU keep it out together', async () => {
			const jobs = [start([0]), start([1])];
			await Promise.all(jobs.map(job => job.seen(/^start$/m)));
			expect(await isLocked('gpu0-1')).toBe(true);
			letGo();
			await Promise.all(jobs.map(job => job.ended));
		});

		it('a job that was killed does not keep it out', async () => {
			const job = start([0]);
			await job.seen(/^start$/m);
			job.shell.kill('SIGKILL');
			letGo();
			await job.ended;
			await expect.poll(() => isLocked('all')).toBe(false);
		});
	});

	it.each(['cosmos-gpus.lock', 'cosmos-lane-gpu0.lock'])(
		'are refused in words when %s is spoilt',
		async name => {
			const file = path.join(locks, name);
			for (const spoil of [
				() => spawnSync('mkfifo', [file]),
				() => mkdirSync(file),
				() => symlinkSync('/etc/passwd', file),
				() => symlinkSync('nowhere', file),
			]) {
				spoil();
				const {code, errors} = await start([0]).ended;
				expect(code).toBe(121);
				expect(errors).toContain(
					`${name} keeps two jobs from using one GPU, but cannot be used: it is not`,
				);
				rmSync(file, {recursive: true});
			}

			expect(readdirSync(locks).filter(left => left.includes('run_'))).toEqual([]);
		},
	);

	it.runIf(process.getuid?.() === 0)(
		'are refused in words when a lock may not be read',
		async () => {
			const file = path.join(locks, 'cosmos-gpus.lock');
			writeFileSync(file, '', {mode: 0o600});
			const {code, errors} = await start([0], {uid: 1001}).ended;
			expect(code).toBe(121);
			expect(errors).toContain('(its owner: root)');
		},
	);

	it('are refused in words when somebody else holds the lock of all claims', async () => {
		const file = path.join(locks, 'cosmos-gpus.lock');
		const holder = spawn('flock', [file, 'sh', '-c', 'echo on; exec sleep 60']);
		await once(holder.stdout, 'data');
		const {code, errors} = await start([0]).ended;
		holder.kill('SIGKILL');
		expect(code).toBe(121);
		expect(errors).toContain('somebody has held it for 10 s');
	});

	it('are not kept from anybody by what is no claim', async () => {
		spawnSync('mkfifo', [path.join(locks, 'cosmos-run_x.1.gpus')]);
		spawnSync('mkfifo', [path.join(locks, 'cosmos-run_x.starting')]);
		spawnSync('mkfifo', [path.join(locks, 'cosmos-lane-gpu0-1.lock')]);
		writeFileSync(path.join(locks, 'cosmos-run_y.2.gpus'), 'all - run_y stale@desk 2020-01-01\n');
		mkdirSync(path.join(locks, 'cosmos-run_z.3.gpus'));
		symlinkSync('/etc/passwd', path.join(locks, 'cosmos-run_s.4.gpus'));
		letGo();
		expect(await start([0]).ended).toMatchObject({code: 0});
	});

	it('are never shared by 200 random pairs of jobs', async () => {
		letGo();
		let seed = 20_261_129;
		const random = (below: number) => {
			seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
			return Math.floor((seed / 2 ** 31) * below);
		};
		const list = () => [0, 1, 2, 3].filter(() => random(2) === 1);
		for (let pair = 0; pair < 200; pair += 1) {
			const ends = [start(list(), {uid: 1001}), start(list(), {uid: 1002})].map(job => job.ended);
			expect(await Promise.all(ends)).toMatchObject([{code: 0}, {code: 0}]);
		}

		expect(overlaps()).toBe(false);
	});
});
