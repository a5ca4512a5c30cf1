import {formatLocalTime, statusSigns} from '../domain/text-format.js';
import type {SearchHit} from '../workflow/runs/record-types.js';
import {jsonText} from './print/json.js';
import {printTable} from './print/print-table.js';
import {jsonFlag, textFlag, type Verb} from './verb.js';

export const search: Verb = {
	name: 'search',
	summary: 'search prompts and runs by text, name, tag and note',
	usage: 'TEXT… [flags]',
	details: `
Every word must occur in the text, the negative text, a previous text, the name, the tags, the note or the
id; for a run also in its operation, host, status or failure. \`!word\` excludes a word, a field looks in one
place: \`host:h100\`, \`stars>=3\`, \`created:today\`. docs/filter.md has all of it. Exit code 1 if nothing was
found.`,
	endsWithReader: true,
	args: [1, Number.POSITIVE_INFINITY],
	completes: ['filter'],
	flags: [textFlag('limit', 'N', 'at most N prompts and N runs (default 40; 0 is all)'), jsonFlag],
	exitCodes: [[1, 'no matches']],
	examples: [
		['cosmos search neon rain', 'both words, anywhere'],
		["cosmos search street '!snow'", 'one word but not the other'],
		["cosmos search neon 'stars>=3'", 'a word, and a comparison'],
	],
	async run(context, words) {
		const limit = words.whole('limit', 0) ?? 40;
		const workflow = await context.workflow();
		const hits = await workflow.search(words.args.join(' '), limit || undefined);
		if (words.on('json')) {
			context.out(jsonText('search-hit', hits.map(recordOf)));
		} else if (hits.length > 0) {
			const head = ['ID', 'CREATED', 'NAME', 'STATUS', 'WHERE', 'WHAT'];
			await printTable(context, head, hits.map(rowOf));
		} else {
			context.note('no matches\n');
		}

		return hits.length > 0 ? 0 : 1;
	},
};

function rowOf(hit: SearchHit): string[] {
	const {field, excerpt} = hit.match;
	if (hit.kind === 'prompt') {
		const {id, createdAt, name} = hit.prompt;
		return [id, formatLocalTime(createdAt), name, '', field, excerpt];
	}

	const {run, shown} = hit.run;
	const status = `${statusSigns[shown]} ${shown}`;
	return [run.id, formatLocalTime(run.createdAt), run.promptName, status, field, excerpt];
}

function recordOf(hit: SearchHit): object {
	return hit.kind === 'prompt'
		? {kind: hit.kind, match: hit.match, prompt: hit.prompt}
		: {kind: hit.kind, match: hit.match, run: {...hit.run.run, shown: hit.run.shown}};
}
