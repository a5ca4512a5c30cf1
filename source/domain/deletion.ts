import {leadOf} from './runs/batch.js';
import {isUnfinished} from './runs/run-status.js';
import {counted} from './text-format.js';
import {type Prompt, parentRunOf, type Run, type ShownRun} from './types.js';

export type DeleteRequest = {
	/** Whole ids of prompts and runs. */
	ids: readonly string[];
	/** Only the outputs of these runs, or of these prompts' runs; the records are kept. */
	outputsOnly: boolean;
	/** The runs of the prompts go with them. */
	withRuns: boolean;
};

/** Why something cannot be deleted, and what to do. */
export type Refusal = {
	id: string;
	why: string;
	/** The remedy, in words of the command line. */
	hint: string;
	/** What would make it possible, where the dashboard has a key for it. */
	remedy?: 'with-runs' | 'outputs-only' | 'take-up' | 'stop' | 'stop-batch' | 'cancel-job';
};

export type DeletionPlan = {
	prompts: Prompt[];
	runs: Run[];
	/** Runs that are kept without their outputs. */
	outputsOf: Run[];
	/** Nothing goes unless this is empty. */
	refusals: Refusal[];
	/** What the user should know before confirming. */
	notes: string[];
};

/** The records of a request, and those that depend on them. */
export type Known = {prompts: readonly Prompt[]; runs: readonly ShownRun[]};

/** What a request would delete, and what prevents it. Nothing else is deleted. */
export function planDeletion(request: DeleteRequest, known: Known): DeletionPlan {
	return request.outputsOnly ? planOutputs(request, known) : planRecords(request, known);
}

function planRecords({ids, withRuns}: DeleteRequest, {prompts, runs}: Known): DeletionPlan {
	const wanted = new Set(ids);
	if (withRuns) {
		for (const {run} of runs) {
			if (run.promptId !== undefined && wanted.has(run.promptId)) {
				wanted.add(run.id);
			}
		}
	}

	const going = {
		prompts: prompts.filter(({id}) => wanted.has(id)),
		runs: runs.filter(({run}) => wanted.has(run.id)),
	};
	const staying = {
		prompts: prompts.filter(({id}) => !wanted.has(id)),
		runs: runs.filter(({run}) => !wanted.has(run.id)),
	};
	return {
		prompts: going.prompts,
		runs: going.runs.map(({run}) => run),
		outputsOf: [],
		refusals: [
			...going.prompts.flatMap(prompt => refusePrompt(prompt, staying)),
			...going.runs.flatMap(one => refuseRun(one, staying, runs)),
		],
		notes: going.runs.flatMap(({run}) => notesOn(run)),
	};
}

function refusePrompt(prompt: Prompt, staying: Known): Refusal[] {
	const {id, name} = prompt;
	const runs = staying.runs.filter(({run}) => run.promptId === id).map(({run}) => run.id);
	const children = staying.prompts.filter(({parentId}) => parentId === id).map(child => child.id);
	const refusals: Refusal[] = [];
	if (runs.length > 0) {
		refusals.push({
			id,
			why: `${id} (${name}) has ${formatCount(runs, 'run')}`,
			hint: 'Delete those as well, or add --with-runs.',
			remedy: 'with-runs',
		});
	}

	if (children.length > 0) {
		refusals.push({
			id,
			why: `${id} (${name}) is the source of ${formatCount(children, 'prompt')}`,
			hint: 'Delete those as well, or keep it: they refer to it as their source.',
		});
	}

	return refusals;
}

function refuseRun({run, shown}: ShownRun, staying: Known, all: readonly ShownRun[]): Refusal[] {
	const busy = refuseBusy({run, shown}, all);
	if (busy) {
		return [busy];
	}

	const {id} = run;
	const made = staying.runs.map(one => one.run).filter(one => parentRunOf(one) === id);
	const noun = made.every(({operation}) => operation === 'upscale') ? 'upscale' : 'run';
	const prompts = staying.prompts
		.filter(({enhancedBy, history}) => enhancedBy === id || history?.some(({by}) => by === id))
		.map(prompt => prompt.id);
	const refusals: Refusal[] = [];
	if (made.length > 0) {
		refusals.push({
			id,
			why: `${id} is the source of ${formatCount(
				made.map(one => one.id),
				noun,
			)}`,
			hint: 'Delete those as well, or free only its disk space with --outputs.',
			remedy: 'outputs-only',
		});
	}

	if (prompts.length > 0) {
		refusals.push({
			id,
			why: `${id} produced the text of ${formatCount(prompts, 'prompt')}`,
			hint: 'Delete those as well, or free only its disk space with --outputs.',
			remedy: 'outputs-only',
		});
	}

	return refusals;
}

/** A run that is in progress, or that shares its container with one. */
function refuseBusy({run, shown}: ShownRun, all: readonly ShownRun[]): Refusal | undefined {
	const {id, batch} = run;
	if (shown === 'interrupted') {
		return {
			id,
			why: `${id} is interrupted: its container may still run on ${run.host}`,
			hint: `\`cosmos recover ${id}\` resumes it, \`cosmos kill ${id}\` stops it.`,
			remedy: 'take-up',
		};
	}

	if (isUnfinished(shown)) {
		return {id, why: `${id} is ${shown}`, hint: `\`cosmos kill ${id}\` stops it.`, remedy: 'stop'};
	}

	const sibling = all.find(
		one =>
			isUnfinished(one.run.status) &&
			(leadOf(one.run) === id || (batch !== undefined && one.run.batch?.id === batch.id)),
	);
	return (
		sibling && {
			id,
			why: `${id} shares a container with ${sibling.run.id}, which is ${sibling.shown}`,
			hint: `Wait for it, or stop all of them with \`cosmos kill ${id}\`.`,
			remedy: 'stop-batch',
		}
	);
}

function notesOn(run: Run): string[] {
	if (run.status === 'uncollected') {
		return [`the outputs of ${run.id} are still on ${run.host} and stay there`];
	}

	return run.uncleaned ? [`${run.id} may have left a container and a folder on ${run.host}`] : [];
}

function planOutputs({ids}: DeleteRequest, {prompts, runs}: Known): DeletionPlan {
	const wanted = new Set(ids);
	const outputsOf: Run[] = [];
	const refusals: Refusal[] = [];
	const notes: string[] = [];
	for (const one of runs) {
		const isNamed = wanted.has(one.run.id);
		if (!isNamed && !(one.run.promptId !== undefined && wanted.has(one.run.promptId))) {
			continue;
		}

		const refusal = refuseBusy(one, runs) ?? refuseWithoutOutputs(one.run);
		if (!refusal) {
			outputsOf.push(one.run);
		} else if (isNamed) {
			refusals.push(refusal);
		} else if (isUnfinished(one.run.status)) {
			notes.push(`${refusal.why}: its outputs stay`);
		}
	}

	for (const {id, name} of prompts) {
		if (wanted.has(id) && !outputsOf.some(run => run.promptId === id)) {
			refusals.push({id, why: `no run of ${id} (${name}) has local outputs`, hint: ''});
		}
	}

	return {prompts: [], runs: [], outputsOf, refusals, notes};
}

function refuseWithoutOutputs(run: Run): Refusal | undefined {
	const {id} = run;
	if (run.outputsDeletedAt !== undefined) {
		return {
			id,
			why: `the outputs of ${id} were deleted already`,
			hint: `\`cosmos restore ${id}\` restores them while they are in the trash.`,
		};
	}

	return 'outputs' in run && run.outputs && run.outputs.length > 0
		? undefined
		: {id, why: `${id} has no local outputs: it is ${run.status}`, hint: ''};
}

/** `3 runs: a, b, c`, with the first five named. */
function formatCount(ids: readonly string[], what: string): string {
	const more = ids.length > 5 ? ` and ${ids.length - 5} more` : '';
	return `${counted(ids.length, what)} (${ids.slice(0, 5).join(', ')}${more})`;
}
