import {setTimeout as pause} from 'node:timers/promises';
import type {Run} from '../../source/domain/types.js';
import type {Started} from '../cosmos.js';
import type {Random} from './random.js';
import type {Stage} from './scene.js';
import {judge, judgeScene} from './verdict.js';

export type ProcessesReport = {
	/** Runs that the store has of them. */
	runs: number;
	/** Those of the process that was killed. */
	ofKilled: number;
	problems: string[];
};

const words = ['--steps', '2', '--weights', '0', '1', '0', '0'];
const env = {COSMOS_SIMULATE: 'model-load=0', COSMOS_SIMULATE_STEP: '0'};

/**
 * Three processes use one store and one host, with so many jobs each, one after the other; one of
 * them is killed in the middle. The others must come through, and a recovery ends its last run.
 */
export async function playProcesses(
	{lab, home, inputs}: Stage,
	jobs: number,
	random: Random,
): Promise<ProcessesReport> {
	const [line] = await lab.openLines([0]);
	// All of them send the same video.
	const videoDir = inputs.make('processes', 500_000);
	const players: Array<{prompts: string[]; cosmos: Started}> = [];
	for (let player = 1; player <= 3; player++) {
		const prompts: string[] = [];
		for (let job = 1; job <= jobs; job++) {
			prompts.push((await home.createPrompt({text: `Player ${player} ${job}`, videoDir})).id);
		}

		const cosmos = lab.start(
			['inference', ...prompts, '--host', line?.host as string, ...words],
			env,
		);
		players.push({prompts, cosmos});
	}

	const runsOf = async (prompts: readonly string[]): Promise<Run[]> => {
		const listed = await Promise.all(prompts.map(promptId => home.listRuns({promptId})));
		return listed.flat().map(({run}) => run);
	};

	const victim = random.pick(players);
	const fatal = random.whole(1, jobs);
	while ((await runsOf(victim.prompts)).length < fatal) {
		await pause(20);
	}

	await pause(random.whole(0, 1500));
	victim.cosmos.process.kill('SIGKILL');
	const problems: string[] = [];
	for (const {prompts, cosmos} of players) {
		const {code, stderr} = await cosmos.ended;
		const count = (await runsOf(prompts)).length;
		if (cosmos !== victim.cosmos && (code !== 0 || count !== jobs)) {
			problems.push(`a process ended with ${code} after ${count} of ${jobs} jobs\n${stderr}`);
		}
	}

	await lab.start(['recover'], env).ended;
	const runs = await runsOf(players.flatMap(({prompts}) => prompts));
	for (const run of runs) {
		const {problems: found, ending} = judge(lab, run, 'cosmos-killed');
		problems.push(...found.map(problem => `${run.id}: ${problem}`));
		problems.push(...(ending === 'completed' ? [] : [`${run.id} is ${ending}`]));
	}

	problems.push(...(await judgeScene(lab, runs)));
	await lab.closeLines();
	return {runs: runs.length, ofKilled: (await runsOf(victim.prompts)).length, problems};
}
