import path from 'node:path';
import {defineConfig} from 'vitest/config';

/** Only for `interrupted.test.ts`: a test run that does not end by itself. */
export default defineConfig({
	test: {
		dir: import.meta.dirname,
		include: ['held.ts'],
		globalSetup: path.join(import.meta.dirname, '..', '..', 'run-folder.ts'),
		testTimeout: 0,
	},
});
