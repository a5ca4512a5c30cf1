// Writes the library's types to dist/types: the declarations that `index.d.ts` reaches, and no others.
import {cpSync, mkdtempSync, readFileSync, renameSync, rmSync} from 'node:fs';
import path from 'node:path';
import {must, root} from './steps.mjs';

const dist = path.join(root, 'dist');
const target = path.join(dist, 'types');
const work = mkdtempSync(path.join(dist, 'types-'));
process.on('exit', () => rmSync(work, {recursive: true, force: true}));
const [all, chosen] = ['all', 'chosen'].map(name => path.join(work, name));
must('tsc', ['-p', path.join(root, 'scripts', 'tsconfig.types.json'), '--outDir', all]);

const found = new Set();
const visit = file => {
	if (!found.has(file)) {
		found.add(file);
		for (const [, name] of readFileSync(path.join(all, file), 'utf8').matchAll(
			/\b(?:from|import\()\s*['"](\.[^'"]+)['"]/g,
		)) {
			visit(path.join(path.dirname(file), name.replace(/\.js$/, '.d.ts')));
		}
	}
};

visit('index.d.ts');
for (const file of found) {
	cpSync(path.join(all, file), path.join(chosen, file));
}

rmSync(target, {recursive: true, force: true});
renameSync(chosen, target);
