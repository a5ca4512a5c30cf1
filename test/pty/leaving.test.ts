import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {build} from 'esbuild';
import {describe, expect, it, onTestFinished} from 'vitest';
import {launch, openDashboard} from './dashboard.js';
import {keys, openTerminal, type Terminal} from './terminal.js';

/** What the shell, the dashboard's parent, says of the terminal when it has the terminal back. */
async function restored(dashboard: Terminal): Promise<string> {
	const screen = await dashboard.waitFor(/code \d+[\s\S]*iexten/);
	expect(dashboard.inAlternateScreen()).toBe(false);
	expect(dashboard.cursorShown()).toBe(true);
	expect(dashboard.bracketedPaste()).toBe(false);
	// Lines and echo, as before raw mode.
	expect(screen).toMatch(/(?<!-)icanon/);
	expect(screen).toMatch(/(?<!-)echo\b/);
	return screen;
}

describe('with nothing running', () => {
	it.each([
		['q', 'q'],
		['Ctrl-C', keys.ctrlC],
	])('%s leaves at once', async (_name, key) => {
		const dashboard = await openDashboard({inShell: true});
		expect(dashboard.inAlternateScreen()).toBe(true);
		// The shell had left the cursor behind a word.
		expect(dashboard.screen()).toMatch(/^ cosmos/);
		dashboard.send(key);
		expect(await restored(dashboard)).toContain('code 0');
	});
});

it('keeps what was asked for a moment before', async () => {
	const dashboard = await openDashboard({inShell: true});
	dashboard.send('*', '5', 'q');
	await restored(dashboard);
	const {stdout} = await dashboard.cosmos('list', 'prompts', '--json');
	expect(JSON.parse(stdout)[0]).toMatchObject({rating: 5});
});

describe('with a run going', () => {
	const going = async () => {
		const dashboard = await openDashboard({inShell: true, step: 5});
		await launch(dashboard);
		await dashboard.waitFor(/▶ running/);
		return dashboard;
	};

	it('q asks, and esc stays', async () => {
		const dashboard = await going();
		dashboard.send('q');
		const question = await dashboard.waitFor('Quit with a run unfinished?');
		expect(question).toContain('keeps running and reconnects next time');
		dashboard.send(keys.escape);
		await dashboard.waitFor(screen => !screen.includes('Quit with a run unfinished?'));
		expect(dashboard.screen()).toContain('1 running');
	});

	it('q and s end the run, then leave', async () => {
		const dashboard = await going();
		dashboard.send('q');
		await dashboard.waitFor('stop it and quit');
		dashboard.send('s');
		const after = await restored(dashboard);
		expect(after).toContain('code 0');
		expect(after).not.toContain('keeps running');
		const list = await dashboard.cosmos('list', 'runs', '--json');
		expect(JSON.parse(list.stdout)).toMatchObject([{status: 'cancelled'}]);
	});

	it('q and l leave it going, and the next start takes it up', async () => {
		const dashboard = await going();
		dashboard.send('q');
		await dashboard.waitFor('leave it and quit');
		dashboard.send('l');
		expect(await restored(dashboard)).toMatch(/run_\w+ \(desert-dusk on demo\) keeps running/);
		expect((await dashboard.cosmos('list', 'runs')).stdout).toContain('interrupted');
		const next = await openDashboard({step: 5, folder: dashboard.folder});
		await next.waitFor(/resuming desert-dusk/);
		await next.waitFor(/1 running/);
		expect((await next.cosmos('list', 'runs')).stdout).toContain('running');
	});

	it('two Ctrl-C leave at once', async () => {
		const dashboard = await going();
		dashboard.send(keys.ctrlC, keys.ctrlC);
		expect(await restored(dashboard)).toContain('keeps running');
	});
});

describe('a signal', () => {
	it.each([
		['SIGTERM', 143],
		['SIGHUP', 129],
	] as const)('%s gives the terminal back and tells by the code', async (signal, code) => {
		const dashboard = await openDashboard({inShell: true});
		process.kill(await childOf(dashboard.pid), signal);
		expect(await restored(dashboard)).toContain(`code ${code}`);
	});
});

it('an exception gives the terminal back and reaches the caller', async () => {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-failing-'));
	onTestFinished(() => rm(folder, {recursive: true}));
	const file = path.join(folder, 'failing-dashboard.mjs');
	const root = path.join(import.meta.dirname, '..', '..');
	await build({
		absWorkingDir: root,
		entryPoints: [path.join(import.meta.dirname, 'failing-dashboard.tsx')],
		outfile: file,
		bundle: true,
		platform: 'node',
		format: 'esm',
		define: {'process.env.NODE_ENV': '"production"'},
		alias: {'react-devtools-core': './scripts/no-devtools.mjs'},
		banner: {
			js: "import {createRequire} from 'node:module'; const require = createRequire(import.meta.url);",
		},
		logLevel: 'error',
	});
	const words = ['sh', '-c', '"$0" "$1"; echo "code $?"; stty -a', process.execPath, file] as const;
	const terminal = openTerminal({command: words, columns: 100, rows: 30});
	onTestFinished(() => terminal.close());
	await terminal.waitFor(/● ready/);
	terminal.send('j');
	const screen = await restored(terminal);
	expect(screen).toContain('caught: nobody thought of this');
	expect(screen).toContain('code 70');
});

/** The shell's only child: the dashboard. */
async function childOf(pid: number): Promise<number> {
	return Number(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}
