import {availableParallelism} from 'node:os';
import {defineConfig} from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		// A test waits for what must appear; this bound only ends one that hangs.
		// Most of a test is waiting for other programs, so there is room for one file more than cores.
		maxWorkers: availableParallelism() + 1,
		testTimeout: 240_000,
		hookTimeout: 300_000,
		// On a shared machine a second try keeps one slow moment from hiding all other results; the last
		// line of the run counts and names what needed one, and that is a defect to be mended.
		retry: process.env.CI ? 1 : 0,
		// A loaded machine may take longer than the second that vitest gives by itself.
		expect: {poll: {timeout: 60_000}},
	},
});
