import {formatBytes} from '../domain/text-format.js';
import type {Verb} from './verb.js';

export const exportVerb: Verb = {
	name: 'export',
	summary: 'write prompts and runs into one archive',
	usage: 'FILE [ID…] [flags]',
	details: `
The archive is a tar file (compressed if FILE ends in .gz or .tgz) with the records, logs and specs, and with
--outputs the videos. With IDs it contains those and their sources: a run includes its prompt. Unfinished
runs are left out. \`cosmos import\` reads it, here or in another data folder.`,
	args: [1, Number.POSITIVE_INFINITY],
	completes: ['file', 'any-id'],
	flags: [{key: 'outputs', kind: 'switch', help: 'include the outputs of the runs'}],
	examples: [
		['cosmos export backup.tar --outputs', 'everything'],
		['cosmos export night.tgz run_6x0k', 'one run and its prompt, without the video'],
	],
	async run(context, words) {
		const [file, ...references] = words.args;
		const workflow = await context.workflow();
		const done = await workflow.exportTo(file as string, {
			outputs: words.on('outputs'),
			references,
		});
		context.note(
			`exported ${done.prompts} prompt${done.prompts === 1 ? '' : 's'} and ${done.runs} run${done.runs === 1 ? '' : 's'}, ${formatBytes(done.size)}\n`,
		);
		if (done.unfinished.length > 0) {
			context.problem(`left out, not finished: ${done.unfinished.join(', ')}\n`);
		}

		return 0;
	},
};
