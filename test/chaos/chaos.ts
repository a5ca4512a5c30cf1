import type {EngineName} from './engines/chaos-engine.js';
import type {Laboratory} from './laboratory.js';
import type {PlannedRun, Scene} from './plan.js';
import type {ProcessesReport} from './processes.js';
import {playScene, type Result, type Stage} from './scene.js';
import {judge, judgeScene, type Verdict} from './verdict.js';

export type Judged = {
	planned: PlannedRun;
	runId?: string;
	hit: boolean;
	verdict: Verdict;
};

/** What one engine's play has shown. */
export type EngineReport = ChaosReport & {
	engine: EngineName;
	seed: number;
	processes: ProcessesReport;
};

export type ChaosReport = {
	runs: Judged[];
	/** What is wrong beside single runs. */
	problems: string[];
};

/** Plays all scenes and compares each with what the witness saw. */
export async function playChaos(
	stage: Stage,
	scenes: readonly Scene[],
	say: (line: string) => void,
): Promise<ChaosReport> {
	const {lab, home, inputs} = stage;
	const report: ChaosReport = {runs: [], problems: []};
	for (const scene of scenes) {
		const results = await playScene(stage, scene);
		for (const result of results) {
			const judged = judgeOne(lab, result);
			report.runs.push(judged);
			say(lineOf(judged, result));
		}

		const problems = await judgeScene(
			lab,
			results.flatMap(({run}) => run ?? []),
		);
		report.problems.push(...problems);
		for (const problem of problems) {
			say(`  WRONG ${problem}`);
		}

		lab.forgetInputs();
		inputs.forget();
	}

	const stored = new Set((await home.listRuns()).map(({run}) => run.id));
	const unknown = lab.witness.runIds().filter(id => !stored.has(id));
	report.problems.push(...unknown.map(id => `${id} ran, and the store does not know of it`));
	const last = (await lab.site.lastLeftovers?.()) ?? [];
	for (const problem of last) {
		say(`  WRONG ${problem}`);
	}

	report.problems.push(...last);
	return report;
}

function judgeOne(lab: Laboratory, result: Result): Judged {
	const {planned, run, hit, outages} = result;
	return {planned, runId: run?.id, hit, verdict: judge(lab, run, planned.fault, outages)};
}

function lineOf({planned, runId, hit, verdict}: Judged, {said}: Result): string {
	const {number, fault, moment, delay, outcome} = planned;
	const words = [
		String(number).padStart(3),
		fault.padEnd(18),
		`${moment}+${delay}${hit ? '' : ' (after its end)'}`.padEnd(20),
		(outcome || 'success').padEnd(11),
		verdict.ending + (verdict.cutByEngine ? ', log cut by the engine' : ''),
	];
	const wrong = verdict.problems.map(problem => `\n  WRONG ${runId}: ${problem}`).join('');
	const tells = wrong || (verdict.ending === 'never recorded' && said);
	return words.join('  ') + wrong + (tells ? `\n${said.replaceAll(/^/gm, '    ')}` : '');
}

/** One line for each fault, each outcome and each ending, and the line with the numbers. */
export function countsOf({runs, problems, engine, seed, processes}: EngineReport): string[] {
	const failed = runs.filter(({verdict}) => verdict.problems.length > 0).length;
	const count = (title: string, key: (judged: Judged) => string) => {
		const names = [...new Set(runs.map(key))].sort();
		return names.map(name => {
			const members = runs.filter(judged => key(judged) === name);
			const hit = members.filter(member => member.hit).length;
			return `${title} ${name.padEnd(18)} ${members.length} runs, ${hit} hit before their end`;
		});
	};

	return [
		...count('fault  ', ({planned}) => planned.fault),
		...count('outcome', ({planned}) => planned.outcome || 'success'),
		...count('ending ', ({verdict}) => verdict.ending),
		`logs cut by the engine's own restart: ${runs.filter(({verdict}) => verdict.cutByEngine).length}`,
		`three processes: ${processes.runs} runs, ${processes.ofKilled} of them of the killed one`,
		`seed ${seed}`,
		`${engine}: ${runs.length - failed + processes.runs} passed, ${failed + problems.length + processes.problems.length} failed`,
	];
}
