import {readFileSync} from 'node:fs';
import path from 'node:path';
import type {Run} from '../../source/domain/types.js';
import type {Outage} from './faults.js';
import type {Laboratory} from './laboratory.js';
import type {Fault} from './plan.js';
import {type Execution, sha256} from './witness.js';

/** What a comparison with the witness found; every text is a fault of the product. */
export type Verdict = {
	problems: string[];
	/** How it came out, for the counts. */
	ending: 'completed' | 'failed' | 'never begun' | 'never recorded';
	/** The engine lost the end of the output, which was written while it was down. */
	cutByEngine: boolean;
};

/** Faults by which a run may fail before its container begins; nothing else may do that. */
const mayPreventStart: readonly Fault[] = ['disk-full-there', 'engine-restart'];

/** Compares a run with what its container did. */
export function judge(
	lab: Laboratory,
	run: Run | undefined,
	fault: Fault,
	outages: readonly Outage[] = [],
): Verdict {
	if (!run) {
		return {problems: [], ending: 'never recorded', cutByEngine: false};
	}

	const executions = lab.witness.executions(run.id);
	const [execution] = executions;
	const log = readLog(lab, run.id);
	if (!execution) {
		return judgeUnbegun(run, log, mayPreventStart.includes(fault));
	}

	const problems = executions.length > 1 ? [`started ${executions.length} times`] : [];
	// An engine that goes down while no container runs ends one that begins meanwhile.
	const inOutage = outages.some(({from, until}) => isWithin(execution.end, from, until));
	if (execution.told && !inOutage) {
		problems.push('its container was told to end');
	}

	problems.push(...judgeStatus(lab, run, execution));
	const written = lab.witness.log(run.id);
	const cutByEngine = !log.equals(written) && startsWith(written, log) && inOutage;
	// The job's shell has the last word on a command that TERM ends, before it is even begun.
	const more = log.subarray(written.length).toString();
	const saidByShell =
		execution.told && inOutage && startsWith(log, written) && /^(?:Terminated\n)+$/.test(more);
	if (!log.equals(written) && !cutByEngine && !saidByShell) {
		problems.push(
			`log has ${log.length} bytes, the container wrote ${written.length}; ` +
				`the same up to byte ${firstDifference(log, written)}` +
				`, then ${JSON.stringify(more.slice(0, 100))}`,
		);
	}

	problems.push(...judgeOutputs(lab, run));
	if (run.uncleaned) {
		problems.push('still to be cleaned');
	}

	return {problems, ending: run.status === 'completed' ? 'completed' : 'failed', cutByEngine};
}

function judgeUnbegun(run: Run, log: Buffer, allowed: boolean): Verdict {
	const problems: string[] = [];
	if (run.status !== 'failed' || (!allowed && (run.exitCode !== undefined || log.length > 0))) {
		problems.push(`never started, but is ${describe(run)} with ${log.length} bytes of log`);
	} else if (!allowed) {
		problems.push(`never started: ${run.failure.reason}, ${run.failure.message}`);
	}

	return {problems, ending: 'never begun', cutByEngine: false};
}

function judgeStatus(lab: Laboratory, run: Run, {end, code}: Execution): string[] {
	if (end === undefined) {
		return ['its container never ended'];
	}

	const hasResult = lab.witness.outputs(run.id).has('output.mp4');
	const status = code === 0 && hasResult ? 'completed' : 'failed';
	const exitCode = 'exitCode' in run ? run.exitCode : undefined;
	return run.status === status && exitCode === code
		? []
		: [`is ${describe(run)}, its container ended with ${code}`];
}

function describe(run: Run): string {
	const code = 'exitCode' in run ? run.exitCode : undefined;
	const why = 'failure' in run ? `, ${run.failure.reason}: ${run.failure.message}` : '';
	return `${run.status} (${code ?? 'no code'}${why})`;
}

function judgeOutputs(lab: Laboratory, run: Run): string[] {
	if (!('outputs' in run && run.outputs)) {
		return [];
	}

	const there = lab.witness.outputs(run.id);
	const problems: string[] = [];
	for (const {name, sha256: stored} of run.outputs) {
		const file = path.join(lab.data, 'runs', run.id, 'outputs', name);
		const hash = sha256(readFileSync(file));
		if (hash !== there.get(name) || hash !== stored) {
			problems.push(`output ${name} is ${hash}, stored ${stored}, was ${there.get(name)}`);
		}
	}

	if (run.outputs.length !== there.size) {
		problems.push(`${run.outputs.length} outputs of ${there.size}`);
	}

	return problems;
}

/** Everything about a scene that is not about one run: what is left, and who overlapped. */
export function judgeScene(lab: Laboratory, runs: readonly Run[]): string[] {
	const problems = lab.leftovers().map(name => `left on the host: ${name}`);
	for (const lane of new Set(runs.map(run => run.lane))) {
		const intervals = runs
			.filter(run => run.lane === lane)
			.flatMap(({id}) => lab.witness.executions(id).map(execution => ({id, ...execution})))
			.sort((a, b) => a.start - b.start);
		for (const [index, {id, start}] of intervals.entries()) {
			const before = intervals[index - 1];
			if (before && (before.end ?? Number.POSITIVE_INFINITY) > start) {
				problems.push(`${id} began at ${start} on ${lane}, ${before.id} ended at ${before.end}`);
			}
		}
	}

	return problems;
}

function readLog(lab: Laboratory, runId: string): Buffer {
	try {
		return readFileSync(path.join(lab.data, 'runs', runId, 'log'));
	} catch {
		return Buffer.alloc(0);
	}
}

function isWithin(time: number | undefined, from: number, until: number): boolean {
	return time !== undefined && time >= from && time <= until;
}

function firstDifference(a: Buffer, b: Buffer): number {
	let index = 0;
	while (index < Math.min(a.length, b.length) && a[index] === b[index]) {
		index++;
	}

	return index;
}

function startsWith(whole: Buffer, beginning: Buffer): boolean {
	return whole.subarray(0, beginning.length).equals(beginning);
}
