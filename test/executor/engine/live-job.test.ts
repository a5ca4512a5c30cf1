import {expect, it} from 'vitest';
import {liveJob} from '../../../source/executor/engine/engine.js';

const job = {runId: 'run_0123456789ab', lane: 'gpu0', startedBy: 'ann@desk', state: 'Up 1 minute'};

it('keeps a job as its host reports it', () => expect(liveJob(job)).toEqual([job]));

it('cleans what others have written of escapes', () =>
	expect(liveJob({...job, startedBy: 'bob\u001b[2J@desk', state: 'Up\u202e\u009b31m'})).toEqual([
		{...job, startedBy: 'bob@desk', state: 'Up'},
	]));

it.each(['', 'mine', 'run_mine', 'run_0123456789ab/..', 'job_0123456789ab', 'run_0123456789abc'])(
	'ignores a job whose run id is %j',
	runId => expect(liveJob({...job, runId})).toEqual([]),
);
