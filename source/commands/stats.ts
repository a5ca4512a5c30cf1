import {CosmosError} from '../domain/errors.js';
import {formatDuration} from '../domain/text-format.js';
import {jsonText} from './print/json.js';
import {printTable} from './print/print-table.js';
import {jsonFlag, textFlag, type Verb} from './verb.js';

/** Days that are looked back, today counted. */
const usual = 14;
const most = 3650;

export const stats: Verb = {
	name: 'stats',
	summary: 'how long runs take, and how many succeeded per day',
	usage: '[flags]',
	details: `
Counts the runs that ended in the last days. A run's time is from its upload to its download, without the
wait for the GPU; the time of a batch is divided equally among its runs, and counts once all of them
have completed. p90 is the time that nine of ten runs did not exceed. Each model family has its own row,
and so do runs of the demo model.`,
	endsWithReader: true,
	args: [0, 0],
	flags: [
		textFlag('days', 'N', `number of days including today (default ${usual}, at most ${most})`),
		jsonFlag,
	],
	examples: [
		['cosmos stats', 'the last two weeks'],
		['cosmos stats --days 90 --json', 'a quarter, for a program; times in seconds'],
	],
	async run(context, words) {
		const days = words.whole('days', 1) ?? usual;
		if (days > most) {
			throw new CosmosError('usage', `--days must be at most ${most}, not ${days}`);
		}

		const workflow = await context.workflow();
		const found = await workflow.stats(days);
		if (words.on('json')) {
			context.out(jsonText('stats', found));
			return;
		}

		const times = found.operations.map(({operation, model, simulated, runs, median, p90}) => [
			operation,
			model,
			simulated ? 'simulated' : '',
			String(runs),
			formatDuration(median),
			formatDuration(p90),
		]);
		await printTable(context, ['OPERATION', 'MODEL', 'NOTE', 'RUNS', 'MEDIAN', 'P90'], times);
		context.out('\n');
		const rows = found.days.map(({day, completed, failed, cancelled}) =>
			[day, completed, failed, cancelled].map(String),
		);
		await printTable(context, ['DAY', 'COMPLETED', 'FAILED', 'CANCELLED'], rows);
	},
};
