// A process that works queues off until it is killed: `ADDRESS FOLDER…`, the fake GPU host and the
// data folders. Says `ready` once it has begun.
import {runQueue} from '../../source/queue/queue-worker.js';
import {openStore} from '../../source/store/store.js';
import {createGpuLauncher} from './gpu-launcher.js';
import {openGpuLine} from './gpu-line.js';
import {withJournal} from './journal.js';
import {slotsForScene} from './slots.js';

const [address = '', ...folders] = process.argv.slice(2);
const line = await openGpuLine(address);
const work = folders.map(async folder => {
	const slotsFor = slotsForScene(folder);
	const store = withJournal(await openStore({folder}), slotsFor);
	const launcher = createGpuLauncher(store, line);
	const parts = {store, launcher, env: {}, retryPauses: [1, 2, 3], slotsFor};
	await runQueue(parts, {}, new AbortController().signal);
});
console.log('ready');
await Promise.all(work);
