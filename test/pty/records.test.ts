import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, it} from 'vitest';
import {launch, openDashboard} from './dashboard.js';
import {keys} from './terminal.js';

it('rates, tags, edits in the editor and deletes from the keyboard, as the command line does', async () => {
	const dashboard = await openDashboard({
		step: 0,
		// Writes over the file that it is given, as a person would.
		env: {VISUAL: 'sh -c \'echo A dune in the rain. >"$0"\''},
	});
	await launch(dashboard);
	await dashboard.waitFor(/completed in/);
	dashboard.send('*');
	await dashboard.waitFor(/1–5 stars/);
	dashboard.send('4');
	await dashboard.waitFor(/✔ \S+ +★4/);
	// By its name in the palette instead of by its key.
	dashboard.send(':');
	await dashboard.waitFor('Command');
	dashboard.send('tag');
	await dashboard.waitFor(/:tag/);
	dashboard.send(keys.enter);
	await dashboard.waitFor('Tags: ');
	dashboard.send('keeper');
	await dashboard.waitFor(/ {2}keeper/);
	dashboard.send(keys.enter);
	await dashboard.waitFor(/: tags saved/);
	const [rated] = JSON.parse((await dashboard.cosmos('list', 'runs', '--json')).stdout);
	expect(rated).toMatchObject({rating: 4, tags: ['keeper']});

	dashboard.send('1', 'E');
	const question = await dashboard.waitFor('was used by');
	expect(question).toContain('n new prompt');
	dashboard.send('n');
	await dashboard.waitFor(/desert-dusk-edited/);
	const [edited] = JSON.parse((await dashboard.cosmos('list', 'prompts', '--json')).stdout);
	expect(edited).toMatchObject({name: 'desert-dusk-edited', text: 'A dune in the rain.'});

	dashboard.send('2', 'd');
	await dashboard.waitFor(/1 item, [\d.]+ \w+/);
	dashboard.send('y');
	await dashboard.waitFor('No runs yet');
	expect(JSON.parse((await dashboard.cosmos('list', 'runs', '--json')).stdout)).toEqual([]);
	expect((await dashboard.cosmos('restore', rated.id)).code).toBe(0);
	await dashboard.waitFor(/✔ \S+ +★4/);
});

it('lets no escape of a stored text through to the terminal', async () => {
	const dashboard = await openDashboard({step: 0});
	const hostile =
		'\u001b]0;owned\u0007\u001b]8;;http://x\u001b\\\u001b[2J\u001b]52;c;b3duZWQ=\u0007words';
	const text = path.join(dashboard.folder, 'text.txt');
	await writeFile(text, hostile);
	const samples = path.join(import.meta.dirname, '..', '..', 'samples', 'desert-dusk');
	await dashboard.cosmos('create', 'prompt', `@${text}`, samples, '--name', 'hostile');
	const [{id}] = JSON.parse((await dashboard.cosmos('list', 'prompts', '--json')).stdout);
	await dashboard.cosmos('note', id, `@${text}`);
	dashboard.send('g');
	await dashboard.waitFor(/> hostile[\s\S]*words/);
	dashboard.send('a');
	await dashboard.waitFor('Note: hostile');
	const written = dashboard.output();
	expect(written).not.toContain('owned\u0007');
	expect(written).not.toContain('\u001b]8');
	expect(written).not.toContain('\u001b]52');
	expect(dashboard.fullClears()).toBe(0);
});
