import {describe, expect, it} from 'vitest';
import {
	explainExit,
	hasEverStarted,
	isUnfinished,
	transitions,
} from '../../../source/domain/runs/run-status.js';
import type {Run, RunStatus} from '../../../source/domain/types.js';

const exit = (code: number, more = {}) => ({code, oomKilled: false, engineMessage: '', ...more});

describe('transitions', () => {
	it('leave every unfinished status, and no ended one', () => {
		const statuses = Object.keys(transitions) as RunStatus[];
		for (const status of statuses.filter(each => each !== 'uncollected')) {
			expect(transitions[status].length > 0, status).toBe(isUnfinished(status));
		}
	});
});

describe('hasEverStarted', () => {
	it.each([
		['waits for the GPU', {status: 'starting'}, false],
		['has it', {status: 'running'}, true],
		['starts again, as its server lost it', {status: 'uploading', server: {again: [{}]}}, true],
		['starts again without another run of its batch', {status: 'uploading', restarts: [{}]}, true],
	])('of a run that %s', (_, run, expected) => {
		expect(hasEverStarted(run as unknown as Run)).toBe(expected);
	});
});

describe('explainExit', () => {
	it.each([
		[
			'an input that is no video',
			exit(1),
			'OSError: Could not load meta information\n',
			'rejected-input',
			'meta',
		],
		[
			'a refusal on one of several GPUs',
			exit(1),
			'[rank0]: ValueError: Invalid hint_key: x\n',
			'rejected-input',
			'hint_key',
		],
		[
			'an error of a module',
			exit(1),
			'json.decoder.JSONDecodeError: Expecting\nsee above\n',
			'program-error',
			'json.decoder.JSONDecodeError: Expecting',
		],
		[
			'a time limit',
			exit(124),
			'step 3\ncosmos: the time limit of 3600 s is over\n',
			'timed-out',
			'timed out after 3600 s',
		],
		["a program's own 124", exit(124), 'step 3\n', 'program-error', 'code 124'],
		['a kill by the kernel', exit(137, {oomKilled: true}), '', 'host-out-of-memory', 'memory'],
		['a kill by somebody', exit(137), 'sampling\n', 'killed', 'SIGKILL'],
		['a stop by somebody', exit(143), 'sampling\n', 'killed', 'SIGTERM'],
		['the guardrail', exit(1), 'Guardrail blocked generation\n', 'guardrail', 'safety filter'],
		['the GPU memory', exit(1), 'torch.cuda.OutOfMemoryError: …', 'gpu-out-of-memory', 'GPU'],
		[
			'a refused flag',
			exit(2),
			'transfer.py: error: unrecognized arguments: --x',
			'rejected-input',
			'--x',
		],
		[
			'a refused control',
			exit(1),
			'ValueError: Invalid hint_key: x\n',
			'rejected-input',
			'hint_key',
		],
		[
			'a full disk',
			exit(1),
			'OSError: [Errno 28] No space left on device',
			'program-error',
			'full',
		],
		[
			'an engine that refuses',
			exit(125, {engineMessage: 'docker: Error response: no such image.\n'}),
			'',
			'engine',
			'no such image',
		],
		[
			'anything else',
			exit(3),
			'x\nRuntimeError: boom\n',
			'program-error',
			'code 3: RuntimeError: boom',
		],
	])('recognises %s', (_name, jobExit, log, reason, words) => {
		const failure = explainExit(jobExit, log, 3600);
		expect(failure.reason).toBe(reason);
		expect(failure.message).toContain(words);
	});
});
