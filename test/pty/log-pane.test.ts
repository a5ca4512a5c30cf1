import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, it} from 'vitest';
import {launch, type Opened, openDashboard} from './dashboard.js';
import {keys} from './terminal.js';

/** A dashboard whose log pane has the keys and shows a run that has ended. */
async function withLog(options: Parameters<typeof openDashboard>[0] = {}): Promise<Opened> {
	const dashboard = await openDashboard({step: 0, ...options});
	await launch(dashboard);
	await dashboard.waitFor(/✔ completed/);
	dashboard.send('0');
	await dashboard.waitFor('esc back');
	return dashboard;
}

it('searches the whole log, shows the lines with the words and copies what is marked', async () => {
	const dashboard = await withLog();
	dashboard.send('/', 'control from', keys.enter);
	await dashboard.waitFor(/>\S* ?Loaded pre-computed seg control from/);
	dashboard.send('N');
	await dashboard.waitFor(/>\S* ?Loaded pre-computed depth control from/);
	dashboard.send('m', 'j', 'y');
	await dashboard.waitFor('Copied 2 lines');
	const [, copied = ''] = /\u001b\]52;c;([\w+/=]+)\u0007/.exec(dashboard.output()) ?? [];
	const text = Buffer.from(copied, 'base64').toString();
	expect(text).toMatch(/^.*Loaded pre-computed depth control from .*\n.*\n$/);
	// An escape together with what follows would be another key.
	dashboard.send(keys.escape);
	await dashboard.waitFor(screen => !screen.includes('"control from"'));
	dashboard.send('&', 'control from', keys.enter);
	await dashboard.waitFor(/only "control from" · 2 lines/);
	dashboard.send(keys.escape);
	await dashboard.waitFor(screen => !screen.includes('only "control from"'));
	expect(dashboard.fullClears()).toBe(0);
});

it('jumps to the next error of a failed run', async () => {
	const dashboard = await openDashboard({step: 0, simulate: 'oom'});
	await launch(dashboard);
	await dashboard.waitFor(/✖ failed/);
	dashboard.send('0', ';');
	await dashboard.waitFor(/^.*>.*Traceback/m);
});

it('saves the log byte for byte and leaves a file alone that is there', async () => {
	const dashboard = await withLog();
	dashboard.send('S');
	await dashboard.waitFor(/save to run_/);
	dashboard.send(keys.enter);
	const shown = await dashboard.waitFor(/Saved the log to/);
	const [runId = ''] = /run_\w{12}/.exec(shown) ?? [];
	const log = await readFile(path.join(dashboard.data, 'runs', runId, 'log'));
	expect(await readFile(path.join(dashboard.folder, `${runId}.log`))).toEqual(log);
	dashboard.send('S', keys.enter);
	await dashboard.waitFor(/EEXIST|already/);
});

it('gives the terminal to the pager and takes it back', async () => {
	const pager = 'cat >/dev/null; echo "the pager has read it"; read answer </dev/tty';
	const dashboard = await withLog({env: {PAGER: pager}});
	dashboard.send('v');
	await dashboard.waitFor('the pager has read it');
	expect(dashboard.inAlternateScreen()).toBe(false);
	dashboard.send(keys.enter);
	await dashboard.waitFor('q quit');
	expect(dashboard.inAlternateScreen()).toBe(true);
});

it('shows the log over the whole screen without borders', async () => {
	const dashboard = await withLog();
	dashboard.send('z');
	const screen = await dashboard.waitFor(now => !now.includes('│'));
	expect(screen).toMatch(/✔ completed/);
	dashboard.send('z');
	await dashboard.waitFor('╭');
});
