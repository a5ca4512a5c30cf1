// `npm run test:fast`: what needs no laboratory, no terminal and no packed package, without what plays for
// long. The rest is for `npm test`.
import {installPackages, must, run} from './steps.mjs';

const left = [
	...['chaos', 'end-to-end', 'executor', 'lab', 'pty', 'queue'].map(name => `test/${name}/**`),
	...['store/fuzz', 'store/hostile-archives', 'store/processes', 'simulator/batch-job'].map(
		name => `test/${name}.test.ts`,
	),
	'test/{,installed-}package.test.ts',
];

installPackages();
must('node', ['scripts/build.mjs']);
const skip = left.flatMap(pattern => ['--exclude', pattern]);
process.exit(run('vitest', ['run', ...skip, ...process.argv.slice(2)]));
