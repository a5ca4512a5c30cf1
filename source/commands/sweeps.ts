import {formatLocalTime} from '../domain/text-format.js';
import type {ShownRun, ShownStatus} from '../domain/types.js';
import {printList} from './print/print-list.js';
import type {CommandContext, Words} from './verb.js';

type ShownSweep = {
	id: string;
	createdAt: string;
	/** Names of prompts, each once. */
	prompts: string[];
	/** The values of each axis that runs have, in the order of the runs. */
	axes: Record<string, Array<string | number | boolean>>;
	runs: number;
	/** How many runs have each status. */
	statuses: Partial<Record<ShownStatus, number>>;
};

/** Prints the sweeps whose runs have begun, newest first. */
export async function printSweeps(
	context: CommandContext,
	words: Words,
	limit: number | undefined,
): Promise<void> {
	const workflow = await context.workflow();
	const runs = await workflow.listRuns({matches: ({run}) => run.sweep !== undefined});
	const sweeps = groupRuns(runs.reverse()).reverse().slice(0, limit);
	await printList(context, words, sweeps, {
		kind: 'sweep',
		head: ['ID', 'CREATED', 'PROMPT', 'RUNS', 'AXES', 'STATUS'],
		row: ({id, createdAt, prompts, axes, runs: count, statuses}) => [
			id,
			formatLocalTime(createdAt),
			prompts.join(', '),
			String(count),
			Object.entries(axes)
				.map(([name, values]) => `${name} ${values.join(',')}`)
				.join('; '),
			Object.entries(statuses)
				.map(([status, number]) => `${number} ${status}`)
				.join(', '),
		],
	});
}

/** @param runs oldest first */
function groupRuns(runs: readonly ShownRun[]): ShownSweep[] {
	const sweeps = new Map<string, ShownSweep>();
	for (const {run, shown} of runs) {
		const {id, axes} = run.sweep as NonNullable<typeof run.sweep>;
		const known = sweeps.get(id);
		const sweep: ShownSweep = known ?? {
			...{id, createdAt: run.createdAt, prompts: [], axes: {}, runs: 0, statuses: {}},
		};
		sweeps.set(id, sweep);
		sweep.prompts = [...new Set([...sweep.prompts, run.promptName])];
		sweep.runs++;
		sweep.statuses[shown] = (sweep.statuses[shown] ?? 0) + 1;
		for (const [name, value] of Object.entries(axes)) {
			sweep.axes[name] = [...new Set([...(sweep.axes[name] ?? []), value])];
		}
	}

	return [...sweeps.values()];
}
