// `npm run queues`: many random queues with killed workers, each change checked. COSMOS_QUEUES and
// COSMOS_SEED say how many and which.
import {installPackages, run} from './steps.mjs';

installPackages();
process.env.COSMOS_QUEUES ??= '200';
process.exit(run('vitest', ['run', 'test/queue/random-queues.test.ts']));
