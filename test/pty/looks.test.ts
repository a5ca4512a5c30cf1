import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {openDashboard} from './dashboard.js';
import {keys} from './terminal.js';

/** A folder whose configuration says this. */
async function configured(text: string): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-looks-'));
	onTestFinished(() => rm(folder, {recursive: true, force: true, maxRetries: 5}));
	await mkdir(path.join(folder, 'config', 'cosmos'), {recursive: true});
	await writeFile(path.join(folder, 'config', 'cosmos', 'config.toml'), text);
	return folder;
}

it('takes keys and colours from the configuration', async () => {
	const folder = await configured('theme = "light"\n\n[keys]\nlaunch = "L"\n');
	const dashboard = await openDashboard({folder});
	expect(dashboard.screen()).toContain('L infer');
	expect(dashboard.output()).toContain('\u001b[38;5;25m');
	dashboard.send('L');
	await dashboard.waitFor('Infer: ');
	dashboard.send(keys.escape);
});

it('says which two commands would have the same key', async () => {
	const folder = await configured('[keys]\nlaunch = "s"\n');
	await expect(openDashboard({folder})).rejects.toThrow(
		/"s" would be both home.launch and home.stop/,
	);
});

it('begins with the panel and the order of the last time', async () => {
	const folder = await configured('');
	const first = await openDashboard({folder});
	first.send('2', 'o');
	await first.waitFor(/2 Runs +by running first/);
	first.send('q');
	await first.exited;
	const next = await openDashboard({folder});
	expect(next.screen()).toMatch(/2 Runs +by running first/);
});

it('launches nothing when it is for reading alone', async () => {
	const folder = await configured('');
	await (await openDashboard({folder})).close();
	const dashboard = await openDashboard({folder, words: ['ui', '--read-only']});
	expect(dashboard.screen()).toContain('read-only');
	dashboard.send('i', '?');
	const screen = await dashboard.waitFor('Keys');
	expect(screen).not.toContain('Infer: ');
});
