import path from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import type {Run, RunStatus} from '../../source/domain/types.js';
import type {Workflow} from '../../source/workflow/workflow-types.js';
import {factsOf} from './fault.js';
import {canStepClock, type Outage, steppedClock, strike, type Victim} from './faults.js';
import type {Inputs} from './inputs.js';
import type {Laboratory, Line} from './laboratory.js';
import type {Moment, PlannedRun, Scene} from './plan.js';

/** The place of the play, its store as this process sees it, and videos to work on. */
export type Stage = {
	lab: Laboratory;
	home: Workflow;
	inputs: Inputs;
	/** What each run waits for at the moment: the answer when a play does not end. */
	waits: Map<number, string>;
};

/** What has become of a planned run when everything is over. */
export type Result = {
	planned: PlannedRun;
	/** Undefined when the fault came before the run was in the store. */
	run?: Run;
	/** Whether its `cosmos` was still at work when the fault came. */
	hit: boolean;
	outages: Outage[];
	/** What its processes said, for a report of a failure. */
	said: string;
};

/** The more of this list a run has behind it, the further it is. */
const order: readonly RunStatus[] = ['pending', 'uploading', 'starting', 'running', 'downloading'];

type Actor = Victim & {
	env: Record<string, string>;
	promptId: string;
	struck: {hit: boolean};
	said: string[];
};

/** Starts the runs of a scene, lets their faults happen, and recovers what is left. */
export async function playScene(
	{lab, home, inputs, waits}: Stage,
	scene: Scene,
): Promise<Result[]> {
	waits.clear();
	const lines = await lab.openLines(scene.runs.map(({gpu}) => gpu));
	const prompts: string[] = [];
	for (const {number, ballast} of scene.runs) {
		const videoDir = inputs.make(`run-${number}`, ballast);
		prompts.push((await home.createPrompt({text: `Run ${number}`, videoDir})).id);
	}

	const {shared = false} = factsOf(scene.runs[0]?.fault as PlannedRun['fault']);
	const actors: Actor[] = [];
	const outages: Outage[] = [];
	await Promise.all(
		scene.runs.map(async (planned, index) => {
			await pause(planned.startsAfter);
			const actor = startRun(lab, home, planned, lines[index] as Line, prompts[index] as string);
			actors.push(actor);
			const waitsFor = (what: string) =>
				waits.set(planned.number, `run ${planned.number}, ${planned.fault}: waits for ${what}`);
			// What hits all of them happens once, at the first one's moment.
			if (!shared || index === 0) {
				waitsFor(`its moment, ${planned.moment}`);
				await arrival(actor, home);
				for (const one of shared ? actors : [actor]) {
					one.struck.hit = !one.hasEnded();
				}

				waitsFor('the end of its fault');
				const outage = await strike(lab, actor);
				outages.push(...(outage ? [outage] : []));
			}

			waitsFor(`the end of its cosmos, process ${actor.cosmos.process.pid}`);
			await actor.cosmos.ended;
			waitsFor('the recovery of all');
			if (planned.fault === 'cosmos-killed') {
				await pause(planned.rescueDelay);
				await rescue(lab, home, actor);
			}
		}),
	);
	await Promise.all(actors.map(actor => rescue(lab, home, actor)));
	await lab.start(['recover']).ended;
	await lab.closeLines();
	return Promise.all(
		actors.map(async actor => ({
			planned: actor.planned,
			run: await runOf(actor, home),
			hit: actor.struck.hit,
			outages,
			said: actor.said.join('\n'),
		})),
	);
}

function startRun(
	lab: Laboratory,
	home: Workflow,
	planned: PlannedRun,
	line: Line,
	promptId: string,
): Actor {
	const {number, outcome, step, steps, fault} = planned;
	const clock = path.join(lab.folder, `clock-${number}`);
	const env = {
		COSMOS_SIMULATE: `model-load=0.3 ${outcome}`,
		COSMOS_SIMULATE_STEP: String(step),
	};
	const cosmos = lab.start(
		['inference', promptId, '--host', line.host, '--steps', String(steps)].concat([
			'--weights',
			...['0', '1', '0', '0'],
		]),
		fault === 'clock-step' && canStepClock ? {...env, ...steppedClock(clock)} : env,
	);
	let ended = false;
	const said: string[] = [];
	cosmos.ended.then(({code, stderr}) => {
		ended = true;
		said.push(`inference ended with ${code}\n${stderr}`);
	});
	const actor: Actor = {
		planned,
		line,
		cosmos,
		clock,
		env,
		promptId,
		said,
		struck: {hit: false},
		hasEnded: () => ended,
		runId: async () => (await runOf(actor, home))?.id,
	};
	return actor;
}

async function runOf({promptId}: Actor, home: Workflow): Promise<Run | undefined> {
	return (await home.listRuns({promptId, limit: 1}))[0]?.run;
}

/** Resolves a little after the run has come to its fault's moment, or when it has ended before. */
async function arrival(actor: Actor, home: Workflow): Promise<void> {
	const {moment, delay, fault} = actor.planned;
	while (!actor.hasEnded() && !(await isAt(actor, home, moment))) {
		await pause(10);
	}

	if (fault !== 'client-killed') {
		await pause(delay);
	}
}

async function isAt(actor: Actor, home: Workflow, moment: Moment): Promise<boolean> {
	if (moment === 'launch') {
		return true;
	}

	const run = await runOf(actor, home);
	return run !== undefined && order.indexOf(run.status) >= order.indexOf(moment);
}

/** Recovers and fetches until the run has ended, as a person would, but not for ever. */
async function rescue(lab: Laboratory, home: Workflow, actor: Actor): Promise<void> {
	for (let tries = 0; tries < 5; tries++) {
		const run = await runOf(actor, home);
		const shown = run && (await home.findRun(run.id)).shown;
		if (!run || (shown !== 'interrupted' && shown !== 'uncollected')) {
			return;
		}

		const words = [shown === 'interrupted' ? 'recover' : 'fetch', run.id];
		const all = Array.from({length: actor.planned.rescuers}, () => lab.start(words, actor.env));
		for (const {ended} of all) {
			const {code, stderr} = await ended;
			actor.said.push(`${words[0]} ended with ${code}\n${stderr}`);
		}
	}
}
