/**
 * A `cosmos` that dies at a chosen point: launches runs that follow each other and counts everything that it does
 * outside of itself. Arguments: data folder, configuration file, prompts with commas between them, and the number of the
 * action before which it is to die; 0 lets it live. Prints a line for each action.
 */
import {writeSync} from 'node:fs';
import {loadConfig} from '../../source/config/config.js';
import {engines, findEngine} from '../../source/executor/engine/engines.js';
import {createHostSessions} from '../../source/executor/host-sessions.js';
import type {Transport} from '../../source/executor/transport/transport.js';
import {openStore, type Store} from '../../source/store/store.js';
import {launchSeries} from '../../source/workflow/launch/launch-series.js';
import {createRunControl} from '../../source/workflow/launch/run-control.js';
import type {Action} from './action.js';

const [dataDir = '', configFile = '', promptIds = '', last = '0'] = process.argv.slice(2);
let number = 0;
/** The run's status as it is stored, `+` when its host is still to be cleaned. */
let stored = 'nothing';

function action(name: string): void {
	number++;
	const line: Action = {number, name, stored};
	writeSync(1, `${JSON.stringify(line)}\n`);
	if (number === Number(last)) {
		process.kill(process.pid, 'SIGKILL');
	}
}

function watchedStore(store: Store): Store {
	return {
		...store,
		async addRun(make) {
			action('store a new run');
			const run = await store.addRun(make);
			stored = run.status;
			return run;
		},
		async updateRun(id, change) {
			action('store a change');
			const run = await store.updateRun(id, change);
			stored = run.status + (run.uncleaned ? '+' : '');
			return run;
		},
	};
}

function watchedTransport(transport: Transport): Transport {
	const watched = Object.entries(transport).map(([name, value]) => [
		name,
		typeof value === 'function' && name !== 'connect' && name !== 'close'
			? (...words: unknown[]) => {
					action(name);
					return Reflect.apply(value, transport, words);
				}
			: value,
	]);
	return Object.fromEntries(watched);
}

const config = await loadConfig({env: {}, cwd: '/', dataDir, configFile, simulator: ''});
const store = watchedStore(await openStore({folder: dataDir}));
const real = createHostSessions({env: process.env});
const sessions = {
	...real,
	async open(...words: Parameters<typeof real.open>) {
		const session = await real.open(...words);
		const transport = watchedTransport(session.transport);
		const createEngine = await findEngine(engines, session.host.engine).load();
		const engine = createEngine(session.host, session.remoteDir, transport);
		return {...session, transport, engine};
	},
};
const runs = createRunControl({config, store, sessions, env: process.env});
let seen = false;
const settings = {vis: 0, edge: 1, depth: 0, seg: 0, steps: 4};
const ends = launchSeries(
	promptIds.split(',').map(promptId => [{promptId, settings}]),
	{
		launch: runs.launchBatch,
		slotsOf: () => 1,
		watcherFor: () => ({
			onOutput() {
				if (!seen) {
					seen = true;
					action('see the first output');
				}
			},
		}),
		signal: undefined,
	},
);
const all = (await Promise.all(ends)).flat();
runs.close();
await sessions.closeAll();
store.close();
process.exitCode = all.every(({status}) => status === 'completed') ? 0 : 1;
