import {expect, it} from 'vitest';
import type {Run} from '../../../source/domain/types.js';
import {phaseLines} from '../../../source/screens/settings/phase-lines.js';
import {textOf} from '../../../source/state/content/line.js';
import {done, failed, noon} from '../../dashboard/examples.js';

const at = (seconds: number) => new Date(noon + seconds * 1000).toISOString();
const times = {
	uploading: at(0),
	starting: at(10),
	running: at(20),
	downloading: at(90),
	ended: at(100),
};

const chart = (run: Run, shown: Run['status'] | 'interrupted') =>
	phaseLines({run, shown}, noon, 39, 8).map(line => textOf(line).trimEnd());

it('show how long each phase took and where in the whole time it was', () => {
	expect(chart({...done(1).run, times}, 'completed')).toEqual([
		'upload     0:10   ━━',
		'wait       0:10     ━━',
		'compute    1:10       ━━━━━━━━━━━━━━',
		'download   0:10                     ━━',
	]);
});

it('say whose they are in a batch, and nothing of a run that did not begin', () => {
	const batch = {id: 'run_000000000001', index: 0, size: 2};
	expect(chart({...done(1).run, times, batch}, 'completed').at(-1)).toMatch(
		/^ +of the whole batch/,
	);
	expect(chart({...failed(1).run, times: {ended: at(1)}, batch}, 'failed')).toEqual([]);
});

it('draw no bar for an end that nobody knows', () => {
	const run = {...done(1).run, times: {uploading: at(0), starting: at(10)}};
	expect(chart(run, 'interrupted')[1]).toBe('wait          ?   end unknown');
});
