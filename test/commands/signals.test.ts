/** What signals and readers that go away mean for a run, on the demo host. */
import {spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import {program, runCosmos, startCosmos} from '../cosmos.js';
import {openTerminal, type Terminal} from '../pty/terminal.js';

let home: string;
let env: Record<string, string>;

beforeAll(async () => {
	home = mkdtempSync(path.join(tmpdir(), 'cosmos-signals-'));
	env = {HOME: home, COSMOS_DATA: path.join(home, 'data'), COSMOS_SIMULATE_STEP: '0'};
	expect((await cosmos('demo')).code).toBe(0);
});

afterAll(() => rmSync(home, {recursive: true, force: true}));

const cosmos = (...words: string[]) => runCosmos(words, {cwd: home, env});
const slowly = {COSMOS_SIMULATE_STEP: '0.2', COSMOS_SIMULATE: 'model-load=0,step-bars'};
const launch = ['inference', 'latest', '--steps', '12', '--stream'];

function start(words: readonly string[], more: Record<string, string>) {
	return startCosmos(words, {cwd: home, env: {...env, ...more}});
}

async function latest() {
	const {stdout} = await cosmos('show', 'latest', '--json');
	return JSON.parse(stdout) as {id: string; shown: string; exitCode?: number};
}

/** A run in a terminal, far enough to have a container. */
async function startInTerminal(more: Record<string, string>): Promise<Terminal> {
	const command = [
		'sh',
		'-c',
		'"$@"; echo "code $?"; exec cat',
		'sh',
		process.execPath,
		program,
	] as const;
	const terminal = openTerminal({
		command: [...command, ...launch],
		columns: 100,
		rows: 30,
		cwd: home,
		env: {...env, ...more},
	});
	onTestFinished(() => terminal.close());
	await terminal.waitFor(/ 2\/12/);
	return terminal;
}

/** The process that a shell in a terminal has started. */
function childOf(pid: number): number {
	return Number(spawnSync('pgrep', ['-P', String(pid)], {encoding: 'utf8'}).stdout.trim());
}

describe('a run', () => {
	it.each(['SIGINT', 'SIGTERM'] as const)('is cancelled by %s', async signal => {
		const run = start(launch, slowly);
		await run.seen(/ 2\/12 \[/);
		run.process.kill(signal);
		expect((await run.ended).code).toBe(130);
		expect((await latest()).shown).toBe('cancelled');
	});

	it.each([
		['dies of it', ''],
		['ignores it', ',hang-hard'],
	])(
		'is cancelled by two signals at once, whoever sees its end, when its job %s',
		async (_, more) => {
			const run = start(launch, {...slowly, COSMOS_SIMULATE: `${slowly.COSMOS_SIMULATE}${more}`});
			await run.seen(/ 2\/12 \[/);
			run.process.kill('SIGINT');
			run.process.kill('SIGTERM');
			expect((await run.ended).code).toBe(130);
			await cosmos('recover');
			expect((await latest()).shown).toBe('cancelled');
		},
	);

	it('is cancelled by the next cosmos, when a second signal came while it was being stopped', async () => {
		const run = start(launch, {...slowly, COSMOS_SIMULATE: 'hang-hard,step-bars'});
		await run.seen(/ \d+\/12 \[/);
		run.process.kill('SIGINT');
		await run.seen(/SIG(TERM|INT) ignored/);
		run.process.kill('SIGINT');
		expect((await run.ended).code).toBe(130);
		expect((await latest()).shown).toBe('interrupted');
		expect((await cosmos('recover', 'latest')).code).toBe(130);
		expect((await latest()).shown).toBe('cancelled');
	});

	it('goes on at a SIGHUP when no output goes to a terminal, as under nohup', async () => {
		const run = start(launch, slowly);
		await run.seen(/ 2\/12 \[/);
		run.process.kill('SIGHUP');
		expect((await run.ended).code).toBe(0);
		expect((await latest()).shown).toBe('completed');
	});

	it('is left going at a SIGHUP on a terminal, and recovered', async () => {
		const terminal = await startInTerminal(slowly);
		process.kill(childOf(terminal.pid), 'SIGHUP');
		await terminal.waitFor('code 129');
		expect((await latest()).shown).toBe('interrupted');
		expect((await cosmos('recover', 'latest')).code).toBe(0);
		expect((await latest()).shown).toBe('completed');
	});

	it.each([1, 2, 3])('is left going when its terminal closes, time %i', async () => {
		const terminal = await startInTerminal(slowly);
		await terminal.close();
		expect((await latest()).shown).toBe('interrupted');
		expect((await cosmos('recover', 'latest')).code).toBe(0);
		expect((await latest()).shown).toBe('completed');
	});
});

describe('a reader that goes away', () => {
	/** The exit codes of a pipeline, and what was printed on standard error. */
	function inBash(script: string, more: Record<string, string> = {}) {
		const {stdout, stderr} = spawnSync(
			'bash',
			['-c', `cosmos() { "$NODE" "$PROGRAM" "$@"; }\n${script}`],
			{
				cwd: home,
				encoding: 'utf8',
				env: {
					...{PATH: process.env.PATH, NODE: process.execPath, PROGRAM: program},
					...env,
					...more,
				},
			},
		);
		return {stdout: stdout.trim(), stderr};
	}

	const codeOfFirst = 'echo "code $PIPESTATUS" >&3';

	it.each([
		['of standard output', '| head -3'],
		['of both', '2>&1 | head -1'],
		['of standard error', '2>&1 >log.txt | head -1'],
	])('%s does not end a run', async (_what, reader) => {
		const {stdout} = inBash(
			`exec 3>&1; ${`cosmos ${launch.join(' ')}`} ${reader} >/dev/null; ${codeOfFirst}`,
		);
		expect(stdout).toBe('code 0');
		expect((await latest()).shown).toBe('completed');
	});

	it('does not end a run that started without a standard error', async () => {
		expect(inBash(`cosmos ${launch.join(' ')} >/dev/null 2>&-; echo "code $?"`).stdout).toBe(
			'code 0',
		);
	});

	it('does not turn a failure into a success', async () => {
		const {stdout} = inBash(
			`exec 3>&1; cosmos ${launch.join(' ')} | head -1 >/dev/null; ${codeOfFirst}`,
			{COSMOS_SIMULATE: 'exit=3'},
		);
		expect(stdout).toBe('code 1');
		expect((await latest()).shown).toBe('failed');
	});

	it('does not end the queue', async () => {
		const added = await cosmos('queue', 'add', 'inference', 'latest', '--steps', '12');
		expect(added.code).toBe(0);
		await cosmos('queue', 'add', 'inference', 'latest', '--steps', '12');
		const {stdout} = inBash(
			`exec 3>&1; cosmos queue run --once 2>&1 | head -1 >/dev/null; ${codeOfFirst}`,
		);
		expect(stdout).toBe('code 0');
		const jobs = JSON.parse((await cosmos('queue', 'list', '--json')).stdout) as {jobs: unknown[]};
		expect(jobs.jobs).toHaveLength(2);
		expect(jobs.jobs).toEqual([
			expect.objectContaining({shown: 'done'}),
			expect.objectContaining({shown: 'done'}),
		]);
	});

	it('does not end a verb that changes something', async () => {
		const {stdout} = inBash(`exec 3>&1; cosmos export out.tar latest 2>&1 | true; ${codeOfFirst}`);
		expect(stdout).toBe('code 0');
		expect(existsSync(path.join(home, 'out.tar'))).toBe(true);
	});

	it('ends a verb that only prints, with 0', () => {
		const {stdout, stderr} = inBash(`exec 3>&1; cosmos list runs | true; ${codeOfFirst}`);
		expect({stdout, stderr}).toEqual({stdout: 'code 0', stderr: ''});
	});

	it.skipIf(!existsSync('/dev/full'))('is not a disk that is full', async () => {
		expect(inBash('cosmos list runs >/dev/full; echo "code $?"').stdout).toBe('code 6');
		const {stdout, stderr} = inBash(
			'cosmos inference latest --steps 12 >/dev/full; echo "code $?"',
		);
		expect(stdout).toBe('code 6');
		expect(stderr).toContain('cannot write the output');
		expect((await latest()).shown).toBe('completed');
	});
});

it('follows a log no longer when its reader has gone', async () => {
	const run = start(launch, slowly);
	await run.seen(/ 2\/12 \[/);
	const follower = spawn(
		'bash',
		['-c', '"$NODE" "$PROGRAM" logs latest --follow | head -2; exit $PIPESTATUS'],
		{
			cwd: home,
			env: {PATH: process.env.PATH, NODE: process.execPath, PROGRAM: program, ...env},
		},
	);
	expect(await new Promise(resolve => follower.on('close', resolve))).toBe(0);
	expect((await run.ended).code).toBe(0);
});
