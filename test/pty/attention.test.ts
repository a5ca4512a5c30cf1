/** What the dashboard says outside its frame: the window's title, and notifications of runs that end. */
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, it, onTestFinished, vi} from 'vitest';
import {bound} from '../bound.js';
import {launch, openDashboard} from './dashboard.js';
import {keys} from './terminal.js';

const [focusIn, focusOut] = ['\u001b[I', '\u001b[O'];

/** A folder whose configuration has these lines. */
async function configured(...lines: string[]): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-attention-'));
	onTestFinished(() => rm(folder, {recursive: true, force: true, maxRetries: 5}));
	await mkdir(path.join(folder, 'config', 'cosmos'), {recursive: true});
	await writeFile(path.join(folder, 'config', 'cosmos', 'config.toml'), lines.join('\n'));
	return folder;
}

const notification = '\u001b]9;cosmos: desert-dusk completed\u0007';

describe('a run that ends', () => {
	it('notifies a terminal that is not focused, in the way that is configured', async () => {
		const folder = await configured('notice = "osc9"');
		const dashboard = await openDashboard({folder});
		dashboard.send(focusOut);
		await launch(dashboard);
		await dashboard.waitFor(/✔ desert-dusk/);
		await vi.waitFor(() => expect(dashboard.output()).toContain(notification), bound / 2);
		await dashboard.cosmos('kill-all', '--yes');
	});

	it('does not notify a terminal that is focused, and takes its reports for no keys', async () => {
		const folder = await configured('notice = "osc9"');
		const dashboard = await openDashboard({folder});
		dashboard.send(focusOut, focusIn);
		await launch(dashboard);
		await dashboard.waitFor(/✔ desert-dusk/);
		// What is written for the end of the run is out before the answer to a key after it.
		dashboard.send('?');
		await dashboard.waitFor('esc close');
		expect(dashboard.output()).not.toContain(notification);
	});

	it('always notifies where that is configured', async () => {
		const folder = await configured('notice = "osc777"', 'notice_when = "always"');
		const dashboard = await openDashboard({folder});
		await launch(dashboard);
		await vi.waitFor(
			() =>
				expect(dashboard.output()).toContain(
					'\u001b]777;notify;cosmos;cosmos: desert-dusk completed\u0007',
				),
			bound / 2,
		);
	});
});

it('has a title with what runs and how far it is, and restores the one before', async () => {
	const dashboard = await openDashboard({inShell: true});
	expect(dashboard.output()).toContain('\u001b]2;cosmos\u0007');
	await launch(dashboard);
	const titles = () =>
		[...dashboard.output().matchAll(/\u001b\]2;([^\u0007]*)\u0007/g)].map(([, title]) => title);
	await vi.waitFor(
		() => expect(titles()).toContainEqual(expect.stringMatching(/^\d+% desert-dusk - cosmos$/)),
		bound / 2,
	);
	await vi.waitFor(() => expect(titles().at(-1)).toBe('cosmos'), bound / 2);
	// Once would ask, while the run is still being cleaned up.
	dashboard.send(keys.ctrlC, keys.ctrlC);
	await dashboard.exited;
	const saved = dashboard.output().split('\u001b[22;2t').length;
	expect(dashboard.output().split('\u001b[23;2t').length).toBe(saved);
	expect(dashboard.output().lastIndexOf('\u001b[?1004l')).toBeGreaterThan(
		dashboard.output().lastIndexOf('\u001b[?1004h'),
	);
});
