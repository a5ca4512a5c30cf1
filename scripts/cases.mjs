// `npm run cases`: every case of the laboratory's tests of which `npm test` plays some: each failure of
// each operation, and a crash of `cosmos` before each of its side effects. Further arguments go to vitest.
import {prepareLaboratory} from './laboratory.mjs';
import {installPackages, must, run} from './steps.mjs';

installPackages();
prepareLaboratory();
must('node', ['scripts/build.mjs']);
process.env.COSMOS_LONG = '1';
const files = [
	'test/pty/lab-operations',
	'test/end-to-end/operations',
	'test/end-to-end/slurm',
	'test/chaos/crash-points',
];
process.exit(run('vitest', ['run', ...files, ...process.argv.slice(2)]));
