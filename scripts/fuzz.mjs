// `npm run fuzz`: the long forms of the store's tests. Writers are killed 1,000 times, at random moments
// and inside calls of the file system; 10,000 corrupted files are read and repaired; 10,000 hostile
// archives are imported; eight processes make
// 4,000 changes. Takes some minutes to half an hour; words after `npm run fuzz --` go to vitest.
// `COSMOS_SEED=N` repeats a reported failure, `COSMOS_ROUNDS=N` kills or corrupts so many times.
import {installPackages, must, run} from './steps.mjs';

installPackages();
must('node', ['scripts/build.mjs']);
process.env.COSMOS_LONG = '1';
const files = ['test/store/durability', 'test/store/fuzz', 'test/store/hostile-archives'];
process.exit(run('vitest', ['run', ...files, ...process.argv.slice(2)]));
