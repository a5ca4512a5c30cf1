/**
 * The chaos test as a program, alone in its mount namespace:
 * `unshare --mount node --import ./test/chaos/register.mjs test/chaos/main.ts [--runs N] [--seed N]
 * [--faults A,B] [--jobs N] [--report FILE]`.
 */
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {loadConfig} from '../../source/config/config.js';
import {createWorkflow} from '../../source/workflow/workflow.js';
import {available} from '../lab/available.js';
import {type ChaosReport, countsOf, playChaos} from './chaos.js';
import {canStepClock} from './faults.js';
import {createInputs} from './inputs.js';
import {startLaboratory} from './laboratory.js';
import {type Fault, faults, makePlan} from './plan.js';
import {type ProcessesReport, playProcesses} from './processes.js';
import {createRandom} from './random.js';

export type FullReport = ChaosReport & {seed: number; processes: ProcessesReport};

const {values} = parseArgs({
	options: {
		runs: {type: 'string', default: '100'},
		/** Of each of the three processes that share a store and a host. */
		jobs: {type: 'string', default: '10'},
		seed: {type: 'string', default: String(Date.now() % 1_000_000)},
		faults: {type: 'string', default: faults.join(',')},
		report: {type: 'string'},
	},
});

const say = (line: string) => console.log(line);
if (!available('docker', 'sshd')) {
	process.exit(1);
}

if (!canStepClock) {
	say('no clock is stepped: faketime is missing (apt-get install faketime)');
}

const seed = Number(values.seed);
const wanted = values.faults.split(',').filter(name => canStepClock || name !== 'clock-step');
say(`chaos: ${values.runs} runs, seed ${seed}`);
const lab = await startLaboratory();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.once(signal, () => {
		say(`ended by ${signal}`);
		lab.stop().finally(() => process.exit(130));
	});
}

try {
	const inputs = createInputs(path.join(lab.folder, 'inputs'));
	const config = await loadConfig({
		env: {COSMOS_DATA: lab.data},
		cwd: lab.folder,
		simulator: '',
	});
	const home = await createWorkflow({config, env: {}});
	const stage = {lab, home, inputs};
	const jobs = Number(values.jobs);
	const processes =
		jobs > 0
			? await playProcesses(stage, jobs, createRandom(seed))
			: {runs: 0, ofKilled: 0, problems: []};
	const scenes = makePlan(seed, Number(values.runs), wanted as Fault[]);
	const report = await playChaos(stage, scenes, say);
	await home.close();
	for (const problem of processes.problems) {
		say(`  WRONG three processes: ${problem}`);
	}

	for (const line of countsOf(report, seed, processes)) {
		say(line);
	}

	if (values.report) {
		writeFileSync(values.report, JSON.stringify({...report, seed, processes} satisfies FullReport));
	}

	const wrong = report.runs.flatMap(({verdict}) => verdict.problems);
	process.exitCode = wrong.concat(report.problems, processes.problems).length > 0 ? 1 : 0;
} finally {
	await lab.stop();
}
