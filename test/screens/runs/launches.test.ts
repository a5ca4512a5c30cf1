import {expect, it} from 'vitest';
import {createLaunches} from '../../../source/screens/runs/launches.js';
import type {World} from '../../../source/state/world.js';
import {sampleRun} from '../../store/samples.js';

/** The notices of a launch whose check says these warnings. */
async function noticesOf(warnings: readonly string[]): Promise<string[]> {
	const notices: string[] = [];
	const run = {
		...sampleRun('run_000000000001'),
		status: 'running',
	};
	const world = {
		workflow: {
			hosts: [],
			defaultHost: 'h100',
			checkLaunch: async () => warnings,
			launchSeries: (groups: readonly unknown[]) => groups.map(async () => [run]),
		},
		dispatch: () => undefined,
		notice: (_tone: string, text: string) => notices.push(text),
		failed: (error: unknown) => notices.push(String(error)),
		readAgain: async () => undefined,
	} as unknown as World;
	await createLaunches(world).launch({
		kind: 'launch',
		requests: [{operation: 'transfer', promptId: 'ps_000000000001'}],
		names: ['street'],
		together: false,
	});
	return notices.slice(0, -1);
}

it('says what changed since the form was opened', async () => {
	expect(await noticesOf([])).toEqual([]);
	expect(await noticesOf(['color.mp4 has changed', 'color.mp4 has changed'])).toEqual([
		'color.mp4 has changed',
	]);
	expect(await noticesOf(['a', 'b', 'c', 'd', 'e'])).toEqual([
		'a',
		'b',
		'c',
		'and 2 more warnings',
	]);
});
