// Launches every prompt that is tagged `todo` on the default host, one after the other, and rates
// what came out. Run it with the data folder as the only word.
import {CosmosError, createWorkflow, type Run} from 'cosmos-workflow';

const workflow = await createWorkflow({dataDir: process.argv[2]});
try {
	for (const prompt of await workflow.listPrompts()) {
		if (prompt.tags?.includes('todo')) {
			const run = await workflow.launch({promptId: prompt.id, settings: {steps: 12}});
			await workflow.annotate(prompt.id, {removeTags: ['todo'], addTags: ['done']});
			await workflow.annotate(run.id, {rating: run.status === 'completed' ? 3 : 1});
			console.log(lineOf(run));
		}
	}
} catch (error) {
	if (!(error instanceof CosmosError)) {
		throw error;
	}

	console.error(`${error.message}\n  ${error.hint}`);
	process.exitCode = error.exitCode;
} finally {
	await workflow.close();
}

function lineOf(run: Run): string {
	const outputs = run.status === 'completed' ? run.outputs.map(({name}) => name) : [];
	return [run.id, run.status, ...outputs].join(' ');
}
