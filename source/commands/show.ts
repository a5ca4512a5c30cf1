import {readFileSync} from 'node:fs';
import path from 'node:path';
import {isStructured, readableText} from '../domain/prompts/structured-text.js';
import {placeInBatch, restartTexts} from '../domain/runs/batch.js';
import {cleanText} from '../domain/runs/log-lines.js';
import {outputKind, resultFiles} from '../domain/runs/outputs.js';
import {provenanceRows} from '../domain/runs/provenance.js';
import {describeServer} from '../domain/servers/describe-server.js';
import {flagName} from '../domain/settings/settings.js';
import {settingValues} from '../domain/settings/settings-tables.js';
import {describePoint} from '../domain/sweep/combine.js';
import {
	describeInput,
	formatBytes,
	formatDuration,
	formatLocalTime,
	statusSigns,
} from '../domain/text-format.js';
import type {Prompt, Run, ShownRun} from '../domain/types.js';
import {readableWords} from '../executor/transport/quote-words.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {findAny} from './choose/find-any.js';
import {jsonText} from './print/json.js';
import {lineageLines, measureLines, opinionLines} from './print/show-more.js';
import {jsonFlag, type Verb} from './verb.js';

export const show: Verb = {
	name: 'show',
	summary: 'show all details of a prompt or a run',
	usage: 'ID [flags]',
	details: `
ID is a full id, a unique prefix of one, latest (the newest run), or a prompt's name.
docs/choosing.md describes what made a result; with --json that is \`madeBy\`.`,
	endsWithReader: true,
	args: [1, 1],
	completes: ['any-id'],
	flags: [jsonFlag],
	examples: [
		['cosmos show latest', 'the newest run'],
		['cosmos show ps_6x0k', 'a prompt by the start of its id'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const found = await findAny(workflow, words.args[0] as string);
		const lineage = await workflow.lineage('run' in found ? found.run.id : found.id);
		if (words.on('json')) {
			context.out(
				'run' in found
					? jsonText('run', {...found.run, shown: found.shown, lineage})
					: jsonText('prompt', {...found, lineage}),
			);
		} else {
			context.out('run' in found ? runText(found, workflow) : promptText(found));
			context.out(
				lineageLines(lineage)
					.map(line => `${line}\n`)
					.join(''),
			);
		}
	},
};

function promptText(prompt: Prompt): string {
	const inputs = prompt.inputs.map(
		input => `  ${input.role.padEnd(6)} ${describeInput(input, '  ')}  ${input.path}\n`,
	);
	const imported = prompt.imported ? `imported  ${formatLocalTime(prompt.imported.at)}\n` : '';
	const inputWords = prompt.unconfirmed
		? `inputs    not used: cosmos edit ${prompt.id} --videos DIR gives it yours`
		: 'inputs';
	return `${prompt.id}  ${prompt.name}
created   ${formatLocalTime(prompt.createdAt)}
${imported}text      ${textBlock(prompt.text)}
${pastTexts(prompt)}${prompt.negative ? `negative  ${prompt.negative}\n` : ''}${prompt.model ? `model     ${prompt.model}\n` : ''}${opinionLines(
	prompt,
)
	.map(line => `${line}\n`)
	.join('')}${inputWords}
${inputs.join('')}`;
}

/** A text beside its label: a plain one as it is, the lines of a structured one below each other. */
function textBlock(text: string): string {
	return isStructured(text) ? readableText(text).replaceAll('\n', `\n${' '.repeat(10)}`) : text;
}

/** The newest first: each was replaced by the one above it. */
function pastTexts({history = []}: Prompt): string {
	return history
		.toReversed()
		.map(
			({text, replacedAt, by = 'edited by hand'}) =>
				`before    ${textBlock(text)}\n          until ${formatLocalTime(replacedAt)}, ${by}\n`,
		)
		.join('');
}

const stepWords = {
	uploading: 'upload',
	starting: 'start',
	running: 'run',
	sampling: 'sampling',
	downloading: 'download',
} as const;

/** How long the run took, and each step of it. */
function tookLine({createdAt, times}: Run): string[] {
	if (!times.ended) {
		return [];
	}

	const seconds = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000;
	const steps = Object.keys(stepWords) as Array<keyof typeof stepWords>;
	const begun = steps.filter(step => times[step] !== undefined);
	const parts = begun.map((step, index) => {
		const next = begun[index + 1];
		const end = (next && times[next]) ?? times.ended;
		const word = step === 'running' && times.sampling ? 'load' : stepWords[step];
		return `${word} ${formatDuration(seconds(times[step] as string, end as string))}`;
	});
	return [`took      ${formatDuration(seconds(createdAt, times.ended))}: ${parts.join(', ')}`];
}

function batchLines(run: Run): string[] {
	const {batch} = run;
	const own = 'exitCode' in run ? run.exitCode : undefined;
	const exit =
		batch?.exit && batch.exit.code !== own ? `, which ended with ${batch.exit.code}` : '';
	return [
		...(batch ? [`batch     ${placeInBatch(run)}, in the container of ${batch.id}${exit}`] : []),
		...restartTexts(run).map(text => `restarted ${text}`),
	];
}

/** The recipe as the run had it. */
function recipeLines(run: Run): string[] {
	if (run.operation !== 'recipe') {
		return [];
	}

	const {image, command, outputs} = run.recipe;
	return [
		...(image === undefined ? [] : [`image     ${image}`]),
		`command   ${readableWords(command)}`,
		`wanted    ${outputs.join(' or ')}`,
	];
}

/** `reasoner` of a transfer, `enhance reasoner`, or the operation. */
function jobKind({operation, mode}: Run): string {
	return mode === undefined ? operation : operation === 'transfer' ? mode : `${operation} ${mode}`;
}

/** Characters of a text that is shown; the whole of it is in its file. */
const longestAnswer = 10_000;

/** A result that is a text, as the answer of a model about a picture. */
function answerLines(run: Run, workflow: Workflow): string[] {
	const [result] = resultFiles(run);
	if (!result || run.outputsDeletedAt || outputKind(result.name) !== 'text') {
		return [];
	}

	try {
		const file = path.join(workflow.runFolder(run.id), 'outputs', result.name);
		const text = readFileSync(file, 'utf8').trim();
		const rest = text.length > longestAnswer ? ['  \u2026'] : [];
		const lines = text.slice(0, longestAnswer).split('\n');
		return ['answer', ...lines.map(line => `  ${cleanText(line)}`), ...rest];
	} catch {
		// The file is listed above; whether it is there, `cosmos verify` says.
		return [];
	}
}

/** What made the result; for an imported run, what its archive says. */
function provenanceLines(run: Run): string[] {
	const rows = provenanceRows(run).map(([name, text]) => `  ${name.padEnd(20)} ${cleanText(text)}`);
	return rows.length === 0 ? [] : [`made by${run.imported ? ', says the archive' : ''}`, ...rows];
}

function runText({run, shown}: ShownRun, workflow: Workflow): string {
	const lines = [
		`${run.id}  ${statusSigns[shown]} ${shown}${run.simulated ? '  (simulated)' : ''}`,
		...('failure' in run
			? [`reason    ${run.failure.message}`, `          ${run.failure.hint}`]
			: []),
		...('exitCode' in run ? [`exit code ${run.exitCode}`] : []),
		run.promptId
			? `prompt    ${run.promptId}  ${run.promptName}`
			: `video     ${run.inputs[0]?.path}`,
		`job       ${jobKind(run)}, ${run.model}, host ${run.host}, slot ${run.lane}`,
		...(run.server ? describeServer(run.server) : []).map(
			(line, at) => `${at === 0 ? 'server  ' : '        '}  ${line}`,
		),
		...recipeLines(run),
		...(run.sweep ? [`sweep     ${run.sweep.id}: ${describePoint(run.sweep.axes)}`] : []),
		...(run.dataset ? [`dataset   ${run.dataset}`] : []),
		...batchLines(run),
		...(run.waitingFor ? [`waits     for ${run.waitingFor}`] : []),
		`created   ${formatLocalTime(run.createdAt)}`,
		...(run.imported ? [`imported  ${formatLocalTime(run.imported.at)}`] : []),
		...tookLine(run),
		...opinionLines(run),
		`folder    ${workflow.runFolder(run.id)}`,
		'settings',
		...settingValues(run).map(
			({row, value}) => `  ${flagName(row.key).slice(2).padEnd(20)} ${value}`,
		),
	];
	lines.push(...provenanceLines(run));
	if ('outputs' in run && run.outputs) {
		const deleted = run.outputsDeletedAt;
		lines.push(deleted ? `outputs, deleted ${formatLocalTime(deleted)}` : 'outputs');
		for (const {name, size, sha256} of run.outputs) {
			const file = path.join(workflow.runFolder(run.id), 'outputs', name);
			lines.push(`  ${file}  ${formatBytes(size)}  sha256 ${sha256}`);
		}

		lines.push(...answerLines(run, workflow));
	}

	lines.push(...measureLines(run));
	if (run.refused) {
		lines.push(`left on ${run.host}, in cosmos-runs/${run.batch?.id ?? run.id}/outputs`);
		lines.push(...run.refused.map(({name, why}) => `  ${JSON.stringify(name)}  ${why}`));
	}

	return lines.map(line => `${line.trimEnd()}\n`).join('');
}
