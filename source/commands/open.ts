import {findOpener} from '../config/find-opener.js';
import {switchFlag, textFlag, type Verb} from './verb.js';

export const open: Verb = {
	name: 'open',
	summary: 'open the video or another result of a run',
	usage: 'RUN [flags]',
	details: `
Uses the command in COSMOS_OPEN, else \`open\` in the configuration, e.g. open = "mpv --loop",
else the system's opener (xdg-open, open, explorer). Exits when that command exits.`,
	args: [1, 1],
	completes: ['run'],
	flags: [
		switchFlag('print', 'only print the path of the file'),
		textFlag('output', 'NAME', 'another file of the outputs, as `show` names it'),
	],
	examples: [
		['cosmos open latest', 'the newest run'],
		['ffprobe "$(cosmos open latest --print)"', 'its path for another program'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const found = await workflow.findRun(words.args[0] as string);
		const {openVideo, videoOf} = await import('../workflow/runs/open-video.js');
		const folder = workflow.runFolder(found.run.id);
		const video = videoOf(found, folder, words.text('output'));
		if (words.on('print')) {
			context.out(`${video}\n`);
			return;
		}

		const command = findOpener(await context.config(), context.env);
		await openVideo(video, {command, env: context.env, inTerminal: true});
	},
};
