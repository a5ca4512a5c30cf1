// `npm run chaos`: breaks everything around many runs of each engine, and compares what `cosmos` says of
// them with what really happened. `--engine docker|process|slurm|all --runs 100 --seed N` repeats a play;
// `--faults A,B` takes only some.
import {installPackages, must, run} from './steps.mjs';

installPackages();
must('node', ['scripts/build.mjs']);
// A mount namespace of its own: its small disks are seen by nobody else, and end with it.
const words = [
	'--mount',
	'--propagation',
	'private',
	'node',
	'--import',
	'./test/chaos/register.mjs',
];
process.exit(run('unshare', [...words, 'test/chaos/main.ts', ...process.argv.slice(2)]));
