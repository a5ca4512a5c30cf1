import {escapeHidden} from '../domain/runs/log-lines.js';
import {formatLocalTime, statusSigns} from '../domain/text-format.js';
import {eventText} from './print/json.js';
import {jsonFlag, switchFlag, textFlag, type Verb} from './verb.js';

export const events: Verb = {
	name: 'events',
	summary: 'print every change of the status of a run, as it happens',
	usage: '[flags]',
	details: `
Prints a line for each status of each run, whichever process works on it, until Ctrl-C. With --json each line
has a \`cursor\`: a program that keeps the one of the last line it has handled, and passes it to --since when it
starts again, misses nothing. Lines of a run are in order. Imported runs are not reported.`,
	endsWithReader: true,
	args: [0, 0],
	flags: [
		textFlag(
			'since',
			'CURSOR',
			'what came after that line, or `start` for everything; default: from now on',
		),
		switchFlag('once', 'exit after what has happened so far'),
		{...jsonFlag, help: 'print a line of JSON for each'},
	],
	examples: [
		['cosmos events --json --since start', 'all of it, and what follows'],
		['cosmos events --json --once --since "$CURSOR"', 'in a script that runs now and then'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const request = {since: words.text('since'), once: words.on('once'), signal: context.signal};
		for await (const event of workflow.events(request)) {
			const {run, status, at, promptName, host, reason} = event;
			const why = reason ? ` (${reason})` : '';
			const line = `${formatLocalTime(at)}\t${run}\t${statusSigns[status]} ${status}${why}\t${promptName}\t${host}\n`;
			context.out(words.on('json') ? eventText(event) : escapeHidden(line));
		}
	},
};
