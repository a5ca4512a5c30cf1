import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {program, runCosmos} from '../../test/cosmos.js';
import {keys, type Terminal} from '../../test/pty/terminal.js';
import {type GrownStore, withGrownStores} from '../grown-store.js';
import {inTerminal, untilAnswered} from '../in-terminal.js';
import {withLoggedRun} from '../logged-run.js';
import type {Case, Measure} from '../measure.js';
import {hasPeer} from '../peers.js';
import {residentMegabytes} from '../process-facts.js';

const lines = 5_000_000;
const runCount = 100_000;
const mostInAll = 200;

const memory: Case = {
	rounds: 1,
	about: `Memory of the dashboard's process: at rest, with ${runCount} runs in the store, and after ${lines} lines have streamed into its log pane, which is also compared with the start of that stream; beside \`lnav\` on a log of as many lines.`,
	async run() {
		const theirs = await lnavOn(lines);
		const [atRest, withMany] = await withGrownStores([10, runCount], async stores => [
			await restingOn(stores[0] as GrownStore),
			await restingOn(stores[1] as GrownStore),
		]);
		const {before, after} = await afterStream();
		const beside = (name: string, ours: number): Measure => ({
			name: `memory, ${name}`,
			beside: `\`lnav\`, ${lines} lines`,
			ours: [ours],
			theirs,
			unit: 'MB',
			goal: {kind: 'below', most: mostInAll},
		});
		return [
			beside('at rest', atRest as number),
			beside(`${runCount} runs`, withMany as number),
			beside(`${lines} lines streamed`, after),
			{
				name: `memory, ${lines} lines streamed`,
				beside: 'before the stream',
				ours: [after],
				theirs: [before],
				unit: 'MB',
				goal: {kind: 'extra', most: 80},
			},
		];
	},
};

export default memory;

async function residentOf({pid}: Terminal): Promise<number> {
	return residentMegabytes(pid);
}

function restingOn({folder}: GrownStore): Promise<number> {
	const env = {HOME: folder, COSMOS_DATA: folder};
	const ready = /● ready[\s\S]* 2 Runs ─[\s\S]*cancelled/;
	return inTerminal({command: [process.execPath, program], env, ready}, residentOf);
}

async function lnavOn(count: number): Promise<number[]> {
	return hasPeer('lnav')
		? withLoggedRun(count, async ({log, lastLine}) => [
				await inTerminal({command: ['lnav', log], ready: new RegExp(lastLine)}, residentOf),
			])
		: [];
}

/** A run of the demo host that writes as fast as it can, watched in the log pane to its end. */
async function afterStream(): Promise<{before: number; after: number}> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-bench-'));
	const env = {
		HOME: folder,
		COSMOS_DATA: path.join(folder, 'data'),
		COSMOS_SIMULATE_STEP: '0',
		COSMOS_SIMULATE: `loud=${lines}`,
	};
	try {
		return await inTerminal(
			{
				command: [process.execPath, program],
				env,
				keys: [
					{after: /● ready[\s\S]*1 Prompts ─+ \d/, send: 'i'},
					{after: /Infer: /, send: keys.enter},
				],
				ready: new RegExp(`line \\d+ of ${lines}`),
			},
			async terminal => {
				const before = residentMegabytes(terminal.pid);
				await untilAnswered(terminal, /✔ completed/);
				return {before, after: residentMegabytes(terminal.pid)};
			},
		);
	} finally {
		await runCosmos(['kill-all', '--yes'], {env, cwd: folder});
		await rm(folder, {recursive: true, force: true, maxRetries: 5});
	}
}
