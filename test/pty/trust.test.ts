/** A project's file in front of a person: the notice in the dashboard, and the question. */
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {program} from '../cosmos.js';
import {ready} from './dashboard.js';
import {openTerminal, type Terminal} from './terminal.js';

/** A terminal in a cloned repository whose file names a host with a command of its own. */
async function openIn(...words: string[]): Promise<Terminal & {folder: string}> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-trust-'));
	onTestFinished(() => rm(folder, {recursive: true, force: true}));
	await writeFile(
		path.join(folder, 'cosmos.toml'),
		'[hosts.gpu]\nssh = "local"\nimage = "x"\ndocker = "sh ./run.sh"\n',
	);
	await writeFile(path.join(folder, 'run.sh'), 'touch ran\n');
	const terminal = openTerminal({
		command: [process.execPath, program, ...words],
		columns: 120,
		rows: 40,
		cwd: folder,
		env: {
			...{HOME: folder, COLORTERM: '', COSMOS_DATA: path.join(folder, 'data')},
			...{XDG_CONFIG_HOME: path.join(folder, 'config'), XDG_CACHE_HOME: path.join(folder, 'cache')},
		},
	});
	onTestFinished(() => terminal.close());
	return {...terminal, folder};
}

it('the dashboard names what it ignores in a file that is not trusted', async () => {
	const terminal = await openIn();
	await terminal.waitFor(ready);
	const screen = await terminal.waitFor(/is not trusted: ignoring hosts\.gpu/);
	expect(terminal.inAlternateScreen()).toBe(true);
	expect(screen).not.toMatch(/^.*Host gpu/m);
	terminal.send('q');
	await terminal.exited;
	await expect(readFile(path.join(terminal.folder, 'ran'))).rejects.toThrow(/ENOENT/);
});

it.each([
	['y', 'is trusted until it changes'],
	['', 'nothing was changed'],
])('the question shows what the file would run first: %j', async (answer, said) => {
	const terminal = await openIn('trust');
	const screen = await terminal.waitFor(/Trust this content of .*\? \[y\/N\]/s);
	expect(screen).toContain('hosts.gpu.docker = "sh ./run.sh"');
	terminal.send(`${answer}\r`);
	await terminal.waitFor(said);
	const list = path.join(terminal.folder, 'config', 'cosmos', 'trusted.json');
	const kept = await readFile(list, 'utf8').catch(() => '{}');
	expect(Object.keys(JSON.parse(kept))).toHaveLength(answer === 'y' ? 1 : 0);
});
