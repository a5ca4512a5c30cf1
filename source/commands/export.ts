import {counted, formatBytes} from '../domain/text-format.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {isGroup, runsOfGroup} from './choose/groups.js';
import {exportVideos} from './export-videos.js';
import {switchFlag, type Verb} from './verb.js';

/** References in which a sweep or a dataset is replaced by its runs. */
async function withSweeps(workflow: Workflow, references: readonly string[]): Promise<string[]> {
	const all: string[] = [];
	for (const reference of references) {
		const runs = isGroup(reference) ? await runsOfGroup(workflow, reference) : undefined;
		all.push(...(runs ? runs.map(({run}) => run.id) : [reference]));
	}

	return all;
}

export const exportVerb: Verb = {
	name: 'export',
	summary: 'write prompts and runs into one archive',
	usage: 'FILE [ID…] [flags]',
	details: `
The archive is a tar file (compressed if FILE ends in .gz or .tgz) with the records, logs and specs, and with
--outputs the videos. With IDs it contains those and their sources: a run includes its prompt. Unfinished
runs are left out. The id of a sweep (sw_…) or dataset (ds_…) stands for its runs. \`cosmos import\`
reads the archive, here or in another data folder.`,
	args: [1, Number.POSITIVE_INFINITY],
	completes: ['file', 'any-id'],
	flags: [switchFlag('outputs', 'include the outputs of the runs')],
	parts: [exportVideos],
	examples: [
		['cosmos export backup.tar --outputs', 'everything'],
		['cosmos export night.tgz run_6x0k', 'one run and its prompt, without the video'],
	],
	async run(context, words) {
		const [file, ...references] = words.args;
		const workflow = await context.workflow();
		const done = await workflow.exportTo(file as string, {
			outputs: words.on('outputs'),
			references: await withSweeps(workflow, references),
		});
		context.note(
			`exported ${counted(done.prompts, 'prompt')} and ${counted(done.runs, 'run')}, ${formatBytes(done.size)}\n`,
		);
		if (done.unfinished.length > 0) {
			context.problem(`left out, not finished: ${done.unfinished.join(', ')}\n`);
		}
	},
};
