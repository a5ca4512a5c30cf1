import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import {expect, test} from 'vitest';
import {isAlive, ownerState, thisProcess} from '../../source/machine/process-identity.js';

const self = thisProcess();

test('this process is alive', () => {
	expect(ownerState(self)).toBe('alive');
});

test('the identity identifies the process', () => {
	expect(self.pid).toBe(process.pid);
	expect(self.bootId).not.toBe('');
	expect(self.machine).not.toBe('');
});

test('a process that has ended is dead', async () => {
	const child = spawn(process.execPath, ['--version'], {stdio: 'ignore'});
	await once(child, 'exit');
	expect(ownerState({...self, pid: child.pid as number})).toBe('dead');
});

test('another process with a reused id is not the owner', () => {
	expect(ownerState({...self, startTime: 'another'})).toBe('dead');
});

test('a process from before the last boot is dead', () => {
	expect(ownerState({...self, bootId: 'earlier'})).toBe('dead');
});

test('a process of another machine cannot be checked and counts as alive', () => {
	const stranger = {...self, bootId: 'its-own', machine: 'elsewhere'};
	expect(ownerState(stranger)).toBe('unknown');
	expect(isAlive(stranger)).toBe(true);
});

test.runIf(process.platform === 'linux')(
	'a process of another container on this machine cannot be checked',
	() => {
		const bootId = `${self.bootId.split(':')[0]}:1`;
		expect(ownerState({...self, bootId, machine: 'container'})).toBe('unknown');
		expect(ownerState({...self, bootId})).toBe('unknown');
	},
);

test.runIf(process.platform === 'linux')('a zombie process is dead', async () => {
	// The shell starts a child, prints its id, and becomes a program that never waits for it.
	const shell = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const [text] = await once(shell.stdout, 'data');
	const pid = Number(String(text));
	const stat = () => readFile(`/proc/${pid}/stat`, 'latin1');
	const owner = {...self, pid, startTime: (await stat()).split(' ')[21] as string};
	expect(ownerState(owner)).toBe('alive');
	process.kill(pid, 'SIGKILL');
	await expect.poll(async () => (await stat()).split(' ')[2]).toBe('Z');
	expect(ownerState(owner)).toBe('dead');
	shell.kill('SIGKILL');
	await once(shell, 'exit');
});
