import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {type Opened, openDashboard} from './dashboard.js';
import {keys} from './terminal.js';

const text = `
[commands.copy]
key = "B"
on = "prompt"
run = ["cp", "-rv", "{folder}", "{ask.target}"]
ask = {target = "To which folder?"}

[commands.words]
key = "W"
on = "prompt"
run = ["sh", "-c", 'echo "name $COSMOS_SELECTED_NAME"; echo oops >&2']
output = "page"

[commands.wrong]
key = "Z"
on = "prompt"
run = ["no-such-program"]
`;

async function open(config = text): Promise<Opened> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-own-'));
	onTestFinished(() => rm(folder, {recursive: true, force: true}));
	await mkdir(path.join(folder, 'config', 'cosmos'), {recursive: true});
	await writeFile(path.join(folder, 'config', 'cosmos', 'config.toml'), config);
	return openDashboard({folder});
}

it('a command of the configuration asks, runs a program and reports its last line', async () => {
	const dashboard = await open();
	const target = path.join(dashboard.folder, 'copies here');
	dashboard.send('B');
	await dashboard.waitFor('To which folder?');
	dashboard.send(target, keys.enter);
	await dashboard.waitFor('✔ copy: ');
	expect(await readdir(target)).toContain('depth.mp4');
});

it('a command shows on a page all that it prints, with the selection in its environment', async () => {
	const dashboard = await open();
	dashboard.send('W');
	const screen = await dashboard.waitFor(/name desert-dusk[\s\S]*oops[\s\S]*done/);
	expect(screen).toContain('words');
	dashboard.send(keys.escape);
	await dashboard.waitFor(shown => !shown.includes('oops'));
});

it('a command whose program is not there says so', async () => {
	const dashboard = await open();
	dashboard.send('Z');
	await dashboard.waitFor('wrong: there is no program "no-such-program"');
});

it('a wrong placeholder is refused with file, line and the nearest name', async () => {
	await expect(open('[commands.play]\non = "run"\nrun = ["mpv", "{vidoe}"]\n')).rejects.toThrow(
		/config.toml:3: commands.play.run: unknown placeholder \{vidoe\}/,
	);
});

it('a verb after the colon is completed and runs in the terminal, on the same data', async () => {
	const dashboard = await open('');
	dashboard.send(':');
	await dashboard.waitFor('Command');
	dashboard.send('tag desert');
	await dashboard.waitFor(/:tag desert [\s\S]*> desert-dusk/);
	dashboard.send(keys.tab, 'hero');
	await dashboard.waitFor(':tag desert-dusk hero');
	dashboard.send(keys.enter);
	await dashboard.waitFor(/\$ cosmos tag desert-dusk hero[\s\S]*ended with code 0/);
	dashboard.send(keys.enter);
	await dashboard.waitFor(/1 Prompts[\s\S]*#hero/);
});
