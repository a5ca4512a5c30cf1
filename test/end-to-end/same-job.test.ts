import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {CosmosError} from '../../source/domain/errors.js';
import type {LaunchRequest} from '../../source/domain/launch-request.js';
import {
	flagName,
	type Operation,
	type Setting,
	type SettingsOf,
	weightNames,
} from '../../source/domain/settings.js';
import {conflictIn} from '../../source/domain/settings-check.js';
import {kindName, kinds, tableOfKind} from '../../source/domain/settings-tables.js';
import type {Prompt} from '../../source/domain/types.js';
import {createWorkflow} from '../../source/index.js';
import {samplesFolder} from '../../source/package-root.js';
import {runQueue} from '../../source/queue/queue-worker.js';
import type {FormTarget} from '../../source/screens/launch/form-target.js';
import {launchForm, requestsOf} from '../../source/screens/launch/launch-form.js';
import type {LaunchPlan, Workflow} from '../../source/workflow/workflow-types.js';
import {openShell, type Shell} from '../commands/in-process.js';

const config = `[recipes.copy]
command = ["cp", "{inputs}/color.mp4", "{outputs}/{seed}.mp4"]
outputs = ["*.mp4"]
`;

let shell: Shell;
let workflow: Workflow;
let prompt: Prompt;
const video = path.join(samplesFolder(), 'city-night', 'color.mp4');

beforeAll(async () => {
	shell = await openShell();
	for (const folder of ['cosmos', 'etc/cosmos']) {
		mkdirSync(path.join(shell.folder, folder), {recursive: true});
		writeFileSync(path.join(shell.folder, folder, 'config.toml'), config);
	}

	workflow = await createWorkflow({
		dataDir: shell.data,
		cwd: shell.folder,
		env: {HOME: shell.folder, XDG_CONFIG_HOME: shell.folder},
	});
	prompt = await workflow.createPrompt({
		text: 'A "street" at night; $(rm -rf /)\n\u{1F680}',
		negative: "it's blurred",
		videoDir: path.dirname(video),
	});
});

afterAll(async () => {
	await workflow.close();
	shell.close();
});

type Transfer = SettingsOf<'transfer'>;
type Values = Record<string, string | number | boolean>;

/** Any values that a person may give, as far as they go together. */
function settingsOf(operation: Operation, model = 'transfer1'): fc.Arbitrary<Values> {
	const rows = tableOfKind({operation, model});
	const values = fc.record(Object.fromEntries(rows.map(row => [row.key, anyValue(row)])));
	return operation === 'transfer'
		? values.filter(some => conflictIn(some as Transfer, model) === undefined)
		: values;
}

function anyValue(row: Setting): fc.Arbitrary<string | number | boolean> {
	switch (row.kind) {
		case 'switch':
			return fc.boolean();
		case 'choice':
			return fc.constantFrom(...row.choices);
		case 'text':
			return fc.string();
		case 'integer':
			return fc.integer({min: row.min, max: row.max});
		default: {
			const grid = fc.integer({min: row.min * 1000, max: row.max * 1000});
			return fc.oneof(
				fc.constant(row.min),
				grid.map(steps => steps / 1000),
			);
		}
	}
}

function flagsOf(values: Values, inOne: boolean): string[] {
	const weights = weightNames.map(name => String(values[name]));
	const isWeight = (key: string) => weightNames.some(name => name === key);
	const joined = inOne && 'vis' in values;
	return [
		...(joined ? ['--weights', ...weights] : []),
		...Object.entries(values)
			.filter(([key]) => !(joined && isWeight(key)))
			.flatMap(([key, value]) => {
				const flag = flagName(key);
				return typeof value === 'boolean'
					? [value ? flag : flag.replace('--', '--no-')]
					: [flag, String(value)];
			}),
	];
}

/** What decides about the job: its inputs, its files there, its command, where it runs. */
function jobIn({host, lane, task, files, command, uploads}: LaunchPlan) {
	const {jobId: _, ...rest} = task;
	return JSON.parse(JSON.stringify({host: host.name, lane, task: rest, files, command, uploads}));
}

/** What a worker of the queue launches for the jobs that wait. */
async function launchedByQueue(): Promise<LaunchRequest[]> {
	const launched: LaunchRequest[] = [];
	const launcher = {
		async launch(requests: readonly LaunchRequest[]) {
			launched.push(...requests);
			throw new CosmosError('usage', 'only the request was wanted');
		},
		reach: () => Promise.resolve(),
		recover: () => Promise.reject(new Error('nothing can be taken up')),
	};
	const parts = {
		store: shell.store,
		launcher,
		env: {},
		retryPauses: [],
		slotsFor: () => ['demo gpu0'],
	};
	await runQueue(parts, {}, new AbortController().signal, {once: true});
	return launched;
}

const verbs = {
	transfer: 'inference',
	upscale: 'upscale',
	enhance: 'prompt-enhance',
	recipe: 'recipe',
} as const;

it.each(kinds.map(kind => [kindName(kind), kind] as const))(
	'form, flags, queue and library make the same %s job of the same settings',
	async (_name, {operation, model}) => {
		const families = {transfer: {model}, recipe: {recipe: 'copy'}, enhance: {}, upscale: {}};
		const family = families[operation];
		const {recipes} = workflow;
		const [recipe = expect.fail('no recipe')] = recipes;
		const source = operation === 'upscale' ? video : prompt.id;
		const target: FormTarget = {
			transfer: {operation: 'transfer', prompts: [prompt], together: false} as const,
			enhance: {operation: 'enhance', prompts: [prompt]} as const,
			upscale: {operation: 'upscale', sources: [{name: 'color', video: {video}}]} as const,
			recipe: {operation: 'recipe', recipe, recipes, prompts: [prompt]} as const,
		}[operation];
		const input = operation === 'upscale' ? {video} : {promptId: prompt.id};

		await fc.assert(
			fc.asyncProperty(settingsOf(operation, model), fc.boolean(), async (values, inOne) => {
				const library = {
					...{operation, ...family},
					...{settings: values, host: 'demo', ...input},
				} as LaunchRequest;
				const wanted = jobIn(await workflow.planLaunch(library));

				const settings = values as Transfer;
				const form = launchForm({
					target,
					hosts: ['demo'],
					host: 'demo',
					model,
					first: {name: 'as it ran', settings, begins: true},
				});
				const [fromForm] = requestsOf(form);
				expect(jobIn(await workflow.planLaunch(fromForm as LaunchRequest))).toEqual(wanted);

				const words = [
					...(operation === 'recipe' ? ['copy'] : []),
					...[source, '--host', 'demo', ...(operation === 'transfer' ? ['--model', model] : [])],
					...flagsOf(values, inOne),
				];
				const dry = await shell.cosmos([verbs[operation], ...words, '--dry-run', '--json']);
				expect(dry.stderr).toBe('');
				const [plan] = [JSON.parse(dry.stdout)].flat();
				expect(jobIn(plan)).toEqual(wanted);

				const added = await shell.cosmos(['queue', 'add', verbs[operation], ...words]);
				expect(added.stderr).toBe('');
				const [queued] = await launchedByQueue();
				expect(jobIn(await workflow.planLaunch(queued as LaunchRequest))).toEqual(wanted);
				await workflow.queue.forget();
			}),
			{numRuns: 8},
		);
	},
);

it('a batch has the same tasks as its jobs alone', async () => {
	await fc.assert(
		fc.asyncProperty(settingsOf('transfer'), settingsOf('transfer'), async (one, other) => {
			const weights = Object.fromEntries(weightNames.map(name => [name, other[name]]));
			const isAlone = one.distilled === true || other.distilled === true;
			const requests = [one, {...one, ...(isAlone ? {} : weights)}].map(
				settings => ({promptId: prompt.id, settings, host: 'demo'}) as LaunchRequest,
			);
			const {tasks} = await workflow.planBatch(requests);
			const alone = [];
			for (const request of requests) {
				alone.push((await workflow.planLaunch(request)).task);
			}

			expect(tasks).toEqual(alone);
		}),
		{numRuns: 20},
	);
});
