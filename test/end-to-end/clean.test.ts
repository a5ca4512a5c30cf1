import {
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {thisProcess} from '../../source/machine/process-identity.js';
import {goOn, held} from '../hold.js';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';

const quick = {COSMOS_SIMULATE_STEP: '0'};
/** Ends only when somebody ends it. */
const endless = {COSMOS_SIMULATE: 'hang,step-bars', COSMOS_SIMULATE_STEP: '0.15'};
const stranger = 'run_00000000000a';
const busyStranger = 'run_00000000000b';
const strangersInput = `${'c'.repeat(64)}.mp4`;
/** A run of others that waits for its slot, and its input. */
const waitingStranger = 'run_00000000000d';
const waitingInput = `${'d'.repeat(64)}.mp4`;
/** A link with the name of an input. */
const link = `${'e'.repeat(64)}.mp4`;

describe.skipIf(!available('docker', 'sshd'))('cosmos clean', () => {
	let lab: GpuHost;
	/** A run that is over, and one whose cosmos was killed while its container runs. */
	let over: string;
	let unfinished: string;

	beforeAll(async () => {
		lab = await startGpuHost();
		over = await runPrompt('desert-dusk', quick);
		placeForeign();
		const other = await makePrompt('city-night');
		const started = lab.start(['inference', other, '--stream'], held);
		await started.seen(/ 1\/35 \[/);
		started.process.kill('SIGKILL');
		await started.ended;
		unfinished = await latestRun();
	});

	afterAll(async () => {
		await lab?.stop();
	});

	const there = (...parts: string[]) => path.join(lab.checkout, ...parts);
	/** Our inputs there; the others' are left out. */
	const inputs = () =>
		readdirSync(there('cosmos-inputs')).filter(
			name => /^[0-9a-f]{64}/.test(name) && ![strangersInput, waitingInput, link].includes(name),
		);
	const runs = () => readdirSync(there('cosmos-runs'));

	/** All but what the unfinished run's container still writes. */
	const filesAtRest = () => lab.filesThere().filter(file => !file.includes(unfinished));

	async function makePrompt(sample: string): Promise<string> {
		const videos = path.join(lab.client.home, sample);
		cpSync(path.join(import.meta.dirname, '..', '..', 'samples', sample), videos, {
			recursive: true,
		});
		return (await lab.cosmos(['create', 'prompt', 'A place', videos])).stdout.trim();
	}

	async function runPrompt(sample: string, env: Readonly<Record<string, string>>): Promise<string> {
		expect((await lab.cosmos(['inference', await makePrompt(sample)], env)).code).toBe(0);
		return latestRun();
	}

	async function latestRun(): Promise<string> {
		return JSON.parse((await lab.cosmos(['show', 'latest', '--json'])).stdout).id;
	}

	function container(name: string, command: string, ...labels: string[]): void {
		const flags = labels.flatMap(label => ['--label', label]);
		const words = command.split(' ');
		lab.docker.run(
			'run',
			'-d',
			'--name',
			name,
			...flags,
			...lab.docker.bareArgs,
			lab.docker.image,
			...words,
		);
	}

	/** Makes things ten days old. */
	function age(...places: string[]): void {
		const then = Date.now() / 1000 - 10 * 86_400;
		for (const place of places) {
			utimesSync(place, then, then);
		}
	}

	/** Other people's things, among ours and with names like ours. */
	function placeForeign(): void {
		const outside = path.join(lab.sshd.home, 'outside');
		mkdirSync(outside);
		writeFileSync(path.join(outside, 'precious'), 'keep');
		writeFileSync(there('cosmos-inputs', 'notes.txt'), 'keep');
		writeFileSync(there('cosmos-runs', 'run_notes'), 'keep');
		symlinkSync(outside, there('cosmos-runs', 'run_00000000000c'));
		symlinkSync(path.join(outside, 'precious'), there('cosmos-inputs', link));
		mkdirSync(there('cosmos-runs', 'not-a-run'));
		container('foreign-ended', 'true');
		container('foreign-running', 'sleep 1000');
		container('cosmos-foreign', 'sleep 1000', 'cosmos.other=1');
		writeFileSync(there('cosmos-inputs', strangersInput), 'input of a stranger');
		writeFileSync(there('cosmos-inputs', waitingInput), 'another one');
		for (const [id, input] of [
			[stranger, strangersInput],
			[busyStranger, strangersInput],
			[waitingStranger, waitingInput],
		] as const) {
			mkdirSync(there('cosmos-runs', id));
			const spec = there('cosmos-runs', id, 'spec.json');
			writeFileSync(spec, `{"input_video_path": "cosmos-inputs/${input}"}`);
			age(spec, there('cosmos-runs', id), there('cosmos-inputs', input));
		}

		// This process stands for the shell on the host that waits.
		const {pid, startTime} = thisProcess();
		const token = path.join(lab.docker.lockDir, `cosmos-${waitingStranger}.waiting`);
		writeFileSync(token, `${pid} ${startTime} elsewhere ann@desk\n`);
		const by = ['cosmos.by=ann@desk', 'cosmos.lane=elsewhere'];
		container(`cosmos-${stranger}`, 'true', `cosmos.run=${stranger}`, ...by);
		container(`cosmos-${busyStranger}`, 'sleep 1000', `cosmos.run=${busyStranger}`, ...by);
		lab.docker.run('wait', `cosmos-${stranger}`);
	}

	/** What is left of our run that is over, as after a lost line. */
	function leaveOver(): void {
		const folder = there('cosmos-runs', over);
		mkdirSync(path.join(folder, 'outputs'), {recursive: true});
		writeFileSync(path.join(folder, 'outputs', 'output.mp4'), 'x'.repeat(2048));
		symlinkSync(path.join(lab.sshd.home, 'outside'), path.join(folder, 'link'));
		container(`cosmos-${over}`, 'true', `cosmos.run=${over}`, 'cosmos.by=me@home');
		lab.docker.run('wait', `cosmos-${over}`);
	}

	function expectForeignUntouched(): void {
		expect(readFileSync(path.join(lab.sshd.home, 'outside', 'precious'), 'utf8')).toBe('keep');
		expect(readFileSync(there('README.md'), 'utf8')).toBe('a checkout\n');
		expect(readFileSync(there('cosmos-inputs', 'notes.txt'), 'utf8')).toBe('keep');
		expect(readFileSync(there('cosmos-runs', 'run_notes'), 'utf8')).toBe('keep');
		expect(readlinkSync(there('cosmos-runs', 'run_00000000000c'))).toContain('outside');
		expect(readlinkSync(there('cosmos-inputs', link))).toContain('precious');
		expect(runs()).toContain('not-a-run');
		const containers = lab.docker.containers();
		for (const name of ['foreign-ended', 'foreign-running', 'cosmos-foreign']) {
			expect(containers).toContain(name);
		}

		const running = lab.docker.run('ps', '--format', '{{.Names}}');
		expect(running).toContain('foreign-running');
		expect(running).toContain('cosmos-foreign');
		expect(running).toContain(`cosmos-${busyStranger}`);
		expect(runs()).toContain(busyStranger);
		expect(runs()).toContain(waitingStranger);
		expect(existsSync(there('cosmos-inputs', waitingInput))).toBe(true);
	}

	it('removes nothing without a terminal or --yes', async () => {
		leaveOver();
		const before = filesAtRest();
		const refused = await lab.cosmos(['clean', '--older-than', '0m']);
		expect(refused.stderr).toContain(over);
		expect(refused.stderr).toContain('--yes');
		expect(refused.code).toBe(2);
		expect(filesAtRest()).toEqual(before);
		expect(lab.docker.containers()).toContain(`cosmos-${over}`);
	});

	it('keeps what is newer than a week', async () => {
		const before = filesAtRest();
		const {stderr, code} = await lab.cosmos(['clean', '--yes']);
		expect(stderr).toContain('nothing to remove on lab');
		expect(stderr).toContain('kept, in use: 3 ');
		expect(stderr).toContain('kept, of others: 1 ');
		expect(code).toBe(0);
		expect(filesAtRest()).toEqual(before);
	});

	it('removes leftovers, but nothing of an unfinished run or of others', async () => {
		const count = inputs().length;
		const {stderr, code} = await lab.cosmos(['clean', '--older-than', '0m', '--yes']);
		expect(stderr).toMatch(/kept, of others \(ann@desk\): 2 /);
		expect(stderr).toMatch(new RegExp(`run +${over} +2.0 KiB`));
		expect(code).toBe(0);
		expect(runs()).not.toContain(over);
		expect(lab.docker.containers()).not.toContain(`cosmos-${over}`);
		expect(inputs().length).toBeLessThan(count);
		expect(runs()).toContain(unfinished);
		expect(lab.docker.containers()).toContain(`cosmos-${unfinished}`);
		expect(runs()).toContain(stranger);
		expect(lab.docker.containers()).toContain(`cosmos-${stranger}`);
		expect(existsSync(there('cosmos-inputs', strangersInput))).toBe(true);
		expectForeignUntouched();
	});

	it('leaves the unfinished run alone: it continues and is downloaded', async () => {
		const recover = () => lab.cosmos(['recover', unfinished]);
		const {code} = await goOn(lab.checkout, recover);
		expect(code).toBe(0);
		expect(inputs().length).toBeGreaterThan(0);
	});

	it('removes files of others only with --others, and none of a running or waiting job', async () => {
		const {stderr, code} = await lab.cosmos(['clean', '--older-than', '0m', '--others', '--yes']);
		expect(stderr).toMatch(new RegExp(`run +${stranger} .*by ann@desk`));
		expect(stderr).toContain('kept, in use: 2 ');
		expect(stderr).toContain('; 2 were gone or in use by then');
		expect(code).toBe(0);
		expect(runs()).not.toContain(stranger);
		expect(lab.docker.containers()).not.toContain(`cosmos-${stranger}`);
		expect(existsSync(there('cosmos-inputs', strangersInput))).toBe(true);
		expect(inputs()).toEqual([]);
		expectForeignUntouched();
	});

	it('uses the time that an input was last used, not uploaded', async () => {
		const id = await makePrompt('desert-dusk');
		expect((await lab.cosmos(['inference', id], quick)).code).toBe(0);
		const sent = inputs();
		expect(sent.length).toBeGreaterThan(0);
		age(...sent.map(name => there('cosmos-inputs', name)));
		await lab.cosmos(['inference', id], quick);
		expect((await lab.cosmos(['clean', '--yes'])).stderr).toContain('nothing to remove');
		age(...sent.map(name => there('cosmos-inputs', name)));
		expect((await lab.cosmos(['clean', '--yes'])).stderr).toContain(`removed ${sent.length},`);
		expect(inputs()).toEqual([]);
	});

	it('and kill leave other containers alone: a killed run removes only its own', async () => {
		const id = await makePrompt('city-night');
		const started = lab.start(['inference', id, '--stream'], endless);
		await started.seen(/ 1\/35 \[/);
		const before = lab.docker.containers();
		const own = `cosmos-${await latestRun()}`;
		expect((await lab.cosmos(['kill', 'latest'])).code).toBe(0);
		expect((await started.ended).code).toBe(130);
		expect(lab.docker.containers()).toEqual(before.filter(name => name !== own));
		expectForeignUntouched();
	});
});
