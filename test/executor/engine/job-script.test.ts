import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {jobScript} from '../../../source/executor/engine/job-script.js';
import {collector} from './collector.js';

const shells = [
	['dash', ['/bin/dash']],
	['bash', ['/bin/bash', '--posix']],
	['BusyBox', ['/usr/bin/busybox', 'sh']],
] as const;

describe.each(shells)('the script around a command, in %s', (_name, [shell, ...words]) => {
	const here = test.skipIf(!existsSync(shell));

	function start(command: readonly string[], changes = {}) {
		const script = jobScript({command, timeLimit: 3600, ...changes});
		const child = spawn(shell, [...words, '-c', script], {stdio: ['ignore', 'pipe', 'pipe']});
		const exit = new Promise<number | null>(resolve => child.on('close', resolve));
		const output = collector();
		child.stdout.on('data', output.take);
		child.stderr.on('data', chunk => output.take(Buffer.from(`unmerged: ${chunk}`)));
		return {child, exit, ...output};
	}

	const loop = 'echo on; while :; do sleep 0.05; done';

	here('passes the exit code on', async () => {
		expect(await start(['sh', '-c', 'exit 7']).exit).toBe(7);
	});

	here('makes one stream of both', async () => {
		const started = start(['sh', '-c', 'echo a; echo b >&2; echo c']);
		await started.exit;
		expect(started.text()).toBe('a\nb\nc\n');
	});

	here('answers 124 at the time limit', async () => {
		const started = start(['sh', '-c', 'printf bar; sleep 600'], {timeLimit: 3});
		expect(await started.exit).toBe(124);
		expect(started.text()).toMatch(/^bar.*\n(?:\n)?cosmos: the time limit of 3 s is over\n$/);
	});

	here('says nothing of a limit when the command has the code 124 of its own', async () => {
		const started = start(['sh', '-c', 'echo end; exit 124']);
		expect(await started.exit).toBe(124);
		expect(started.text()).toBe('end\n');
	});

	here('keeps the code of a command that ended before its limit', async () => {
		expect(await start(['sh', '-c', 'kill -9 $$']).exit).toBe(137);
	});

	here('passes TERM on and waits for the command', async () => {
		const started = start(['sh', '-c', `trap "exit 9" TERM; ${loop}`]);
		await started.seen('on');
		started.child.kill('SIGTERM');
		expect(await started.exit).toBe(9);
	});

	here('kills the command at USR1', async () => {
		const started = start(['sh', '-c', `trap "echo no" TERM; ${loop}`]);
		await started.seen('on');
		started.child.kill('SIGTERM');
		await started.seen('no');
		started.child.kill('SIGUSR1');
		expect(await started.exit).toBe(137);
	});

	here('runs what comes before and after', async () => {
		const changes = {before: 'echo before', after: 'echo after $code'};
		const started = start(['sh', '-c', 'echo command; exit 2'], changes);
		await started.exit;
		expect(started.text()).toBe('before\ncommand\nafter 2\n');
	});
});
