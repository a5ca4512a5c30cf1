import {exitCodes} from '../domain/error-codes.js';
import {jsonText} from './json.js';
import {jsonFlag, type Verb} from './verb.js';

export const importVerb: Verb = {
	name: 'import',
	summary: 'import prompts and runs from an archive made by `cosmos export`',
	usage: 'FILE [flags]',
	details: `
What is new here is added; what is here already, the same, is left alone, but gets outputs back that are
gone. Something with the same id and another content stays as it is here, and is named. The archive is
checked to its end, with every hash, before anything changes; then all of it is there, or nothing.

What is in an archive are the words of whoever wrote it. The videos that its prompts name are not used
before you name a folder yourself (cosmos edit PROMPT --videos DIR), or trust all of its paths with
--trust-inputs. The command of a recipe in it asks before it runs. docs/security.md tells more.`,
	args: [1, 1],
	completes: ['file'],
	flags: [
		{key: 'dryRun', kind: 'switch', help: 'check the archive and report what is new'},
		{
			key: 'trustInputs',
			kind: 'switch',
			help: 'an archive of your own: use the videos where it says that they are',
		},
		jsonFlag,
	],
	exitCodes: [
		[0, 'everything in the archive is now in the store'],
		[6, 'something was skipped because a different version already exists; the rest was imported'],
	],
	examples: [
		['cosmos import backup.tar --dry-run', 'what it would import'],
		['cosmos import backup.tar', 'merge it into this data folder'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const dryRun = words.on('dryRun');
		const trustInputs = words.on('trustInputs');
		const done = await workflow.importFrom(words.args[0] as string, {dryRun, trustInputs});
		if (words.on('json')) {
			context.out(jsonText('import', {dryRun, ...done}));
		} else {
			const parts = [
				count(done.prompts, 'prompt'),
				count(done.runs, 'run'),
				...(done.outputsBack.length > 0 ? [`outputs of ${count(done.outputsBack, 'run')}`] : []),
			];
			context.out(`${dryRun ? 'would import' : 'imported'} ${parts.join(', ')}`);
			context.out(`; ${done.same.length} already here\n`);
			if (done.unconfirmed.length > 0) {
				const which = count(done.unconfirmed, 'prompt');
				context.note(
					`the videos of ${which} are not used before you name them: cosmos edit ${done.unconfirmed[0]} --videos DIR\n`,
				);
			}

			for (const {id, why} of done.conflicts) {
				context.problem(`skipped ${id}: ${why}\n`);
			}
		}

		return done.conflicts.length === 0 ? 0 : exitCodes.home;
	},
};

function count(ids: readonly string[], what: string): string {
	return `${ids.length} ${what}${ids.length === 1 ? '' : 's'}`;
}
