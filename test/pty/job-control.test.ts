/** Ctrl-Z, `kill -TSTP` and `fg`, in front of a shell with job control. */
import {spawnSync} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {program} from '../cosmos.js';
import {openDashboard, ready} from './dashboard.js';
import {keys, openTerminal, type Terminal} from './terminal.js';

const ctrlZ = '\u001a';

/** The dashboard, started by hand in an interactive bash. */
async function openInBash(env: Record<string, string> = {}): Promise<Terminal & {pid: number}> {
	const home = await mkdtemp(path.join(tmpdir(), 'cosmos-stop-'));
	onTestFinished(() => rm(home, {recursive: true, force: true}));
	const terminal = openTerminal({
		command: ['bash', '--norc', '--noprofile', '-i'],
		columns: 120,
		rows: 40,
		cwd: home,
		env: {
			...{HOME: home, PS1: '$ ', NODE: process.execPath, PROGRAM: program, COLORTERM: ''},
			...{COSMOS_DATA: path.join(home, 'data'), COSMOS_SIMULATE_STEP: '0.2', ...env},
		},
	});
	onTestFinished(() => terminal.close());
	await terminal.waitFor('$');
	terminal.send('"$NODE" "$PROGRAM"\r');
	await terminal.waitFor(ready);
	return terminal;
}

/** The shell has the terminal: cooked, its own screen, with the cursor. */
async function expectShell(terminal: Terminal): Promise<void> {
	await terminal.waitFor(/Stopped/);
	expect(terminal.inAlternateScreen()).toBe(false);
	expect(terminal.cursorShown()).toBe(true);
	terminal.send('stty -a | tr " " "\\n" | grep -x "icanon;*"; echo typed-$((40 + 2))\r');
	const screen = await terminal.waitFor('typed-42');
	expect(screen).toContain('icanon');
	expect(screen).not.toContain('1;2c');
}

/** It is there again, whole, and its keys work. */
async function expectDashboard(terminal: Terminal, before: string): Promise<void> {
	terminal.send('fg\r');
	await terminal.waitFor(screen => ready.test(screen) && !screen.includes('typed-42'));
	expect(terminal.inAlternateScreen()).toBe(true);
	const after = await terminal.waitFor(ready);
	expect(after.split('\n').length).toBe(before.split('\n').length);
	terminal.send('?');
	await terminal.waitFor(/Keys|Help/);
	terminal.send('\u001b');
	await terminal.waitFor(ready);
}

describe.skipIf(process.platform === 'win32')('the dashboard', () => {
	it.each([
		['Ctrl-Z', (terminal: Terminal) => terminal.send(ctrlZ)],
		[
			'kill -TSTP',
			({pid}: Terminal) => {
				const child = spawnSync('pgrep', ['-P', String(pid)], {encoding: 'utf8'}).stdout.trim();
				process.kill(Number(child), 'SIGTSTP');
			},
		],
	])(
		'gives the terminal to the shell at %s, and is drawn anew at fg, twice',
		async (_name, stop) => {
			const terminal = await openInBash();
			for (let round = 0; round < 2; round++) {
				const before = terminal.screen();
				stop(terminal);
				await expectShell(terminal);
				terminal.send('clear\r');
				await expectDashboard(terminal, before);
			}

			terminal.send('q');
			await terminal.waitFor(/^\$ *$/m);
			terminal.send('echo "code $?"\r');
			await terminal.waitFor('code 0');
		},
	);

	it('is drawn from its first column after a call that Ctrl-C left in the middle of a line', async () => {
		const dashboard = await openDashboard({columns: 80, rows: 24});
		dashboard.send(':list runs ', keys.enter);
		await dashboard.waitFor('press Return to go back');
		dashboard.send(keys.ctrlC);
		const screen = await dashboard.waitFor(ready);
		expect(screen.split('\n')[0]).toMatch(/^ cosmos {3}demo ● ready/);
	});
});
