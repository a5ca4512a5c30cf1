// Launches a prompt so many times at once, through the library: `node many-launches.mjs PROMPT COUNT`.
// Prints as JSON what that took of this process.
import {performance} from 'node:perf_hooks';
import {createWorkflow} from '../dist/index.js';

const [promptId, count] = process.argv.slice(2);
const workflow = await createWorkflow({cwd: process.env.HOME});
const begun = performance.now();
try {
	const runs = await Promise.all(
		Array.from({length: Number(count)}, () => workflow.launch({promptId})),
	);
	const seconds = (performance.now() - begun) / 1000;
	const {user, system} = process.cpuUsage();
	const failed = runs.find(({status}) => status !== 'completed');
	if (failed) {
		throw new Error(`${failed.id} is ${failed.status}: ${JSON.stringify(failed.failure)}`);
	}

	const megabytes = process.resourceUsage().maxRSS / 1024;
	process.stdout.write(JSON.stringify({seconds, computed: (user + system) / 1e6, megabytes}));
} finally {
	await workflow.close();
}
