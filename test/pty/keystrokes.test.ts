import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {openStore} from '../../source/store/store.js';
import {samplePrompt, sampleRun} from '../store/samples.js';
import {type Opened, openDashboard} from './dashboard.js';
import {keys} from './terminal.js';

const sizes = [
	[80, 24],
	[120, 40],
] as const;

/** A dashboard whose keystrokes are counted. */
function counting(dashboard: Opened) {
	let count = 0;
	return {
		press(...pressed: string[]) {
			count += pressed.length;
			dashboard.send(...pressed);
		},
		count: () => count,
	};
}

describe.each(sizes)('at %d×%d', (columns, rows) => {
	it('the first video takes 2 keystrokes, the same with another seed at most 4 more', async () => {
		const dashboard = await openDashboard({columns, rows, step: 0});
		const first = counting(dashboard);
		first.press('i');
		await dashboard.waitFor('Infer: ');
		first.press(keys.enter);
		await dashboard.waitFor(/completed in/);
		expect(first.count()).toBe(2);

		const again = counting(dashboard);
		again.press('r');
		await dashboard.waitFor('seed');
		again.press('N', keys.enter);
		await dashboard.waitFor(/2 Runs [^\n]*2 /);
		expect(again.count()).toBeLessThanOrEqual(4);
		const runs = JSON.parse((await dashboard.cosmos('list', 'runs', '--json')).stdout);
		const seeds = runs.map((run: {settings: {seed: number}}) => run.settings.seed);
		expect(seeds[0]).toBe(seeds[1] + 1);
	});

	it("yesterday's failed run and its error take 6", async () => {
		const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-pty-'));
		const yesterday = Date.now() - 86_400_000;
		const at = (time: number) => new Date(time).toISOString();
		for (const [time, failed] of [
			[yesterday, true],
			[Date.now() - 60_000, false],
		] as const) {
			const store = await openStore({folder: path.join(folder, 'data'), clock: () => time});
			const prompt = await store.addPrompt(id => ({...samplePrompt(id), createdAt: at(time)}));
			await store.addRun(
				id =>
					({
						...sampleRun(id, {promptId: prompt.id}),
						createdAt: at(time),
						times: {uploading: at(time), ended: at(time + 30_000)},
						...(failed
							? {
									...{status: 'failed', exitCode: 1},
									failure: {reason: 'no-output', message: 'it left no video', hint: 'See its log.'},
								}
							: {status: 'completed', exitCode: 0, outputs: []}),
					}) as never,
			);
			store.close();
		}

		const dashboard = await openDashboard({columns, rows, step: 0, folder});
		const keysOf = counting(dashboard);
		keysOf.press('2', '/');
		await dashboard.waitFor(/enter keep/);
		keysOf.press('f', 'a');
		await dashboard.waitFor('1 of 2');
		keysOf.press(keys.enter, keys.enter);
		await dashboard.waitFor('it left no video');
		expect(keysOf.count()).toBe(6);
	});

	it('cancelling a waiting job and taking that back takes 2', async () => {
		const dashboard = await openDashboard({columns, rows, step: 0});
		dashboard.send('3', 'p');
		await dashboard.waitFor(/3 Queue {2}paused/);
		dashboard.send('1', 'e');
		await dashboard.waitFor('Q queue');
		dashboard.send('Q');
		// The job is in the queue before its form has closed.
		await dashboard.waitFor(/1 queued · paused[\s\S]*Added to the queue/);
		dashboard.send('3');
		await dashboard.waitFor(/1 · enhance/);
		const keysOf = counting(dashboard);
		keysOf.press('x');
		await dashboard.waitFor(/■ enhance/);
		keysOf.press('U');
		await dashboard.waitFor(/1 · enhance/);
		expect(keysOf.count()).toBe(2);
	});
});
