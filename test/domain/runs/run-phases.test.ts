import {expect, it} from 'vitest';
import {phasesOf} from '../../../source/domain/runs/run-phases.js';
import type {ShownStatus, StepTimes} from '../../../source/domain/types.js';
import {done, noon} from '../../dashboard/examples.js';

const at = (seconds: number) => new Date(noon + seconds * 1000).toISOString();

/** Name, beginning and end of each phase in seconds after noon, as seen 100 seconds after it. */
function seen(times: StepTimes, shown: ShownStatus = 'completed') {
	const run = {...done(1).run, times};
	return phasesOf({run, shown}, noon + 100_000).map(({name, start, end, going}) => [
		name,
		(start - noon) / 1000,
		end === undefined ? undefined : (end - noon) / 1000,
		...(going ? ['going'] : []),
	]);
}

const whole = {
	uploading: at(0),
	starting: at(5),
	running: at(9),
	downloading: at(40),
	ended: at(42),
};

it('are four for a completed run', () => {
	expect(seen(whole)).toEqual([
		['upload', 0, 5],
		['wait', 5, 9],
		['compute', 9, 40],
		['download', 40, 42],
	]);
});

const divided = {...whole, loading: at(9), sampling: at(20)};

it('separate the loading of the model from the sampling, if that was seen', () => {
	expect(seen(divided).slice(2, 4)).toEqual([
		['load', 9, 20],
		['sampling', 20, 40],
	]);
	const {uploading, starting, running, loading, sampling} = divided;
	const begun = {uploading, starting, running, loading};
	expect(seen(begun, 'running').at(-1)).toEqual(['load', 9, 100, 'going']);
	expect(seen({...begun, sampling}, 'running').at(-1)).toEqual(['sampling', 20, 100, 'going']);
	expect(seen({...begun, ended: at(12)}, 'failed').at(-1)).toEqual(['load', 9, 12]);
	expect(seen({...divided, sampling: undefined})[2]).toEqual(['compute', 9, 40]);
});

it('end with the phase in which the run failed', () => {
	expect(seen({uploading: at(0), starting: at(5), ended: at(7)}, 'failed')).toEqual([
		['upload', 0, 5],
		['wait', 5, 7],
	]);
	expect(seen({ended: at(1)}, 'failed')).toEqual([]);
});

it('last until now', () => {
	expect(seen({uploading: at(0), starting: at(5), running: at(9)}, 'running').at(-1)).toEqual([
		'compute',
		9,
		100,
		'going',
	]);
});

it('have no end if none was seen', () => {
	expect(seen({uploading: at(0), starting: at(5)}, 'interrupted')).toEqual([
		['upload', 0, 5],
		['wait', 5, undefined],
	]);
});

it('are merged if the time between them was not stored', () => {
	expect(seen({...whole, starting: undefined})[0]).toEqual(['upload, wait', 0, 9]);
});

it('ignore the first start of a run that was started again', () => {
	const again = {...whole, uploading: at(50), starting: at(51), ended: undefined};
	expect(seen(again, 'starting')).toEqual([
		['upload', 50, 51],
		['wait', 51, 100, 'going'],
	]);
});
