import {CosmosError} from '../domain/errors.js';
import {addSamples} from '../workflow/prompts/samples.js';
import {launchAll} from './launch-runs.js';
import type {Verb} from './verb.js';

export const demo: Verb = {
	name: 'demo',
	summary: 'run the sample job on the demo host: no configuration, no GPU',
	usage: '[flags]',
	details: `
The demo host is this machine with a simulator instead of the model: it takes the same command
and spec, prints the same kind of log and writes real video files, marked as simulated.`,
	launches: true,
	args: [0, 0],
	flags: [],
	examples: [['cosmos demo', 'prompt, run, log, files; ends with the exit code of the run']],
	async run(context) {
		const workflow = await context.workflow();
		const [prompt] = await addSamples(workflow);
		if (!prompt) {
			throw new CosmosError('home', 'the sample prompts are missing from the package', {
				hint: 'Reinstall cosmos.',
			});
		}

		context.note(`prompt ${prompt.id} ${prompt.name}: ${prompt.text}\n`);
		return launchAll(context, workflow, [[{promptId: prompt.id, host: 'demo'}]], {
			stream: true,
			json: false,
		});
	},
};
