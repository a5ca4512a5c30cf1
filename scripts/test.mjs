// `npm test`: everything that a change has to pass, from a fresh clone on. Words after
// `npm test --` go to vitest, for instance a part of a test file's path.
import {prepareLaboratory} from './laboratory.mjs';
import {installPackages, must, run} from './steps.mjs';

installPackages();
prepareLaboratory();
must('biome', ['check', '--error-on-warnings', '.']);
must('tsc', ['--noEmit']);
must('tsc', ['--noEmit', '-p', 'report']);
must('node', ['scripts/build.mjs']);
must('node', ['scripts/types.mjs']);
const reporters = ['--reporter=default', '--reporter=./scripts/count-reporter.mjs'];
process.exit(run('vitest', ['run', ...reporters, ...process.argv.slice(2)]));
