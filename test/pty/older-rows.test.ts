import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {growStore} from '../../bench/grown-store.js';
import {openDashboard} from './dashboard.js';
import {keys} from './terminal.js';

async function openWith(count: number) {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-older-'));
	onTestFinished(() => rm(folder, {recursive: true, force: true}));
	const {ids} = await growStore(path.join(folder, 'data'), count);
	return {ids, dashboard: await openDashboard({folder})};
}

it('a filter finds a run older than those that the list holds', async () => {
	const {ids, dashboard} = await openWith(1250);
	expect(dashboard.screen()).toContain('1000+');
	const [oldest = ''] = ids;
	dashboard.send('2', '/', `id:${oldest}`);
	await dashboard.waitFor(/1 of 1000\+/);
	dashboard.send('\r', '\r');
	await dashboard.waitFor(oldest);
});

it('a filter that finds nothing says so when the older ones have been looked at', async () => {
	const {dashboard} = await openWith(1250);
	dashboard.send('2', '/', 'seed:987654321');
	await dashboard.waitFor('No matches.');
	dashboard.send(keys.escape);
	await dashboard.waitFor(/2 Runs ─+ 1000\+/);
});
