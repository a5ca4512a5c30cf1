import path from 'node:path';
import {exitCodes} from '../domain/error-codes.js';
import {messageOf} from '../domain/errors.js';
import {chatUrl, type Endpoint, formatPlace} from '../domain/hosts/endpoint.js';
import {describeNeed} from '../domain/models/gpu-memory.js';
import {describeResult} from '../domain/models/outlook.js';
import {formatBytes} from '../domain/text-format.js';
import type {Run} from '../domain/types.js';
import type {RunWatcher} from '../executor/run-watcher.js';
import {readableWords} from '../executor/transport/quote-words.js';
import type {BatchPlan, LaunchPlan, LaunchRequest, Workflow} from '../workflow/workflow-types.js';
import {presetFlag, withPreset} from './flags/preset-flag.js';
import {jsonText} from './print/json.js';
import {
	acceptKeyFlag,
	type CommandContext,
	type Flag,
	jsonFlag,
	switchFlag,
	targetFlag,
	type Words,
} from './verb.js';

/** The flags of every verb that launches runs, around those of its own. */
export function launchFlags(own: readonly Flag[]): readonly Flag[] {
	return [
		switchFlag('stream', "print the run's log while it is running"),
		targetFlag,
		presetFlag,
		...own,
		verifyFlag,
		switchFlag('dryRun', 'print what would run, and run nothing'),
		acceptKeyFlag,
		jsonFlag,
	];
}

export const verifyFlag = switchFlag(
	'verifyInputs',
	'read inputs that are on the host already, and compare their hashes',
);

/** That flag, as an option of a launch. */
export function verifyOption(words: Words): {verifyInputs?: boolean} {
	return words.on('verifyInputs') ? {verifyInputs: true} : {};
}

/** One flag for a verb that launches transfers. */
export const forceFlag = switchFlag('force', 'launch even if the inputs do not fit each other');

/** Puts requests into groups, each of which shares a container. */
export type Together = (
	requests: readonly LaunchRequest[],
) => ReadonlyArray<readonly LaunchRequest[]> | Promise<ReadonlyArray<readonly LaunchRequest[]>>;

/** One flag for a verb whose jobs a model server may do; `--no-server` is the other word. */
export const serverFlag = switchFlag(
	'server',
	'have a model server of the host do it; --no-server: a container (default: what is sooner)',
);

/** That flag, as an option of a launch. */
export function serverOption(words: Words): {server?: boolean} {
	return words.on('server') ? {server: true} : words.off('server') ? {server: false} : {};
}

/** One flag for a verb whose runs may share a container. */
export const batchFlag = switchFlag(
	'batch',
	'run all in one container, which loads the model once',
);

/**
 * Launches as the flags of `launchFlags` say; resolves with the exit code.
 * @param together which of them share a container
 */
export async function launchOrPlan(
	context: CommandContext,
	workflow: Workflow,
	given: readonly LaunchRequest[],
	words: Words,
	together: Together = one => one.map(request => [request]),
): Promise<number> {
	const preset = await withPreset(workflow, given, words);
	const groups = await together(preset.map(one => ({...one, ...verifyOption(words)})));
	const json = words.on('json');
	if (words.on('dryRun')) {
		const plans: Array<LaunchPlan | BatchPlan> = [];
		for (const group of groups) {
			const [first] = group as readonly [LaunchRequest, ...LaunchRequest[]];
			const single = group.length === 1;
			plans.push(await (single ? workflow.planLaunch(first) : workflow.planBatch(group)));
		}

		printPlans(context, plans, json);
		return 0;
	}

	// Checked for all before the first one starts.
	for (const group of groups) {
		warn(context, await workflow.checkBatch(group));
	}

	return launchAll(context, workflow, groups, {stream: words.on('stream'), json});
}

/** Says what a person should know before a launch. */
export function warn({note}: CommandContext, warnings: readonly string[]): void {
	for (const line of warnings) {
		note(`warning: ${line}\n`);
	}
}

/**
 * Runs jobs one after the other, each of one run or several; resolves with the worst exit code. The next
 * ones are prepared while one runs.
 */
export async function launchAll(
	context: CommandContext,
	workflow: Workflow,
	groups: ReadonlyArray<readonly LaunchRequest[]>,
	{stream, json}: {stream: boolean; json: boolean},
): Promise<number> {
	// The readers of the models' output are loaded only if something runs.
	const {narrate} = await import('./print/run-narrator.js');
	const stage = {};
	const narrators = groups.map(() => narrate(context, stream && !json, workflow, stage));
	const watcherFor = (index: number) => narrators[index] as RunWatcher;
	const siblings = groups.length - 1;
	const series = groups.map(group =>
		group.map(request => (isTransfer(request) ? {...request, siblings} : request)),
	);
	const ends = workflow.launchSeries(series, watcherFor, context.signal);
	const failures: unknown[] = [];
	let worst = 0;
	for (const [index, end] of ends.entries()) {
		try {
			for (const run of await end.finally(() => narrators[index]?.finish())) {
				reportEnd(context, workflow, run, json);
				worst = Math.max(worst, exitCodeOf(run));
			}
		} catch (error) {
			failures.push(error);
		}
	}

	const [first, ...others] = new Set(failures);
	if (context.signal.aborted && (worst > 0 || first === undefined)) {
		return exitCodes.cancelled;
	}

	if (first !== undefined) {
		for (const error of others) {
			context.problem(`cosmos: ${messageOf(error)}\n`);
		}

		throw first;
	}

	return worst;
}

const isTransfer = ({operation = 'transfer'}: LaunchRequest) => operation === 'transfer';

/** Prints the end of a run: its outputs as data, reasons as notes. */
export function reportEnd(
	{out, problem}: CommandContext,
	workflow: Workflow,
	run: Run,
	json: boolean,
): void {
	if (json) {
		out(jsonText('run', run));
	} else if (run.status === 'completed') {
		const mark = run.simulated ? '\tsimulated' : '';
		if (run.operation === 'enhance') {
			out(`${run.resultPromptId}\t${run.settings.createNew ? 'new prompt' : 'new text'}${mark}\n`);
		}

		for (const file of run.operation === 'enhance' ? [] : run.outputs) {
			const place = path.join(workflow.runFolder(run.id), 'outputs', file.name);
			out(`${place}\t${formatBytes(file.size)}${mark}\n`);
		}
	}

	if (run.status === 'failed' || run.status === 'uncollected') {
		problem(`cosmos: ${run.id}: ${run.failure.message}\n`);
		problem(run.failure.hint ? `  ${run.failure.hint}\n` : '');
		problem(`  log: cosmos logs ${run.id}\n`);
	}
}

export function exitCodeOf(run: Run): number {
	if (run.status === 'cancelled') {
		return exitCodes.cancelled;
	}

	// The host refused to start it: nothing of the job ran.
	if (run.status === 'failed' && run.failure.reason === 'engine') {
		return exitCodes.host;
	}

	return run.status === 'completed' ? 0 : exitCodes.run;
}

/** Where requests go, and with which key. */
function sendingText({url, model, keyEnv}: Endpoint): string {
	const key = keyEnv === undefined ? 'no key' : `the key in ${keyEnv}`;
	return `sends each prompt to:\n  POST ${formatPlace(chatUrl(url))}, model ${model}, ${key}\n`;
}

function printPlans(
	{out}: CommandContext,
	plans: ReadonlyArray<LaunchPlan | BatchPlan>,
	json: boolean,
): void {
	if (json) {
		out(jsonText('plan', plans));
		return;
	}

	for (const plan of plans) {
		const {target, host, lane, uploads, files, image, command, submission = []} = plan;
		const {results, warnings, memory, servers = []} = plan;
		const inputs = uploads.map(
			({role, path: file, size}) => `  ${role.padEnd(6)} ${file} (${formatBytes(size)})\n`,
		);
		const together = 'tasks' in plan ? `${plan.tasks.length} runs in one container, ` : '';
		const timeLimit = 'tasks' in plan ? plan.timeLimit : plan.task.settings.timeLimit;
		const chosen = target === host.name ? '' : `${target}: the first free slot, shown for `;
		out(`${together}${chosen}host ${host.name}, slot ${lane}, time limit ${timeLimit} s\n`);
		out(results.map(result => `result: ${describeResult(result)}\n`).join(''));
		out(memory ? `GPU memory: ${describeNeed(memory)}\n` : '');
		out(warnings.map(line => `warning: ${line}\n`).join(''));
		out(servers.map(line => `${line}\n`).join(''));
		const upload = host.endpoint ? 'images that are sent' : 'uploads what is missing on the host';
		out(inputs.length === 0 ? '' : `${upload}:\n${inputs.join('')}`);
		for (const {name, text} of files) {
			out(`${name}:\n${text.endsWith('\n') ? text : `${text}\n`}`);
		}

		out(image === undefined ? '' : `image:\n  ${image}\n`);
		out(host.endpoint ? sendingText(host.endpoint) : `command:\n  ${readableWords(command)}\n`);
		for (const {name, text} of submission) {
			out(`${name}:\n${text.replaceAll(/^(?=.)/gm, '  ').trimEnd()}\n`);
		}
	}
}
