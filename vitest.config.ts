import {availableParallelism} from 'node:os';
import {defineConfig} from 'vitest/config';
import {bound} from './test/bound.js';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		globalSetup: './test/run-folder.ts',
		// Most of a test is waiting for other programs, so there is room for one file more than cores.
		maxWorkers: availableParallelism() + 1,
		testTimeout: bound,
		hookTimeout: bound,
		// On a shared machine a second try keeps one slow moment from hiding all other results; the last
		// line of the run counts and names what needed one, and that is a defect to be mended.
		retry: process.env.CI ? 1 : 0,
		// Shorter, so that what has not come is named.
		expect: {poll: {timeout: bound / 2}},
	},
});
