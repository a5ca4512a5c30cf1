import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {CosmosError} from '../../source/domain/errors.js';
import {slotKeysFor} from '../../source/domain/hosts/host-choice.js';
import {inputsFor, modeOf} from '../../source/domain/models/families.js';
import type {LaunchRequest} from '../../source/domain/settings/launch-request.js';
import {
	flagName,
	type Kind,
	type Operation,
	type Setting,
	type SettingsOf,
	type SettingValue,
	weightNames,
} from '../../source/domain/settings/settings.js';
import {completeSettings, conflictIn} from '../../source/domain/settings/settings-check.js';
import {kindName, kinds, tableOfKind} from '../../source/domain/settings/settings-tables.js';
import type {Prompt} from '../../source/domain/types.js';
import {createWorkflow} from '../../source/index.js';
import {samplesFolder} from '../../source/package-root.js';
import {runQueue} from '../../source/queue/queue-worker.js';
import type {FormTarget} from '../../source/screens/launch/form-target.js';
import {launchForm, requestsOf} from '../../source/screens/launch/launch-form.js';
import type {LaunchPlan, Workflow} from '../../source/workflow/workflow-types.js';
import {openShell, type Shell} from '../commands/in-process.js';
import {anyValue} from '../simulator/any-value.js';

const config = `[recipes.copy]
command = ["cp", "{inputs}/color.mp4", "{outputs}/{seed}.mp4"]
outputs = ["*.mp4"]
[enhancer]
url = "http://127.0.0.1:9/v1"
model = "writer"
`;

let shell: Shell;
let workflow: Workflow;
let prompt: Prompt;
/** With a video alone, an image alone, and no input: for modes that would not use more. */
let videoPrompt: Prompt;
let imagePrompt: Prompt;
let textPrompt: Prompt;
/** By the family that they are for, which says what enhances them. */
const promptsFor = new Map<string, Prompt>();
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
	const image = path.join(shell.folder, 'still.png');
	writeFileSync(image, png);
	const text = 'A street';
	videoPrompt = await workflow.createPrompt({text, files: [video]});
	imagePrompt = await workflow.createPrompt({text, files: [image]});
	textPrompt = await workflow.createPrompt({text});
	for (const model of new Set(kinds.filter(isEnhancement).map(kind => kind.model))) {
		const videoDir = path.dirname(video);
		promptsFor.set(model, await workflow.createPrompt({text, videoDir, model}));
	}
});

afterAll(async () => {
	await workflow.close();
	shell.close();
});

const png = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
	'base64',
);

const isEnhancement = ({operation}: Kind) => operation === 'enhance';

/** The prompt whose inputs a mode is for. */
function promptFor({operation, model, mode}: Kind): Prompt {
	if (operation === 'enhance') {
		return promptsFor.get(model) ?? expect.fail(`no prompt for ${model}`);
	}

	if (operation !== 'transfer' || mode === undefined || mode === 'transfer') {
		return prompt;
	}

	const {requires, requiresOne = []} = modeOf({model, mode});
	const needed = [...requires, ...requiresOne];
	return needed.includes('color')
		? videoPrompt
		: needed.includes('image')
			? imagePrompt
			: textPrompt;
}

type Transfer = SettingsOf<'transfer'>;
type Values = Record<string, string | number | boolean>;

/** Any values that a person may give, as far as they go together. */
function settingsOf(
	operation: Operation,
	model = 'transfer1',
	mode?: string,
): fc.Arbitrary<Values> {
	const rows = tableOfKind({operation, model, mode});
	if (mode !== undefined) {
		const inputs = inputsFor(model, promptFor({operation, model, mode}).inputs);
		const some = Object.fromEntries(rows.map(row => [row.key, typedValue(row)]));
		return fc
			.record(some, {requiredKeys: []})
			.map(values =>
				acceptedOf(values as Values, given =>
					completeSettings(operation, given, model, mode, inputs),
				),
			);
	}

	const values = fc.record(Object.fromEntries(rows.map(row => [row.key, typedValue(row)])));
	return operation === 'transfer'
		? values.filter(some => conflictIn(some as Transfer, model) === undefined)
		: values;
}

/** The values, each left out that cannot be beside those before it. */
function acceptedOf(values: Values, check: (values: Values) => unknown): Values {
	const accepted: Values = {};
	for (const [key, value] of Object.entries(values)) {
		try {
			check({...accepted, [key]: value});
			accepted[key] = value;
		} catch (error) {
			expect(error).toBeInstanceOf(CosmosError);
		}
	}

	return accepted;
}

/** Decimals with at most three digits: what a person types. */
function typedValue(row: Setting): fc.Arbitrary<SettingValue> {
	if (row.kind !== 'number') {
		return anyValue(row);
	}

	const grid = fc.integer({min: row.min * 1000, max: row.max * 1000});
	return fc.oneof(
		fc.constant(row.min),
		grid.map(steps => steps / 1000),
	);
}

function flagsOf(values: Values, inOne: boolean): string[] {
	const weights = weightNames.map(name => String(values[name]));
	const isWeight = (key: string) => weightNames.some(name => name === key);
	const joined = inOne && weightNames.every(name => name in values);
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
		withdraw: () => Promise.reject(new Error('nothing can be given up')),
	};
	const parts = {
		store: shell.store,
		launcher,
		env: {},
		retryPauses: [],
		slotsFor: (target: string) => slotKeysFor(workflow.hosts, target),
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
	async (_name, kind) => {
		const {operation, model, mode} = kind;
		const own = promptFor(kind);
		const host = operation === 'enhance' && mode === 'endpoint' ? 'enhancer' : 'demo';
		const families = {
			transfer: {model, ...(mode !== undefined && {mode})},
			recipe: {recipe: 'copy'},
			enhance: {},
			upscale: {},
		};
		const family = families[operation];
		const {recipes} = workflow;
		const [recipe = expect.fail('no recipe')] = recipes;
		const source = operation === 'upscale' ? video : own.id;
		const target: FormTarget = {
			transfer: {operation: 'transfer', prompts: [own], together: false} as const,
			enhance: {operation: 'enhance', prompts: [own]} as const,
			upscale: {operation: 'upscale', sources: [{name: 'color', video: {video}}]} as const,
			recipe: {operation: 'recipe', recipe, recipes, prompts: [prompt]} as const,
		}[operation];
		const input = operation === 'upscale' ? {video} : {promptId: own.id};

		await fc.assert(
			fc.asyncProperty(settingsOf(operation, model, mode), fc.boolean(), async (values, inOne) => {
				const library = {
					...{operation, ...family},
					...{settings: values, host, ...input},
				} as LaunchRequest;
				const wanted = jobIn(await workflow.planLaunch(library));

				const settings = values as Transfer;
				const form = launchForm({
					target,
					hosts: [host],
					host,
					model,
					mode,
					first: {name: 'as it ran', settings, begins: true},
				});
				const [fromForm] = requestsOf(form);
				expect(jobIn(await workflow.planLaunch(fromForm as LaunchRequest))).toEqual(wanted);

				const words = [
					...(operation === 'recipe' ? ['copy'] : []),
					...[source, '--host', host, ...(operation === 'transfer' ? ['--model', model] : [])],
					...(operation === 'transfer' && mode !== undefined ? ['--mode', mode] : []),
					...flagsOf(values, inOne),
				];
				const dry = await shell.cosmos([verbs[operation], ...words, '--dry-run', '--json']);
				expect(dry.code, dry.stderr).toBe(0);
				// Cosmos 3 warns of values that it was not trained for.
				expect(mode === undefined ? dry.stderr : '').toBe('');
				const [plan] = [JSON.parse(dry.stdout)].flat();
				expect(jobIn(plan)).toEqual(wanted);

				const added = await shell.cosmos(['queue', 'add', verbs[operation], ...words]);
				expect(added.code, added.stderr).toBe(0);
				expect(mode === undefined ? added.stderr : '').toBe('');
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
				settings =>
					({promptId: prompt.id, model: 'transfer1', settings, host: 'demo'}) as LaunchRequest,
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
