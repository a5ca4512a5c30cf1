// A process that works queues off until it is killed: `ADDRESS FOLDER…`, the fake GPU host and the
// data folders. Says `ready` once it has begun.
import {workQueue} from '../../source/queue/queue-worker.js';
import {openStore} from '../../source/store/store.js';
import {createGpuLauncher} from './gpu-launcher.js';
import {openGpuLine} from './gpu-line.js';
import {withJournal} from './journal.js';
import {lanesForScene} from './lanes.js';

const [address = '', ...folders] = process.argv.slice(2);
const line = await openGpuLine(address);
const work = folders.map(async folder => {
	const lanesFor = lanesForScene(folder);
	const store = withJournal(await openStore({folder}), lanesFor);
	const launcher = createGpuLauncher(store, line);
	const parts = {store, launcher, env: {}, retryPauses: [1, 2, 3], lanesFor};
	await workQueue(parts, {}, new AbortController().signal);
});
console.log('ready');
await Promise.all(work);
