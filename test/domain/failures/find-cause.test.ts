import {describe, expect, it, vi} from 'vitest';
import {failureCauses} from '../../../source/domain/failure-causes.js';
import {findCause} from '../../../source/domain/find-cause.js';
import {explainExit} from '../../../source/domain/run-status.js';
import {blindLogs} from './blind-logs.js';
import {plainLogs, tangledLogs} from './logs.js';

const run = {isTransfer: true, savesMemory: '--offload-guardrails'};
const before = 'Loading the model\nsampling\n';

describe('the cause of a failure', () => {
	it.each(plainLogs)('is $cause: $log', ({cause, log}) => {
		expect(findCause(`${before}${log}\n`, run, true).known?.cause ?? '').toBe(cause);
	});

	it.each(tangledLogs)('is $cause among several: $log', ({cause, log}) => {
		expect(findCause(`${before}${log}\n`, run, true).known?.cause ?? '').toBe(cause);
	});

	it.each(blindLogs)('is found by who had not read the table: $name', ({log, cause}) => {
		expect(findCause(log, run, true).known?.cause ?? '').toBe(cause);
	});

	it('has logs for every row of the table', () => {
		const all = [...plainLogs, ...tangledLogs, ...blindLogs];
		const tried = new Set(all.map(({cause}) => cause));
		expect(failureCauses.map(({name}) => name).filter(name => !tried.has(name))).toEqual([]);
		expect(plainLogs.length + tangledLogs.length).toBeGreaterThanOrEqual(120);
		expect(tangledLogs.length).toBeGreaterThanOrEqual(20);
	});

	it('has a remedy that is not empty', () => {
		for (const {hint} of failureCauses) {
			expect(typeof hint === 'string' ? hint : hint(run)).not.toBe('');
		}
	});

	it('is what the exit is explained with, by its own reason', () => {
		for (const {log, code = 1, cause} of plainLogs.filter(({cause}) => cause !== '')) {
			const failure = explainExit({code, oomKilled: false, engineMessage: ''}, log, 3600);
			const row = failureCauses.find(({name}) => name === cause);
			expect([log, failure.reason]).toEqual([log, row?.reason]);
			expect(failure.message).not.toMatch(/ChildFailedError|\$[\d&]/);
		}
	});

	it('names what is missing', () => {
		const said = (log: string) => findCause(log, run, true).known?.message;
		expect(said("can't execute 'torchrun': x")).toBe(
			'the container or host has no program torchrun',
		);
		expect(said("timeout: failed to run command 'torchrun': No such file or directory")).toBe(
			'the container or host has no program torchrun',
		);
		expect(said("No such file or directory: 'checkpoints/a/edge_control.pt'")).toBe(
			'the host has no checkpoint checkpoints/a/edge_control.pt',
		);
	});

	it('keeps the field and the rule of a validation', () => {
		const log =
			'pydantic_core.ValidationError: 1 validation error for Args\nguidance\n  Input should be at most 7\n';
		expect(findCause(log, run, true).known?.message).toBe(
			'the model rejected its input: pydantic_core.ValidationError: 1 validation error for Args; guidance; Input should be at most 7',
		);
	});

	it('is never that a recipe was given a wrong input', () => {
		expect(findCause('x: error: unrecognized arguments: --y', run, false).known).toBeUndefined();
	});

	it.each([
		['code 134', 134, 'aborted (SIGABRT, 134)'],
		['code 135', 135, 'bus error (SIGBUS, 135)'],
		['code 139', 139, 'crashed (SIGSEGV, 139)'],
	])('follows from %s where the log says nothing', (_what, code, words) => {
		const failure = explainExit({code, oomKilled: false, engineMessage: ''}, 'sampling\n', 3600);
		expect(failure.message).toContain(words);
	});

	it('is looked for in the first 600 characters of each line, once for each pattern', () => {
		const hostile = ['NCCL', 'not found ', ': a', '[rank0]: ', 'video input ', 'E1129 1 2 a:3] '];
		const searchedIn = (lines: number) => {
			const lengths: number[] = [];
			const exec = vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (
				this: RegExp,
				text,
			) {
				lengths.push(text.length);
				return original.call(this, text);
			});
			for (const words of hostile) {
				findCause(`${words.repeat(200)}\n`.repeat(lines), run, true);
			}

			exec.mockRestore();
			return {times: lengths.length, longest: Math.max(...lengths)};
		};
		const original = RegExp.prototype.exec;
		const [few, many] = [searchedIn(10), searchedIn(80)];
		expect(many.times - few.times).toBeLessThanOrEqual(7 * few.times);
		expect(few.times).toBeGreaterThan(failureCauses.length);
		expect(many.longest).toBe(600);
	});
});
