// `npm test`: everything that a change has to pass, from a fresh clone on. Words after
// `npm test --` go to vitest, for instance a part of a test file's path.
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {prepareLaboratory} from './laboratory.mjs';
import {installPackages, must, run} from './steps.mjs';

installPackages();
prepareLaboratory();
must('biome', ['check', '--error-on-warnings', '.']);
must('tsc', ['--noEmit']);
must('node', ['scripts/build.mjs']);

const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-test-report-'));
const report = path.join(folder, 'report.json');
const code = run('vitest', [
	'run',
	'--reporter=default',
	'--reporter=json',
	`--outputFile.json=${report}`,
	...process.argv.slice(2),
]);
let counts;
try {
	counts = JSON.parse(readFileSync(report, 'utf8'));
} catch {
	process.stderr.write('vitest left no report\n');
	process.exit(code || 1);
} finally {
	rmSync(folder, {recursive: true, force: true});
}

const skipped = counts.numPendingTests + counts.numTodoTests;
// A file that cannot even be loaded has no tests to count.
const failed = counts.numFailedTests || (code === 0 ? 0 : 1);
console.log(
	`${counts.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
);
process.exit(code);
