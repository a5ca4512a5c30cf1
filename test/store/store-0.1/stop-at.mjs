// Launches a transfer with the library of version 0.1 and does something to it at a status.
import {mkdirSync} from 'node:fs';
import path from 'node:path';

const [program, promptId, moment, action] = process.argv.slice(2);
const {createWorkflow} = await import(path.join(program, 'dist/index.js'));
const dataDir = path.join(process.env.HOME, '.local/share/cosmos');
if (action === 'cancel') {
	process.env.COSMOS_SIMULATE = 'hang';
}

const workflow = await createWorkflow({dataDir});
const stop = new AbortController();
const actions = {
	cancel: () => stop.abort(),
	die: () => process.kill(process.pid, 'SIGKILL'),
	// A folder where the video is to be: it cannot be collected.
	block: ({id}) =>
		mkdirSync(path.join(dataDir, 'runs', id, 'outputs/output.mp4/x'), {recursive: true}),
};
const run = await workflow.launch(
	{promptId, settings: {steps: 2}},
	{onChange: changed => changed.status === moment && actions[action](changed)},
	stop.signal,
);
console.log(run.id, run.status);
await workflow.close();
