import path from 'node:path';
import {outputKind, resultFiles} from '../../domain/runs/outputs.js';
import type {Run} from '../../domain/types.js';

/** Texts that the page shows, beside its pictures. */
const mostTexts = 4;

/** The texts of a run's result, with their places here. */
export function shownTexts(run: Run, runFolder: string): Array<{name: string; file: string}> {
	// The text of an enhancement is shown as that of its prompt.
	const files = run.operation === 'enhance' ? [] : resultFiles(run);
	return files
		.filter(({name}) => ['text', 'JSON'].includes(outputKind(name)))
		.slice(0, mostTexts)
		.map(({name}) => ({name, file: path.join(runFolder, 'outputs', ...name.split('/'))}));
}
