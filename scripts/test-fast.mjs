// `npm run test:fast`: what needs no laboratory, no terminal and no packed package.
import {installPackages, must, run} from './steps.mjs';

const slow = ['chaos', 'end-to-end', 'executor', 'lab', 'pty', 'queue'].map(
	name => `test/${name}/**`,
);

installPackages();
must('node', ['scripts/build.mjs']);
const skip = [...slow, 'test/{,installed-}package.test.ts'].flatMap(pattern => [
	'--exclude',
	pattern,
]);
process.exit(run('vitest', ['run', ...skip, ...process.argv.slice(2)]));
