import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {outputFolder} from '../domain/models/model-job.js';
import {batchModelOf, resultOf} from '../domain/models/models.js';
import {explainMissing} from '../domain/runs/run-status.js';
import type {OutputFile, RefusedOutput, Run} from '../domain/types.js';
import {type Collected, collectOutputs} from './collect-outputs.js';
import {finishRuns} from './end-job.js';
import type {JobContext} from './job-context.js';
import {localName, outputsOf} from './run-folder.js';

/** Whether the result of a run of a batch is there with its seal, however the job ends. */
export async function isWhole(
	run: Run,
	{session: {transport, remoteDir}}: JobContext,
	signal: AbortSignal | undefined,
): Promise<boolean> {
	const files = await transport.listFiles(`${remoteDir}/${outputsOf(run)}`, signal);
	const {has, seal} = resultOf(run);
	const seals = seal?.names ?? [batchModelOf(run)?.seal];
	const here = files.flatMap(({name, size}) => (size > 0 ? (localName(run, name) ?? []) : []));
	return here.some(has) && seals.every(name => here.some(one => one === name));
}

/** What a downloaded result lacks, in words after "produced no"; undefined when it is complete. */
export async function findLack(
	run: Run,
	{outputs}: Collected,
	{jobStore}: JobContext,
): Promise<string | undefined> {
	const {title, has, seal = {names: [], problem: () => undefined}} = resultOf(run);
	const here = outputs.flatMap(({name, size}) => (size > 0 ? [name] : []));
	if (!here.some(has)) {
		return title;
	}

	for (const name of seal.names) {
		if (!here.includes(name)) {
			return name;
		}

		const file = path.join(jobStore.folderOf(run.id), outputFolder, ...name.split('/'));
		const problem = seal.problem(await readFile(file, 'utf8'));
		if (problem !== undefined) {
			return `complete result: ${problem}`;
		}
	}

	return undefined;
}

/** Downloads a run's outputs and compares them with the host's. */
export async function downloadOutputs(
	run: Run,
	{session: {transport, remoteDir}, jobStore, watcher}: JobContext,
	signal: AbortSignal | undefined,
): Promise<Collected> {
	return collectOutputs(
		transport,
		`${remoteDir}/${outputsOf(run)}`,
		`${jobStore.folderOf(run.id)}/${outputFolder}`,
		{onTransfer: watcher.onTransfer, signal, localName: name => localName(run, name)},
	);
}

/** Ends a run whose outputs are here. */
export async function finishCollected(
	run: Run,
	{outputs, refused}: Collected,
	code: number,
	context: JobContext,
): Promise<Run> {
	const {jobStore, watcher} = context;
	if (refused.length > 0) {
		watcher.onNotice?.(refusedText(run, refused, context));
	}

	const lack = await findLack(run, {outputs, refused}, context);
	const taken =
		lack === undefined
			? await jobStore.takeResult(run, outputs)
			: {
					failure: explainMissing(lack, await jobStore.log.tailOf(run.id), code, namesOf(outputs)),
				};
	const kept = refused.length > 0 && {refused: refused.slice(0, mostNamed).map(shorten)};
	const [finished] = await finishRuns([run], context, stored =>
		'failure' in taken
			? {...stored, ...kept, status: 'failed', failure: taken.failure, exitCode: code, outputs}
			: {
					...{...stored, ...kept, ...taken.record},
					// A mark that a person has made meanwhile stays.
					...(stored.pick !== undefined && {pick: stored.pick}),
					...{status: 'completed', exitCode: 0, outputs},
				},
	);
	return finished as Run;
}

/** Outputs that stayed on the host, of which a record keeps the names, and the characters of each. */
const mostNamed = 100;
const longestNamed = 200;

function shorten({name, why}: RefusedOutput): RefusedOutput {
	return {name: name.length > longestNamed ? `${name.slice(0, longestNamed)}…` : name, why};
}

/** One line: what stayed there, why, and where it is. */
function refusedText(
	run: Run,
	refused: readonly RefusedOutput[],
	{session: {host, remoteDir}}: JobContext,
): string {
	const [first, ...more] = refused.map(shorten) as [RefusedOutput, ...RefusedOutput[]];
	const what = `${JSON.stringify(first.name)}${more.length > 0 ? ` and ${more.length} more` : ''}`;
	return `not downloaded from ${host.name}: ${what}: ${first.why}; copy it from ${remoteDir}/${outputsOf(run)}`;
}

const namesOf = (files: readonly OutputFile[]) => files.map(({name}) => name);
