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

it('takes the theme for a light background from what the terminal answers, also in pieces', async () => {
	const dashboard = await openDashboard({pictures: true, silent: true});
	await dashboard.waitFor(() => dashboard.output().includes('\u001b]11;?\u0007\u001b[c'));
	const dark = dashboard.screen();
	expect(dashboard.output()).not.toContain('\u001b[38;5;25m');
	dashboard.send('\u001b]11;rgb:ffff/', 'ffff/eeee', '\u001b\\', '\u001b[?62;c');
	await dashboard.waitFor(() => dashboard.output().includes('\u001b[38;5;25m'));
	expect(await dashboard.waitFor('● ready')).toBe(dark);
});

it("takes the looks of a theme's roles from the configuration", async () => {
	const folder = await configured('theme = "contrast"\n\n[colors]\naccent = "bold #1f6feb"\n');
	const dashboard = await openDashboard({folder});
	expect(dashboard.output()).toContain('\u001b[1;38;2;31;111;235m');
});

it('says which look cannot be read', async () => {
	const folder = await configured('[colors]\naccent = "bold cyanish"\n');
	await expect(openDashboard({folder})).rejects.toThrow(
		/colors.accent: must be such as "bold cyan"/,
	);
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
	first.send('2', 'o', 'j', '\r', '\u001b');
	await first.waitFor(/2 Runs +by kind/);
	first.send('q');
	await first.exited;
	const next = await openDashboard({folder});
	expect(next.screen()).toMatch(/2 Runs +by kind/);
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
