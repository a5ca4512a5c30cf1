import path from 'node:path';
import {runDashboard} from '../../source/dashboard/app.js';
import type {Workflow} from '../../source/workflow/workflow-types.js';
import {demoHost} from '../dashboard/examples.js';

// A dashboard in which something nobody thought of goes wrong when the first key has been pressed.
const workflow: Partial<Workflow> = {
	// Nothing is read or kept there.
	dataDir: path.join(import.meta.dirname, 'no-such-folder'),
	hosts: [demoHost],
	defaultHost: 'demo',
	recipes: [],
	listPrompts: async () => [],
	listRuns: async () => [],
	runFolder: id => id,
	ownRuns: () => [],
	interruptedRuns: async () => [],
	runQueue: async () => undefined,
	hostReport: async () => ({host: demoHost, gpus: [], jobs: []}),
	watch() {
		process.stdin.once('data', () => {
			throw new Error('nobody thought of this');
		});
		return () => {};
	},
};

try {
	// A theme of its own asks the terminal nothing: the first input is the key.
	await runDashboard(workflow as Workflow, {firstStart: false, theme: 'terminal'});
} catch (error) {
	console.log(`caught: ${(error as Error).message}`);
	process.exit(70);
}
