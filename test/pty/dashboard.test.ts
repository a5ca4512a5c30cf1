import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {launch, openDashboard} from './dashboard.js';
import {keys} from './terminal.js';

const sizes = [
	[80, 24],
	[120, 40],
] as const;

describe('first start', () => {
	it('says what this is and offers the sample prompts', async () => {
		const dashboard = await openDashboard();
		const screen = await dashboard.waitFor('Welcome to cosmos');
		expect(screen).toContain('desert-dusk');
		expect(screen).toContain('No runs yet.');
	});
});

describe.each(sizes)('a run launched from the form, at %d×%d', (columns, rows) => {
	it('is followed live and ends with its video', async () => {
		const dashboard = await openDashboard({columns, rows, simulate: 'step-bars'});
		await launch(dashboard);
		if (columns < 90) {
			await dashboard.waitFor(/▶ desert-dusk .*\d+% eta/);
			dashboard.send('2', keys.enter);
		}

		await dashboard.waitFor(/\d+% ━+.*\d+\/35/);
		expect(dashboard.screen()).toContain('following');
		await dashboard.waitFor(/completed in \d+:\d\d: \d+ files? downloaded/);
		await dashboard.waitFor('✔ completed');
		dashboard.send(']', ']');
		const screen = await dashboard.waitFor(/vision.mp4 +\d.* sha256/);
		expect(screen).toContain('simulated');
		expect(dashboard.fullClears()).toBe(0);
	});
});

it('keeps the whole log at home while it shows the end of it', async () => {
	const dashboard = await openDashboard({simulate: 'step-bars'});
	await launch(dashboard);
	const shown = await dashboard.waitFor(/(run_\w{12})[\s\S]*completed in/);
	const [runId = ''] = /run_\w{12}/.exec(shown) ?? [];
	const log = await readFile(path.join(dashboard.data, 'runs', runId, 'log'), 'utf8');
	expect(log).toMatch(/35\/35/);
});

it('shows why a run failed and what to do', async () => {
	const dashboard = await openDashboard({simulate: 'oom'});
	await launch(dashboard);
	const screen = await dashboard.waitFor(/→ Use resolution 480/);
	expect(screen).toMatch(/✖ failed/);
	expect(screen).toContain('ran out of memory');
});

it('stops a run only after a yes', async () => {
	const dashboard = await openDashboard({step: 5});
	await launch(dashboard);
	await dashboard.waitFor(/▶ running/);
	dashboard.send('s');
	await dashboard.waitFor('Stop the run?');
	dashboard.send('n');
	await dashboard.waitFor(screen => !screen.includes('Stop the run?'));
	dashboard.send('s');
	await dashboard.waitFor('Stop the run?');
	dashboard.send('y');
	await dashboard.waitFor(/■ cancelled/);
	const list = await dashboard.cosmos('list', 'runs', '--status', 'cancelled', '--json');
	expect(JSON.parse(list.stdout)).toHaveLength(1);
});

it('shows a run that another process starts and ends', async () => {
	const dashboard = await openDashboard({step: 0.02});
	const ended = dashboard.cosmos('inference', 'latest');
	await dashboard.waitFor(/1 running/);
	expect((await ended).code).toBe(0);
	await dashboard.waitFor(/✔ desert-dusk +done/);
});

it('runs a run again with its settings', async () => {
	const dashboard = await openDashboard({step: 0});
	dashboard.send('i');
	await dashboard.waitFor('Infer: ');
	// The fields that begin with it: seg, steps.
	dashboard.send('s', 's', '7');
	await dashboard.waitFor(/steps +‹ 7/);
	dashboard.send(keys.enter);
	await dashboard.waitFor('completed in');
	dashboard.send('r');
	const form = await dashboard.waitFor('Infer again: ');
	expect(form).toMatch(/steps +7 /);
	dashboard.send(keys.enter);
	await dashboard.waitFor(/2 Runs ─+ 2 /);
});

it('shows the spec and the command before a launch', async () => {
	const dashboard = await openDashboard();
	dashboard.send('i');
	await dashboard.waitFor('Infer: ');
	dashboard.send('D');
	const plan = await dashboard.waitFor('cosmos_framework.scripts.inference');
	expect(plan).toContain('"vision_path"');
	dashboard.send(keys.escape);
	await dashboard.waitFor('Infer: ');
});

it('makes a prompt of a pasted text and a completed folder', async () => {
	const dashboard = await openDashboard();
	const samples = path.join(import.meta.dirname, '..', '..', 'samples');
	const [first = ''] = (await readdir(samples)).sort();
	dashboard.send('n');
	await dashboard.waitFor('New prompt');
	dashboard.send(keys.paste('A quiet street.\nRain.'));
	await dashboard.waitFor('Rain.');
	dashboard.send(keys.tab, `${samples}/${first.slice(0, 2)}`);
	await dashboard.waitFor(screen => screen.replaceAll(/\s/g, '').includes(`/${first.slice(0, 2)}`));
	dashboard.send(keys.tab);
	await dashboard.waitFor(/✔ +color +\d+×\d+/);
	dashboard.send(keys.ctrlS);
	await dashboard.waitFor(/Created prompt quiet-street/);
	const list = await dashboard.cosmos('list', 'prompts', '--json');
	expect(JSON.parse(list.stdout)[0]).toMatchObject({text: 'A quiet street.\nRain.'});
});

it('filters as it is typed and tells how many are left', async () => {
	const dashboard = await openDashboard();
	dashboard.send('/', 'desert');
	await dashboard.waitFor(/1 of 2/);
	expect(dashboard.screen()).not.toContain('city-night');
	dashboard.send(keys.escape);
	await dashboard.waitFor('city-night');
});

it('shows all keys and closes them again', async () => {
	const dashboard = await openDashboard();
	dashboard.send('?');
	await dashboard.waitFor('launch the selected prompt');
	dashboard.send(keys.escape);
	await dashboard.waitFor(screen => !screen.includes('launch the selected prompt'));
});

it('writes nothing while nothing happens for 10 s', async () => {
	const dashboard = await openDashboard({step: 0});
	await launch(dashboard);
	await dashboard.waitFor('completed in');
	// The host is asked once more after a run; its answer is the last frame.
	await quiet(dashboard.written);
	const before = dashboard.written();
	// Not a wait for something: these ten seconds are the measure.
	await new Promise(resolve => setTimeout(resolve, 10_000));
	expect(dashboard.written()).toBe(before);
});

/** Resolves when half a second has gone by without a byte. */
async function quiet(written: () => number): Promise<void> {
	for (let before = -1; before !== written(); ) {
		before = written();
		await new Promise(resolve => setTimeout(resolve, 500));
	}
}

it('fits every size it is given, and says so when it cannot', async () => {
	const dashboard = await openDashboard({columns: 120, rows: 40});
	for (const [columns, rows] of [
		[60, 15],
		[80, 24],
		[200, 60],
		[120, 40],
	] as const) {
		await dashboard.resize(columns, rows);
		const screen = await dashboard.waitFor(now => {
			const lines = now.split('\n');
			const last = lines.at(-1) ?? '';
			return lines.length === rows && last.includes('q quit') && borderWidth(lines) === columns;
		});
		expect(screen.split('\n')[0]).toContain('cosmos');
	}

	// Two at once, of which the program hears as one, or as none where it ends as it was.
	for (const [columns, rows] of [
		[75, 30],
		[100, 30],
		[100, 30],
	] as const) {
		await dashboard.resize(122, 15);
		await dashboard.resize(columns, rows);
		await dashboard.waitFor(now => {
			const lines = now.split('\n');
			const [head = '', , , , foot = ''] = [lines[0], ...lines.slice(-4)];
			return head.includes('demo') && foot.includes('q quit') && borderWidth(lines) === columns;
		});
	}

	await dashboard.resize(40, 10);
	await dashboard.waitFor('cosmos needs 60×15');
});

/** Columns from the left edge to the right one of the upper border. */
function borderWidth(lines: readonly string[]): number {
	return lines.find(line => line.startsWith('╭'))?.length ?? 0;
}
