import {expect, it} from 'vitest';
import {available} from '../lab/available.js';
import {openDashboard} from './dashboard.js';
import {keys} from './terminal.js';

it.skipIf(!available('ffmpeg'))(
	'shows the inputs as pictures that move only when they are played',
	async () => {
		const dashboard = await openDashboard({pictures: true});
		// Without the welcome there is room for them.
		dashboard.send(keys.escape);
		const still = await dashboard.waitFor(
			screen => screen.includes('▀▀▀') && !screen.includes('seg …'),
		);
		expect(still).toMatch(/color +depth +seg +/);
		expect(still).toContain('p plays · P shows one alone');
		expect(dashboard.output()).toMatch(/\u001b\[38;5;\d+m\u001b\[48;5;\d+m▀/);

		dashboard.send('p');
		await dashboard.waitFor('p pauses');
		const before = dashboard.written();
		await dashboard.waitFor(() => dashboard.written() > before + 1000);
		dashboard.send('p');
		await dashboard.waitFor('p plays');

		dashboard.send('P');
		const alone = await dashboard.waitFor('P shows the next');
		expect(alone).toMatch(/│ color +│/);
		expect(dashboard.fullClears()).toBe(0);
	},
);
