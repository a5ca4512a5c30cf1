import {expect, it} from 'vitest';
import {openDashboard} from './dashboard.js';
import {keys} from './terminal.js';

it('puts jobs into the queue, orders them and works them off', async () => {
	const dashboard = await openDashboard({step: 0});
	dashboard.send('3', 'p');
	await dashboard.waitFor(/3 Queue {2}paused[\s\S]*The queue is empty/);
	dashboard.send('1', ' ', ' ', 'e');
	await dashboard.waitFor('(2 prompts)');
	dashboard.send('Q');
	await dashboard.waitFor(/2 queued · paused/);
	dashboard.send('3');
	await dashboard.waitFor(/1 · enhance +desert-dusk[\s\S]*2 · enhance/);
	dashboard.send('J');
	await dashboard.waitFor(/1 · enhance +city-night/);
	dashboard.send('h');
	await dashboard.waitFor(/2 ‖ enhance +desert-dusk/);
	dashboard.send('p');
	await dashboard.waitFor(/✔ enhance +city-night/);
	expect(dashboard.screen()).toMatch(/‖ enhance +desert-dusk/);
	dashboard.send('h');
	await dashboard.waitFor(/✔ enhance +desert-dusk/);
	const runs = JSON.parse((await dashboard.cosmos('list', 'runs', '--json')).stdout);
	expect(runs).toHaveLength(2);
	expect(dashboard.fullClears()).toBe(0);
});

it('merges waiting transfers that can share a container, parts them again, and runs them', async () => {
	const dashboard = await openDashboard({step: 0});
	dashboard.send('3', 'p');
	await dashboard.waitFor(/3 Queue {2}paused/);
	dashboard.send('1');
	await dashboard.waitFor('i infer');
	dashboard.send('i');
	for (const queued of [1, 2]) {
		await dashboard.waitFor('Infer: ');
		dashboard.send('Q');
		// The job may be there before the form is gone, which would take the next key.
		await dashboard.waitFor(new RegExp(`^(?![\\s\\S]*Infer: )[\\s\\S]*${queued} queued · paused`));
		dashboard.send(queued === 2 ? '3' : 'i');
	}

	await dashboard.waitFor(/2 · transfer/);
	dashboard.send('b');
	await dashboard.waitFor(/strict[\s\S]*2 before, 1 after, 1 saved[\s\S]*batch ×2 on demo/);
	dashboard.send('m');
	await dashboard.waitFor(/mixed[\s\S]*2 before, 1 after, 1 saved/);
	dashboard.send(keys.enter);
	await dashboard.waitFor(/1 · batch ×2 +desert-dusk, des/);
	await dashboard.waitFor('Merged 2 jobs into 1, 1 container start saved');
	dashboard.send('u');
	await dashboard.waitFor(/2 · transfer/);
	dashboard.send('b');
	await dashboard.waitFor('1 saved');
	dashboard.send(keys.enter);
	await dashboard.waitFor(/1 · batch ×2/);
	dashboard.send('p');
	await dashboard.waitFor(/✔ batch ×2/);
	const runs = JSON.parse((await dashboard.cosmos('list', 'runs', '--json')).stdout);
	expect(runs).toMatchObject([{batch: {size: 2}}, {batch: {size: 2}}]);
});
