import {describe, expect, it} from 'vitest';
import {
	formatCursor,
	newSteps,
	parseCursor,
	stepsOf,
} from '../../../source/domain/runs/run-events.js';
import {sampleRun} from '../../store/samples.js';

const at = (second: number) => `2026-11-24T12:00:0${second}.000Z`;
const run = {
	...sampleRun('run_000000000001'),
	createdAt: at(0),
	times: {uploading: at(0), starting: at(1), running: at(2), downloading: at(3), ended: at(4)},
	status: 'completed' as const,
	exitCode: 0 as const,
	outputs: [],
};

describe('the events of a run', () => {
	it('are all its statuses, in order', () => {
		expect(stepsOf(run).map(({status}) => status)).toEqual([
			...['pending', 'uploading', 'starting', 'running', 'downloading', 'completed'],
		]);
	});

	it('go on after the last one that was reported', () => {
		expect(newSteps(run, {status: 'running', at: at(2)}).map(({status}) => status)).toEqual([
			'downloading',
			'completed',
		]);
		expect(newSteps(run, {status: 'completed', at: at(4)})).toEqual([]);
	});

	it('are reported again where the run has started again', () => {
		const times = {uploading: at(5), starting: at(6), running: at(7)};
		const again = {...sampleRun(run.id), createdAt: at(0), times, status: 'running' as const};
		expect(newSteps(again, {status: 'running', at: at(2)}).map(({status}) => status)).toEqual([
			...['uploading', 'starting', 'running'],
		]);
	});
});

describe('a cursor', () => {
	it('is read as it was written', () => {
		const reported = {
			last: run.id,
			open: new Map([[run.id, {status: 'running' as const, at: at(2)}]]),
		};
		expect(parseCursor(formatCursor(reported))).toEqual(reported);
	});

	it.each(['', 'latest', 'W10', Buffer.from('["run_1"]').toString('base64url')])(
		'that is none is refused: %s',
		text => {
			expect(() => parseCursor(text)).toThrow(`"${text}" is not a cursor of \`cosmos events\``);
		},
	);
});
