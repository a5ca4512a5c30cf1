// A process that uses a store: `count FOLDER RUN TIMES` raises a run's seed; `write FOLDER` adds
// prompts and raises the seed of the first run until killed, and prints what has been stored;
// `raise FOLDER RUN` raises its seed until that fails, and prints why; `churn FOLDER` adds a prompt with a run, deletes both, restores both, until killed, and prints what
// was done; `launch FOLDER` adds a run of its own and stays; `fill FOLDER` adds prompts until that fails.
import type {CosmosError} from '../../source/domain/errors.js';
import {openStore} from '../../source/store/store.js';
import {samplePrompt, sampleRun, settingsOf, withSeed} from './samples.js';

const [verb, folder = '', runId = '', times = '0'] = process.argv.slice(2);
const store = await openStore({folder});
const raise = (id: string) => store.updateRun(id, run => withSeed(run, settingsOf(run).seed + 1));

if (verb === 'count') {
	for (let turn = 0; turn < Number(times); turn++) {
		await raise(runId);
	}
} else if (verb === 'raise') {
	try {
		for (;;) {
			console.log(settingsOf(await raise(runId)).seed);
		}
	} catch (thrown) {
		const {kind, message} = thrown as CosmosError;
		console.log(`${kind} ${message.replaceAll('\n', ' ')}`);
	}
} else if (verb === 'churn') {
	for (;;) {
		const prompt = await store.addPrompt(id => samplePrompt(id));
		const run = await store.addRun(id => ({
			...sampleRun(id, {promptId: prompt.id}),
			status: 'cancelled' as const,
		}));
		console.log(`added ${prompt.id} ${run.id}`);
		await store.trash.put(
			async () => ({prompts: [prompt], runs: [run], outputsOf: []}),
			new Date().toISOString(),
		);
		console.log(`deleted ${prompt.id} ${run.id}`);
		const entries = await store.trash.list();
		await store.trash.restore(entries.filter(({id}) => id === prompt.id || id === run.id));
		console.log(`restored ${prompt.id} ${run.id}`);
	}
} else if (verb === 'launch') {
	const run = await store.addRun(id => sampleRun(id));
	console.log(run.id);
	setInterval(() => undefined, 60_000);
} else if (verb === 'fill') {
	const acknowledged: string[] = [];
	try {
		for (;;) {
			acknowledged.push((await store.addPrompt(id => samplePrompt(id, 'x'.repeat(5000)))).id);
		}
	} catch (thrown) {
		const {kind, message, hint} = thrown as CosmosError;
		const listed = (await store.listPrompts()).map(({id}) => id);
		console.log(JSON.stringify({error: {kind, message, hint}, acknowledged, listed}));
	}
} else {
	for (;;) {
		const prompt = await store.addPrompt(id => samplePrompt(id));
		console.log(prompt.id);
		const run = await raise(runId);
		console.log(settingsOf(run).seed);
	}
}
