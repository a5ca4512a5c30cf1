import {execFileSync} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {openStore} from '../../source/store/store.js';
import {available} from '../lab/available.js';
import {addResult} from '../store/result-runs.js';
import {samplePrompt} from '../store/samples.js';
import {openDashboard} from './dashboard.js';

/** A store with two results of a prompt, each a video of one colour. */
async function makeFolder(): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-pty-'));
	onTestFinished(() => rm(folder, {recursive: true, force: true, maxRetries: 5}));
	const store = await openStore({folder: path.join(folder, 'data')});
	const {id: promptId} = await store.addPrompt(id => samplePrompt(id));
	for (const colour of ['red', 'blue']) {
		const file = path.join(folder, `${colour}.mp4`);
		execFileSync('ffmpeg', [
			...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', `color=${colour}:size=320x180:rate=24`],
			...['-frames:v', '48', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', file],
		]);
		await addResult(store, file, () => ({promptId, inputs: []}));
	}

	store.close();
	return folder;
}

it.skipIf(!available('ffmpeg'))(
	'compares two runs with three keys, wipes, subtracts and plays them',
	async () => {
		const dashboard = await openDashboard({
			...{pictures: true, folder: await makeFolder(), env: {COLORTERM: 'truecolor'}},
		});
		dashboard.send('2');
		await dashboard.waitFor('Settings');
		// Marks it and goes to the next, marks that, compares both.
		dashboard.send(' ');
		await dashboard.waitFor('1 marked');
		dashboard.send(' ');
		await dashboard.waitFor('2 marked');
		dashboard.send('=');
		const beside = await dashboard.waitFor(/▀{50,} {2}▀{50,}[\s\S]*1\/48 /);
		expect(beside).toContain('Compare  results  side by side');
		/** Whether a colour was painted, or one that is nearly the same. */
		const hasColour = (...colour: readonly number[]) =>
			[...dashboard.output().matchAll(/38;2;(\d+);(\d+);(\d+)m/g)].some(([, ...painted]) =>
				colour.every((level, at) => Math.abs(Number(painted[at]) - level) < 8),
			);
		expect([hasColour(255, 0, 0), hasColour(0, 0, 255)]).toEqual([true, true]);

		dashboard.send('2');
		await dashboard.waitFor(/wipe[^\n]*\n[\s\S]*▀{58}/);
		dashboard.send('3');
		await dashboard.waitFor('difference ─');
		expect(hasColour(255, 0, 255)).toBe(true);

		dashboard.send('1', ' ');
		await dashboard.waitFor(/▶ 1?\d\/48/);
		dashboard.send(' ');
		await dashboard.waitFor(/‖ \d+\/48/);
		dashboard.send('q');
		await dashboard.waitFor('1 Prompts');
		expect(dashboard.fullClears()).toBe(0);
	},
);
