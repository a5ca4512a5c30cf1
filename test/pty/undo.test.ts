import {expect, it} from 'vitest';
import {openDashboard} from './dashboard.js';
import {keys} from './terminal.js';

it('takes back a rating, a tag, a name, an edit and a deletion, the last one first', async () => {
	const dashboard = await openDashboard({
		columns: 80,
		rows: 24,
		step: 0,
		env: {VISUAL: 'sh -c \'echo A dune in the rain. >"$0"\''},
	});
	const prompts = async () =>
		JSON.parse((await dashboard.cosmos('list', 'prompts', '--json')).stdout);
	const before = await prompts();
	dashboard.send('*');
	await dashboard.waitFor(/1–5 stars/);
	dashboard.send('4');
	await dashboard.waitFor(/desert-dusk +★★★★/);
	dashboard.send('#');
	await dashboard.waitFor('Tags: ');
	dashboard.send('hero');
	await dashboard.waitFor(/ {2}hero/);
	dashboard.send(keys.enter);
	await dashboard.waitFor(/#hero +★★★★/);
	dashboard.send('N');
	await dashboard.waitFor('Rename: ');
	dashboard.send('-2');
	await dashboard.waitFor(/ {2}desert-dusk-2/);
	dashboard.send(keys.enter);
	await dashboard.waitFor(/> desert-dusk-2/);
	dashboard.send('E');
	await dashboard.waitFor('Saved the new text');
	dashboard.send('d');
	await dashboard.waitFor('move to the trash');
	dashboard.send('y');
	await dashboard.waitFor(/Moved ps_\w+ to the trash +U restores it, D shows the trash/);
	expect(await prompts()).toHaveLength(before.length - 1);

	for (const [undone, shown] of [
		['the deletion of', /desert-dusk-2/],
		['the new text of', /desert-dusk-2/],
		['the name', /desert-dusk +#hero/],
		['tags saved', /desert-dusk +★★★★/],
		['★★★★', /desert-dusk +-/],
	] as const) {
		dashboard.send('U');
		await dashboard.waitFor(
			screen => screen.includes(`Undid ${undone}`) || screen.includes(undone),
		);
		await dashboard.waitFor(shown);
	}

	const [first] = await prompts();
	expect(first).toMatchObject({name: before[0].name, text: before[0].text});
	expect(first).not.toHaveProperty('rating');
	expect(first).not.toHaveProperty('tags');
	dashboard.send('U');
	await dashboard.waitFor('nothing to undo');
});

it('restores from the trash page, with what it belongs to', async () => {
	const dashboard = await openDashboard({step: 0});
	dashboard.send('d');
	await dashboard.waitFor('move to the trash');
	dashboard.send('y');
	await dashboard.waitFor(/1 Prompts ─+ 1 /);
	dashboard.send('D');
	await dashboard.waitFor(/Trash[\s\S]*prompt +desert-dusk +ps_/);
	dashboard.send(keys.enter);
	await dashboard.waitFor('Nothing is in the trash.');
	dashboard.send(keys.escape);
	await dashboard.waitFor(/1 Prompts ─+ 2 /);
});

it('takes back the cancellation and the move of a waiting job, and the cursor stays', async () => {
	const dashboard = await openDashboard({step: 0});
	dashboard.send('3', 'p');
	await dashboard.waitFor(/3 Queue {2}paused/);
	dashboard.send('1', ' ', ' ', 'e');
	await dashboard.waitFor('(2 prompts)');
	dashboard.send('Q');
	await dashboard.waitFor(/2 queued · paused/);
	dashboard.send('3');
	await dashboard.waitFor(/>.*1 · enhance +desert-dusk[\s\S]*2 · enhance/);
	dashboard.send('J');
	await dashboard.waitFor(/1 · enhance +city-night[\s\S]*>.*2 · enhance +desert-dusk/);
	dashboard.send('U');
	await dashboard.waitFor(/>.*1 · enhance +desert-dusk[\s\S]*2 · enhance/);
	dashboard.send('x');
	await dashboard.waitFor(/>.*1 · enhance +city-night/);
	await dashboard.waitFor(/Removed job_\w+ from the queue +U undoes it/);
	dashboard.send('U');
	await dashboard.waitFor(/1 · enhance +desert-dusk[\s\S]*>.*2 · enhance +city-night/);
});
