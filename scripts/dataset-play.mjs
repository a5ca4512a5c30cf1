// `npm run dataset-play`: a dataset of many rows with failures of five kinds, two kills, a full disk and a stop, each row
// compared with what its job wrote. COSMOS_PLAY_ROWS says how many, COSMOS_PLAY_MINUTES how long it may take.
import {installPackages, must, run} from './steps.mjs';

installPackages();
must('node', ['scripts/build.mjs']);
process.env.COSMOS_PLAY_ROWS ??= '10000';
process.env.COSMOS_PLAY_MINUTES ??= '180';
process.exit(run('vitest', ['run', 'test/dataset-play/dataset-play.test.ts']));
