import {describe, expect, it, vi} from 'vitest';
import {failureCauses} from '../../../source/domain/failures/failure-causes.js';
import {findCause} from '../../../source/domain/failures/find-cause.js';
import {explainExit} from '../../../source/domain/runs/run-status.js';
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
			expect([log, failure.reason]).toEqual([log, row?.reason ?? 'program-error']);
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

	it.each([
		[
			'a box of tyro',
			'╭─ Required options ───────────────────╮\n│ The following arguments are required: │\n│   --input.prompt STR                  │\n╰──────────────────────────────────────╯\n',
			'The following arguments are required; --input.prompt STR',
		],
		[
			'pydantic',
			'pydantic_core.ValidationError: 1 validation error for Args\nguidance\n  Input should be at most 7\n',
			'pydantic_core.ValidationError: 1 validation error for Args; guidance; Input should be at most 7',
		],
	])('keeps the field of %s where a recipe ran it', (_what, log, words) => {
		const kind = {operation: 'recipe', model: 'mine'} as const;
		const exit = {code: 2, oomKilled: false, engineMessage: ''};
		expect(explainExit(exit, log, 3600, kind)).toMatchObject({
			reason: 'program-error',
			message: `the program exited with code 2: ${words}`,
		});
	});

	it.each([
		['driver/library version mismatch', 'nvml error: driver/library version mismatch: unknown'],
		[
			'an image that asks for a newer driver',
			'requirement error: unsatisfied condition: cuda>=12.8, please update your driver: unknown',
		],
	])('gives the remedy where the engine refuses a container: %s', (_what, words) => {
		const engineMessage = `docker: Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error running hook #0: exit status 1, stderr: Auto-detected mode as legacy; nvidia-container-cli: ${words}`;
		for (const code of [125, 127, 128]) {
			expect(explainExit({code, oomKilled: false, engineMessage}, '', 3600)).toMatchObject({
				reason: 'engine',
				message: expect.stringContaining(words),
				hint: "Update the NVIDIA driver there, or use an image built for the driver's CUDA version.",
			});
		}
	});

	it("is named without the beginning of a logger's line", () => {
		const log = 'E api.py:874] failed (exitcode: -11) local_rank: 0 (pid: 42) of binary: python\n';
		expect(findCause(log, run, true).known?.message).toBe(
			'a process of the job crashed: failed (exitcode: -11) local_rank: 0 (pid: 42) of binary: python',
		);
	});

	describe('at the time limit', () => {
		const limit = 'cosmos: the time limit of 3600 s is over\n';
		const explain = (log: string) =>
			explainExit({code: 124, oomKilled: false, engineMessage: ''}, `${log}\n${limit}`, 3600);
		const blocked = '[07-01 11:26:45|CRITICAL|a.py:194:f] Guardrail blocked generation. Prompt: x';
		const bar = 'Sampling:  46%|████▌     | 16/35 [00:54<01:04,  3.40s/it]';

		it('is what the job said before it hung', () => {
			expect(explain(`${bar}\n${blocked}`)).toEqual({
				reason: 'guardrail',
				message:
					'the safety filter (guardrail) blocked the input or the result; then it hung until the time limit of 3600 s',
				hint: 'Reword the prompt, or use another input video.',
			});
		});

		it.each([
			['it worked on', `${blocked}\n${bar}`],
			['it was killed', `${bar}\nSignal 9 (SIGKILL) received by PID 42`],
			['its processes lost each other', `${bar}\nRuntimeError: Connection reset by peer`],
		])('is the limit where %s', (_what, log) => {
			expect(explain(log).reason).toBe('timed-out');
		});
	});

	it('is never that a recipe was given a wrong input', () => {
		expect(findCause('x: error: unrecognized arguments: --y', run, false).known).toBeUndefined();
	});

	it.each([
		['code 134', 134, 'aborted (SIGABRT, 134)', 'last words'],
		['code 135', 135, 'bus error (SIGBUS, 135)', '--shm-size'],
		['code 139', 139, 'crashed (SIGSEGV, 139)', 'driver or the GPU'],
	])(
		'follows from %s where the log says nothing, with its remedy',
		(_what, code, words, remedy) => {
			const failure = explainExit({code, oomKilled: false, engineMessage: ''}, 'sampling\n', 3600);
			expect(failure.message).toContain(words);
			expect(failure.hint).toContain(remedy);
		},
	);

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
