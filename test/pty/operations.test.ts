import path from 'node:path';
import {expect, it} from 'vitest';
import {launch, openDashboard} from './dashboard.js';
import {keys} from './terminal.js';

it('enhances a prompt from the keyboard and shows the new one', async () => {
	const dashboard = await openDashboard({step: 0});
	dashboard.send('e');
	await dashboard.waitFor('Enhance: desert-dusk');
	dashboard.send(keys.enter);
	await dashboard.waitFor(/enhanced in \d+:\d\d: new prompt ps_\w{12}/);
	await dashboard.waitFor(/desert-dusk-enhanced/);
	dashboard.send('2', ']', ']');
	await dashboard.waitFor(/new prompt ps_\w{12} +desert-dusk-enhanced/);
	const [made] = JSON.parse((await dashboard.cosmos('list', 'prompts', '--json')).stdout);
	expect(made).toMatchObject({
		name: 'desert-dusk-enhanced',
		parentId: expect.stringMatching(/^ps_/),
	});
});

it('upscales a completed run from the keyboard, and the upscale names the run', async () => {
	const dashboard = await openDashboard({step: 0});
	await launch(dashboard);
	const shown = await dashboard.waitFor(/completed in/);
	const [parent = ''] = /run_\w{12}/.exec(shown) ?? [];
	dashboard.send('u');
	await dashboard.waitFor('Upscale: desert-dusk');
	dashboard.send('0.7', keys.tab, keys.tab, 'fine sand');
	await dashboard.waitFor('fine sand');
	dashboard.send(keys.enter);
	await dashboard.waitFor(/upscaled in \d+:\d\d: \d+ files? downloaded/);
	dashboard.send(']');
	expect(await dashboard.waitFor(/from +run_/)).toContain(parent);
	const [run] = JSON.parse((await dashboard.cosmos('list', 'runs', '--json')).stdout);
	expect(run).toMatchObject({
		operation: 'upscale',
		parentId: parent,
		promptText: 'fine sand',
		settings: {weight: 0.7},
	});
});

const samples = path.join(import.meta.dirname, '..', '..', 'samples');

it('runs the marked prompts in one container', async () => {
	const dashboard = await openDashboard({step: 0});
	dashboard.send(' ', ' ', 'b');
	const form = await dashboard.waitFor('Batch: 2 prompts in one container');
	expect(form).toMatch(/city-night +control files/);
	dashboard.send(keys.enter);
	await dashboard.waitFor(/✔ city-night +done/);
	await dashboard.waitFor(/✔ desert-dusk +done/);
	const runs = JSON.parse((await dashboard.cosmos('list', 'runs', '--json')).stdout);
	const ids = (runs as Array<{batch: {id: string}}>).map(({batch}) => batch.id);
	expect(new Set(ids).size).toBe(1);
});

it('says in the form why the marked prompts cannot share a container', async () => {
	const dashboard = await openDashboard();
	const folder = path.join(samples, 'city-night');
	// A model with one negative text for all.
	const words = ['A street in rain.', folder, '--model', 'transfer1', '--name'];
	await dashboard.cosmos('create', 'prompt', ...words, 'lane');
	await dashboard.cosmos('create', 'prompt', ...words, 'street', '--negative', 'fog');
	await dashboard.waitFor(/> *street /);
	dashboard.send('g', ' ', ' ', 'b');
	await dashboard.waitFor(/cannot share a container/);
	dashboard.send(keys.enter);
	await dashboard.waitFor(/cannot share a container/);
	expect(JSON.parse((await dashboard.cosmos('list', 'runs', '--json')).stdout)).toEqual([]);
});

it('stops all marked runs after one question', async () => {
	const dashboard = await openDashboard({step: 5});
	const ended = ['desert-dusk', 'city-night'].map(async name => {
		const prompts = JSON.parse((await dashboard.cosmos('list', 'prompts', '--json')).stdout);
		const {id} =
			(prompts as Array<{id: string; name: string}>).find(one => one.name === name) ?? {};
		return dashboard.cosmos('inference', id ?? '');
	});
	await dashboard.waitFor(/2 running/);
	dashboard.send('2', 'g', ' ', ' ', 's');
	await dashboard.waitFor('Stop 2 runs?');
	dashboard.send('y');
	await dashboard.waitFor(/■ \S+ +cancelled[\s\S]*■ \S+ +cancelled/);
	expect((await Promise.all(ended)).map(({code}) => code)).toEqual([130, 130]);
});
