import {formatAge} from '../domain/age.js';
import {exitCodes} from '../domain/error-codes.js';
import {formatBytes, formatLocalTime, formatTable} from '../domain/text-format.js';
import type {TrashEntry} from '../store/trash/trashed.js';
import type {Sized} from '../workflow/maintenance/maintenance-types.js';
import {ask} from './choose/ask.js';
import {printList} from './print/print-list.js';
import type {CommandContext, Words} from './verb.js';

type Entry = Sized<TrashEntry>;

/** `cosmos list trash`. */
export async function listTrash(context: CommandContext, words: Words): Promise<void> {
	await printList(context, words, await (await context.workflow()).listTrash(), {
		kind: 'trash',
		record: ({name: _, ...entry}) => entry,
		head: ['ID', 'DELETED', 'WHAT', 'SIZE', 'PROMPT'],
		row: entry => [
			entry.id,
			formatLocalTime(entry.deletedAt),
			entry.kind,
			entry.kind === 'prompt' ? '-' : formatBytes(entry.size),
			nameOf(entry),
		],
	});
}

/** `cosmos clean --trash`: permanently removes entries that are old enough. */
export async function emptyTrash(
	context: CommandContext,
	{olderThan, yes, dryRun}: {olderThan: number; yes: boolean; dryRun: boolean},
): Promise<number> {
	const workflow = await context.workflow();
	const ageOf = ({deletedAt}: Entry) => (Date.now() - Date.parse(deletedAt)) / 1000;
	const all = await workflow.listTrash();
	const entries = all.filter(entry => ageOf(entry) >= olderThan);
	if (entries.length === 0) {
		context.note(
			all.length === 0
				? 'the trash is empty\n'
				: `nothing in the trash is that old; ${all.length} newer (${formatBytes(sum(all))}) stay\n`,
		);
		return 0;
	}

	const rows = entries.map(entry => [
		`  ${entry.kind}`,
		entry.id,
		formatBytes(entry.size),
		formatAge(ageOf(entry)),
		nameOf(entry),
	]);
	context.note(formatTable(rows, true));
	if (dryRun) {
		return 0;
	}

	const question = `Remove ${entries.length} permanently (${formatBytes(sum(entries))})?`;
	if (!(yes || (await ask(context, question)))) {
		context.note('nothing was removed\n');
		return exitCodes.cancelled;
	}

	const gone = await workflow.emptyTrash(entries);
	const sizes = new Map(entries.map(({name, size}) => [name, size]));
	const freed = gone.reduce((total, {name}) => total + (sizes.get(name) ?? 0), 0);
	context.note(`removed ${gone.length}, ${formatBytes(freed)}\n`);
	return 0;
}

function nameOf(entry: TrashEntry): string {
	if (entry.kind === 'outputs') {
		return entry.promptName;
	}

	const {document} = entry;
	return 'videoDir' in document ? document.name : document.promptName;
}

function sum(entries: readonly Entry[]): number {
	return entries.reduce((total, {size}) => total + size, 0);
}
