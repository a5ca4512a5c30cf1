// `npm run keys`: random keys in the dashboard while runs are going on, for COSMOS_MINUTES (30).
// COSMOS_SEED repeats a play.
import {installPackages, must, run} from './steps.mjs';

installPackages();
must('node', ['scripts/build.mjs']);
process.env.COSMOS_MINUTES ??= '30';
process.exit(run('vitest', ['run', 'test/pty/random-keys.test.ts']));
