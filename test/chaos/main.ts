/**
 * The chaos test as a program, alone in its mount namespace:
 * `unshare --mount node --import ./test/chaos/register.mjs test/chaos/main.ts
 * [--engine docker|process|slurm|all] [--runs N] [--seed N] [--faults A,B] [--jobs N] [--report FILE] [--limit SECONDS]`.
 */
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {loadConfig} from '../../source/config/config.js';
import {createWorkflow} from '../../source/workflow/workflow.js';
import {available} from '../lab/available.js';
import {countsOf, type EngineReport, playChaos} from './chaos.js';
import {plays} from './engines/all.js';
import type {ChaosEngine} from './engines/chaos-engine.js';
import {canStepClock} from './faults.js';
import {createInputs} from './inputs.js';
import {type Laboratory, startLaboratory} from './laboratory.js';
import {makePlan} from './plan.js';
import {playProcesses} from './processes.js';
import {createRandom} from './random.js';
import type {Stage} from './scene.js';

const {values} = parseArgs({
	options: {
		engine: {type: 'string', default: 'all'},
		/** Of each engine. */
		runs: {type: 'string', default: '100'},
		/** Of each of the three processes that share a store and a host. */
		jobs: {type: 'string', default: '10'},
		seed: {type: 'string', default: String(Date.now() % 1_000_000)},
		/** @default all that the engine knows */
		faults: {type: 'string'},
		report: {type: 'string'},
		/** Seconds after which a play that has not ended says what it waits for, and fails. */
		limit: {type: 'string'},
	},
});

const say = (line: string) => console.log(line);
const wanted = plays[values.engine];
if (!wanted) {
	say(`no engine ${values.engine}; there is: ${Object.keys(plays).join(', ')}`);
	process.exit(2);
}

const engines = wanted.filter(({needs}) => available(...needs));
if (engines.length === 0) {
	process.exit(1);
}

if (!canStepClock) {
	say('no clock is stepped: faketime is missing (apt-get install faketime)');
}

const seed = Number(values.seed);
let lab: Laboratory | undefined;
const waits: Stage['waits'] = new Map();
if (values.limit) {
	setTimeout(() => {
		say(`not ended after ${values.limit} s:`);
		for (const line of [...waits.values(), ...(lab?.site.state?.() ?? [])]) {
			say(`  ${line}`);
		}

		Promise.resolve(lab?.stop()).finally(() => process.exit(1));
	}, Number(values.limit) * 1000).unref();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.once(signal, () => {
		say(`ended by ${signal}`);
		Promise.resolve(lab?.stop()).finally(() => process.exit(130));
	});
}

const reports: EngineReport[] = [];
for (const engine of engines) {
	reports.push(await play(engine));
}

for (const {engine, runs, problems} of reports) {
	say(`${engine}: ${runs.length} runs, ${problems.length} problems beside single runs`);
}

if (values.report) {
	writeFileSync(values.report, JSON.stringify(reports));
}

async function play(engine: ChaosEngine): Promise<EngineReport> {
	say(`chaos with ${engine.name}: ${values.runs} runs, seed ${seed}`);
	lab = await startLaboratory(engine);
	try {
		const inputs = createInputs(path.join(lab.folder, 'inputs'));
		const config = await loadConfig({
			env: {COSMOS_DATA: lab.data},
			cwd: lab.folder,
			simulator: '',
		});
		const home = await createWorkflow({config, env: {}});
		const stage: Stage = {lab, home, inputs, waits};
		const jobs = Number(values.jobs);
		const processes =
			jobs > 0
				? await playProcesses(stage, jobs, createRandom(seed))
				: {runs: 0, ofKilled: 0, problems: []};
		const asked = values.faults?.split(',');
		const faults = engine.faults.filter(
			name => (asked?.includes(name) ?? true) && (canStepClock || name !== 'clock-step'),
		);
		const chaos = await playChaos(stage, makePlan(seed, Number(values.runs), faults), say);
		await home.close();
		const report = {...chaos, engine: engine.name, seed, processes};
		for (const problem of processes.problems) {
			say(`  WRONG three processes: ${problem}`);
		}

		for (const line of countsOf(report)) {
			say(line);
		}

		const wrong = report.runs.flatMap(({verdict}) => verdict.problems);
		if (wrong.concat(report.problems, processes.problems).length > 0) {
			process.exitCode = 1;
		}

		return report;
	} finally {
		await lab.stop();
		lab = undefined;
	}
}
