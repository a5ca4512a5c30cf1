import {formatAge, parseAge} from '../domain/age.js';
import {exitCodes} from '../domain/error-codes.js';
import type {CleanItem, CleanPlan} from '../domain/hosts/clean-plan.js';
import {formatBytes, formatTable} from '../domain/text-format.js';
import {ask} from './choose/ask.js';
import {chooseHost} from './choose/choose-host.js';
import {
	acceptKeyFlag,
	type CommandContext,
	hostFlag,
	switchFlag,
	textFlag,
	type Verb,
	yesFlag,
} from './verb.js';

const usualAge = '7d';

export const clean: Verb = {
	name: 'clean',
	summary:
		'remove old inputs, leftover run folders and ended containers from a host, or empty the trash',
	usage: '[flags]',
	details: `
Shows what it will remove and asks first. Only ${'`cosmos-inputs/`, `cosmos-runs/`'} and containers with this
product's labels are considered; other files and containers are not touched, and links are not followed. What
an unfinished run needs is kept, and so are outputs that \`cosmos fetch\` can still download. What no run of
this data folder uses belongs to somebody else and is kept too, unless you give --others. Ages are by the
host's clock: since an input was last used, since a run's folder was last written.

With --trash no host is contacted: what \`cosmos delete\` moved to the trash is removed permanently.`,
	args: [0, 0],
	flags: [
		hostFlag,
		textFlag('olderThan', 'AGE', `keep anything newer: 30m, 12h, 7d, 2w (default ${usualAge})`),
		switchFlag('others', 'include what belongs to other people or data folders'),
		switchFlag('trash', 'empty the trash of the data folder instead'),
		switchFlag('dryRun', 'only show what would be removed'),
		yesFlag,
		acceptKeyFlag,
	],
	examples: [
		['cosmos clean --host h100', 'what was not used for a week; asks first'],
		['cosmos clean --older-than 12h --yes', 'does not ask'],
		['cosmos clean --trash --older-than 30d', 'permanently remove what was deleted a month ago'],
	],
	async run(context, words) {
		const [yes, dryRun] = [words.on('yes'), words.on('dryRun')];
		if (words.on('trash')) {
			const olderThan = parseAge(words.text('olderThan') ?? '0m');
			return (await import('./trash.js')).emptyTrash(context, {olderThan, yes, dryRun});
		}

		const request = {
			olderThan: parseAge(words.text('olderThan') ?? usualAge),
			others: words.on('others'),
		};
		const workflow = await context.workflow();
		const hostName = await chooseHost(context, words);
		const plan = await workflow.cleanPlan(hostName, request);
		showPlan(context, hostName, plan);
		const {items} = plan;
		if (items.length === 0 || dryRun) {
			return 0;
		}

		const question = `Remove ${items.length} (${formatBytes(sizeOf(items))})?`;
		if (!(yes || (await ask(context, question)))) {
			context.note('nothing was removed\n');
			return exitCodes.cancelled;
		}

		const removed = await workflow.clean(hostName, request, plan);
		const left = items.length - removed.length;
		context.note(
			`removed ${removed.length}, ${formatBytes(sizeOf(removed))}${left > 0 ? `; ${left} were gone or in use by then` : ''}\n`,
		);
		return 0;
	},
};

function showPlan({note}: CommandContext, hostName: string, plan: CleanPlan): void {
	const {items, inUse, ofOthers} = plan;
	note(items.length === 0 ? `nothing to remove on ${hostName}\n` : `on ${hostName}:\n`);
	note(formatTable(items.map(rowOf), true));
	if (inUse.length > 0) {
		note(`kept, in use: ${inUse.length} (${formatBytes(sizeOf(inUse))})\n`);
	}

	if (ofOthers.length > 0) {
		const owners = [...new Set(ofOthers.flatMap(item => ownerOf(item) || []))].join(', ');
		note(
			`kept, of others${owners && ` (${owners})`}: ${ofOthers.length} (${formatBytes(sizeOf(ofOthers))}); --others includes them\n`,
		);
	}
}

function rowOf(item: CleanItem): string[] {
	const owner = ownerOf(item);
	const name = item.kind === 'run' ? item.runId : item.name;
	return [
		`  ${item.kind}`,
		name,
		formatBytes(item.size),
		formatAge(item.age),
		owner && `by ${owner}`,
	];
}

/** Empty when nothing says it. */
function ownerOf(item: CleanItem): string {
	return (item.kind === 'run' && item.startedBy) || '';
}

function sizeOf(items: readonly CleanItem[]): number {
	return items.reduce((sum, item) => sum + item.size, 0);
}
