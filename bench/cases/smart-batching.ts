import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import type {Workflow} from '../../source/workflow/workflow-types.js';
import {program} from '../../test/cosmos.js';
import {type Case, inTurn} from '../measure.js';

const jobs = 12;
/** Seconds that the simulator takes to load its model. */
const modelLoad = 3;

const smartBatching: Case = {
	rounds: 3,
	about: `${jobs} transfers with one control in the queue of the demo host, whose model takes ${modelLoad} s to load and nothing else takes time: merged by \`cosmos queue optimise\`, beside the same jobs one by one. Each job's video is compared with that of the other side by its hash.`,
	async run(rounds) {
		const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-batching-'));
		const library = pathToFileURL(path.join(path.dirname(program), 'index.js')).href;
		const {createWorkflow} = (await import(library)) as typeof import('../../source/index.js');
		const workflow = await createWorkflow({
			env: {
				...process.env,
				HOME: folder,
				COSMOS_SIMULATE: `model-load=${modelLoad}`,
				COSMOS_SIMULATE_STEP: '0',
			},
			cwd: folder,
			dataDir: path.join(folder, 'data'),
		});
		const videos = new Set<string>();
		try {
			const samples = path.join(path.dirname(path.dirname(program)), 'samples');
			const {id} = await workflow.createPrompt({
				text: 'A street',
				videoDir: path.join(samples, 'city-night'),
			});
			const play = async (merged: boolean) => {
				videos.add(await workOff(workflow, id, merged));
			};
			const times = await inTurn(
				rounds,
				() => play(true),
				() => play(false),
			);
			if (videos.size !== 1) {
				throw new Error('merged jobs have other videos than single ones');
			}

			return [
				{
					name: `${jobs} jobs, merged`,
					beside: 'one by one',
					...times,
					goal: {kind: 'speed', least: 2},
				},
			];
		} finally {
			await workflow.close();
			rmSync(folder, {recursive: true, force: true});
		}
	},
};

export default smartBatching;

/** Puts the jobs into the queue and runs them; returns the hashes of their videos, in order. */
async function workOff(workflow: Workflow, promptId: string, merged: boolean): Promise<string> {
	const added = await workflow.queue.add(
		Array.from({length: jobs}, (_, index) => ({
			requests: [
				{
					promptId,
					host: 'demo',
					settings: {vis: 0, edge: (index + 1) / jobs, depth: 0, seg: 0, steps: 5},
				},
			],
		})),
	);
	if (merged) {
		await workflow.queue.optimise(await workflow.queue.plan({mixed: false}));
	}

	await workflow.runQueue({}, new AbortController().signal, {once: true});
	const runs = await workflow.listRuns({jobIds: added.map(({id}) => id)});
	const hashes = added.map(({id}) => {
		const run = runs.find(one => one.run.jobId === id)?.run;
		const output = run?.status === 'completed' ? run.outputs : [];
		const video = output.find(({name}) => name === 'output.mp4');
		if (!video) {
			throw new Error(`${id} has no video: ${JSON.stringify(run)}`);
		}

		return video.sha256;
	});
	await workflow.queue.forget();
	return hashes.join(' ');
}
