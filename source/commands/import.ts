import {exitCodes} from '../domain/error-codes.js';
import {counted} from '../domain/text-format.js';
import {jsonText} from './print/json.js';
import {jsonFlag, switchFlag, type Verb} from './verb.js';

export const importVerb: Verb = {
	name: 'import',
	summary: 'import prompts and runs from an archive made by `cosmos export`',
	usage: 'FILE [flags]',
	details: `
New records are added. Existing records are kept; missing outputs are restored. A record with the same id but
different content is skipped and reported. The whole archive is checked, with every hash, before anything
changes; then everything is imported, or nothing.

An archive says whatever its author wrote. The videos that its prompts name are not used until you name a
folder yourself (cosmos edit PROMPT --videos DIR), or trust all of its paths with --trust-inputs. The command
of an imported recipe is shown before it runs. See docs/security.md.`,
	args: [1, 1],
	completes: ['file'],
	flags: [
		switchFlag('dryRun', 'check the archive and report what is new'),
		switchFlag('trustInputs', 'use the video paths in the archive; for archives of your own'),
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
				counted(done.prompts.length, 'prompt'),
				counted(done.runs.length, 'run'),
				...(done.outputsBack.length > 0
					? [`outputs of ${counted(done.outputsBack.length, 'run')}`]
					: []),
			];
			context.out(`${dryRun ? 'would import' : 'imported'} ${parts.join(', ')}`);
			context.out(`; ${done.same.length} already here\n`);
			if (done.unconfirmed.length > 0) {
				const which = counted(done.unconfirmed.length, 'prompt');
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
