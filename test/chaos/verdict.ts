import {readFileSync} from 'node:fs';
import path from 'node:path';
import type {Run} from '../../source/domain/types.js';
import {type Fault, factsOf} from './fault.js';
import type {Outage} from './faults.js';
import type {Laboratory} from './laboratory.js';
import {type Execution, sha256} from './witness.js';

/** What a comparison with the witness found; every text is a fault of the product. */
export type Verdict = {
	problems: string[];
	/** How it came out, for the counts. */
	ending: 'completed' | 'failed' | 'never begun' | 'never recorded';
	/** The engine lost the end of the output, which was written while it was down. */
	cutByEngine: boolean;
};

/** Compares a run with what its job did. */
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
		return judgeUnbegun(run, log, factsOf(fault));
	}

	const problems = executions.length > 1 ? [`started ${executions.length} times`] : [];
	// An engine that goes down while no container runs ends one that begins meanwhile.
	const inOutage = outages.some(({from, until}) => isWithin(execution.end, from, until));
	const {ends} = factsOf(fault);
	const wasEnded = execution.told || execution.end === undefined;
	if (execution.told && !inOutage && !ends) {
		problems.push('its job was told to end');
	}

	const asEnded = ends && (wasEnded || ends.losesEnd) ? judgeEnded(run, ends) : undefined;
	const asItself = ends && wasEnded ? undefined : judgeStatus(lab, run, execution);
	const isTrue = asEnded?.length === 0 || asItself?.length === 0;
	problems.push(...(isTrue ? [] : (asItself ?? asEnded ?? [])));
	const written = lab.witness.log(run.id);
	const [seen, whole] = log.length < written.length ? [log, written] : [written, log];
	const more = whole.subarray(seen.length);
	const isPart = startsWith(whole, seen);
	const cutByEngine = log.length < written.length && isPart && inOutage;
	// What is under way when a job is killed may be lost, or may not have reached the witness.
	const cutByEnd = wasEnded && ends !== undefined && isPart && more.length <= mostUnderWay;
	// Others have the last word on a command that is ended, or on one that TERM ends before it began; which
	// of it comes first, and which reaches the witness, is a matter of luck.
	const saidByOthers =
		wasEnded &&
		(ends !== undefined || inOutage) &&
		withoutLastWords(log).equals(withoutLastWords(written));
	if (!log.equals(written) && !cutByEngine && !cutByEnd && !saidByOthers) {
		problems.push(
			`log has ${log.length} bytes, the job wrote ${written.length}; ` +
				`the same up to byte ${firstDifference(log, written)}` +
				`, then ${JSON.stringify(more.toString().slice(0, 100))}`,
		);
	}

	problems.push(...judgeOutputs(lab, run));
	if (run.uncleaned) {
		problems.push('still to be cleaned');
	}

	return {problems, ending: run.status === 'completed' ? 'completed' : 'failed', cutByEngine};
}

/** Bytes that a program of the witness's holds at a time. */
const mostUnderWay = 65_536;
/** What the job's shell, and Slurm, say of a command that was ended. */
const lastWords = /^(?:Terminated\n|Killed\n|slurmstepd\S*: error: .*\n)+$/;

function withoutLastWords(log: Buffer): Buffer {
	let length = log.length;
	while (length > 0) {
		const start = log.lastIndexOf(10, length - 2) + 1;
		if (!lastWords.test(log.toString('latin1', start, length))) {
			break;
		}

		length = start;
	}

	return log.subarray(0, length);
}

/** Of a job that was ended from outside the run says so, with the fault's own code and reason. */
function judgeEnded(run: Run, {codes, reasons}: NonNullable<ReturnType<typeof factsOf>['ends']>) {
	return run.status === 'failed' &&
		codes.includes(run.exitCode ?? -1) &&
		reasons.includes(run.failure.reason)
		? []
		: [`is ${describe(run)}, but was ended from outside`];
}

function judgeUnbegun(
	run: Run,
	log: Buffer,
	{preventsStart, ends}: ReturnType<typeof factsOf>,
): Verdict {
	const problems: string[] = [];
	const mayHaveCode = preventsStart ?? false;
	if (run.status !== 'failed' || (!mayHaveCode && (run.exitCode !== undefined || log.length > 0))) {
		problems.push(`never started, but is ${describe(run)} with ${log.length} bytes of log`);
	} else if (!preventsStart || (ends && !lastWords.test(`${log}`) && log.length > 0)) {
		const said = JSON.stringify(log.subarray(0, 200).toString());
		problems.push(`never started: ${run.failure.reason}, ${run.failure.message}; log ${said}`);
	}

	return {problems, ending: 'never begun', cutByEngine: false};
}

function judgeStatus(lab: Laboratory, run: Run, {end, code}: Execution): string[] {
	if (end === undefined) {
		return ['its job never ended'];
	}

	const hasResult = lab.witness.outputs(run.id).has('output.mp4');
	const status = code === 0 && hasResult ? 'completed' : 'failed';
	const exitCode = 'exitCode' in run ? run.exitCode : undefined;
	return run.status === status && exitCode === code
		? []
		: [`is ${describe(run)}, its job ended with ${code}`];
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
export async function judgeScene(lab: Laboratory, runs: readonly Run[]): Promise<string[]> {
	const left = await lab.leftovers(runs.map(({id}) => id));
	const problems = left.map(name => `on the host: ${name}`);
	if (!lab.engine.hasSlots) {
		return problems;
	}

	for (const lane of new Set(runs.map(run => run.lane))) {
		const intervals = runs
			.filter(run => run.lane === lane)
			.flatMap(({id}) => lab.witness.executions(id).map(execution => ({id, ...execution})))
			.sort((a, b) => a.start - b.start);
		for (const [index, {id, start}] of intervals.entries()) {
			const before = intervals[index - 1];
			if (before && (before.end ?? before.lastPrint) > start) {
				const until = before.end ?? `?, printed until ${before.lastPrint}`;
				problems.push(`${id} began at ${start} on ${lane}, ${before.id} ended at ${until}`);
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
