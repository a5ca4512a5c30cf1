import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, it, onTestFinished} from 'vitest';
import {program} from '../cosmos.js';
import {openTerminal} from '../pty/terminal.js';

let home: string;
beforeAll(() => {
	home = mkdtempSync(path.join(tmpdir(), 'cosmos-plain-'));
});
afterAll(() => rmSync(home, {recursive: true, force: true}));

/** What a call prints on a terminal, and its exit code. */
async function onTerminal(words: readonly string[], {name = 'xterm', before = ':', env = {}} = {}) {
	const script = `${before}; "$@"; echo "code $?"; exec cat`;
	const terminal = openTerminal({
		command: ['sh', '-c', script, 'sh', process.execPath, program, ...words],
		columns: 120,
		rows: 30,
		name,
		cwd: home,
		env: {HOME: home, COSMOS_DATA: path.join(home, 'data'), COSMOS_SIMULATE_STEP: '0', ...env},
	});
	onTestFinished(() => terminal.close());
	await terminal.waitFor(/code \d+/);
	return {screen: terminal.screen(), output: terminal.output()};
}

it('says in one line that the dashboard cannot draw where TERM is dumb', async () => {
	const {screen, output} = await onTerminal([], {name: 'dumb'});
	expect(screen).toContain('cosmos: the dashboard cannot draw on this terminal: TERM is dumb');
	expect(screen).toContain('code 2');
	expect(output).not.toContain('\u001b');
});

it('runs a job without an escape sequence where TERM is dumb', async () => {
	const {screen, output} = await onTerminal(['demo'], {name: 'dumb'});
	expect(screen).toContain('code 0');
	expect(output).not.toContain('\u001b');
});

it('says in one line that a terminal of no size has none', async () => {
	const {screen} = await onTerminal([], {before: 'stty columns 0 rows 0'});
	expect(screen).toContain('cosmos: the terminal says that it has no columns or no rows');
	expect(screen).toContain('code 2');
});

it('prints whole columns on a terminal of no size', async () => {
	const {output} = await onTerminal(['list', 'prompts'], {before: 'stty columns 0 rows 0'});
	expect(output).toMatch(/\bps_\w{12}\b/);
	expect(output).toContain('city-night');
});

it.each(['C', 'POSIX', ''])('works in the locale %j', async locale => {
	const env = {LC_ALL: locale, LANG: locale};
	const {screen} = await onTerminal(['list', 'runs'], {env});
	expect(screen).toContain('✔ completed');
	expect(screen).toContain('code 0');
});
