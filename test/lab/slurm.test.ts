import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {available} from './available.js';
import {type SlurmLab, startSlurm} from './slurm.js';

describe.skipIf(!available('slurm'))('a Slurm of the laboratory', () => {
	let lab: SlurmLab;

	beforeAll(async () => {
		lab = await startSlurm({nodes: ['n1', 'n2']});
	});

	afterAll(() => lab?.stop());

	it('runs a job on the requested node and keeps its exit code', () => {
		const words = ['--parsable', '--output=/dev/null', '--nodelist=n2', '--wrap', 'exit 3'];
		const job = lab.run('sbatch', ...words).trim();
		return expect
			.poll(() => [lab.field(job, 'JobState'), lab.field(job, 'ExitCode')])
			.toEqual(['FAILED', '3:0'])
			.then(() => expect(lab.field(job, 'BatchHost')).toBe('n2'));
	});
});
