import {parse, TomlError} from 'smol-toml';
import * as z from 'zod';
import {CosmosError} from '../domain/errors.js';
import {pictureChoices} from '../domain/graphics.js';
import {endpointUrlProblem} from '../domain/hosts/endpoint.js';
import {checkpoints} from '../domain/models/cosmos3/checkpoints.js';
import {modelNames} from '../domain/models/families.js';
import {nearestWord} from '../domain/nearest-word.js';
import {noticeKinds, noticeTimes} from '../domain/notice.js';
import {
	commandOutputs,
	commandSubjects,
	ownNamePattern,
	wordsProblem,
} from '../domain/own-command.js';
import {type ServerKindName, serverKinds} from '../domain/servers/server-kinds.js';
import {
	argumentProblem,
	failureProblem,
	inputRoles,
	measureProblem,
	nameProblem,
	namesProblem,
	outputProblem,
	progressProblem,
	roleProblem,
	settingNameProblem,
} from '../domain/settings/recipe.js';
import {timeLimit} from '../domain/settings/settings.js';
import {parseLook, themeNames, themeRoles} from '../domain/theme-name.js';
import type {EngineKinds} from '../executor/engine/engine-kind.js';
import {type EngineConfigs, engines, loadEngineConfigs} from '../executor/engine/engines.js';
import {settingSchema} from './recipe-setting.js';

const word = z.string().trim().min(1);
const words = z.array(z.string());
const batchSize = z.int().min(1).max(100);
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
const gpu = z.int().min(0).max(63);

/** `[0, 1]` is one slot of two GPUs, `[[0], [1]]` two slots of one. */
const gpus = z
	.union([z.array(gpu), z.array(z.array(gpu).min(1, 'a slot needs at least one GPU'))], {
		error: 'give GPU indices, [0, 1], or the GPUs of each slot, [[0], [1, 2]]',
	})
	.superRefine((given, context) => {
		const all = given.flat();
		const twice = all.find((index, place) => all.indexOf(index) !== place);
		if (twice !== undefined) {
			context.addIssue({
				code: 'custom',
				message: `GPU ${twice} is listed twice; a GPU belongs to one slot`,
			});
		}
	});

const envName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

/** One `[hosts.NAME.servers.SERVER]`. */
const serverSchema = z.strictObject({
	kind: z.enum(Object.keys(serverKinds) as [ServerKindName, ...ServerKindName[]], {
		error: `there is no kind of server of that name; there is: ${Object.keys(serverKinds).join(', ')}`,
	}),
	checkpoint: z.enum(checkpoints.map(({name: one}) => one)),
	image: word.optional(),
	gpus: z.array(gpu).optional(),
	args: words.optional(),
	idle_stop: z.int().min(10).max(604_800).optional(),
	start_limit: z.int().min(1).max(86_400).optional(),
	url: z
		.string()
		.regex(
			/^http:\/\/[\w.-]+(?::\d{1,5})?\/?$/,
			'must be as the host sees it: http://127.0.0.1:8000',
		)
		.optional(),
});

/** One `[hosts.NAME]` of the file, without the tables of engines. */
const hostSchema = z.strictObject({
	ssh: word.optional(),
	user: word.optional(),
	port: z.int().min(1).max(65_535).optional(),
	key: word.optional(),
	transport: z.enum(['ssh2', 'openssh']).optional(),
	engine: word.optional(),
	image: word.optional(),
	remote_dir: word.optional(),
	docker: word.optional(),
	gpus: gpus.optional(),
	groups: z.array(name).optional(),
	docker_args: words.optional(),
	extra_args: z.partialRecord(z.enum(modelNames), words).optional(),
	env: z.array(envName).optional(),
	hf_token_file: word.optional(),
	prefix: words.optional(),
	model: z.enum(modelNames).optional(),
	shared: z.boolean().optional(),
	simulated: z.boolean().optional(),
	batch_sizes: z.tuple([batchSize, batchSize, batchSize]).optional(),
	servers: z.record(name, serverSchema).optional(),
});

/** A text that passes a check of the domain. */
function checkedText(problemIn: (text: string) => string | undefined) {
	return z.string().superRefine((text, context) => {
		const message = problemIn(text);
		if (message !== undefined) {
			context.addIssue({code: 'custom', message});
		}
	});
}

const {min, max, default: usualLimit} = timeLimit(3600);
const asWords = 'give the program and its arguments as a list: ["python", "run.py"]';
const asPatterns = 'give at least one pattern of expected files: ["*.mp4"]';

const checkAlone = 'kind = "check" and measures, the names of its numbers, go together';

/** One `[recipes.NAME]`. */
const recipeSchema = z
	.strictObject({
		image: word.optional(),
		command: z
			.array(checkedText(argumentProblem), {error: asWords})
			.refine(([program = '']) => program.trim() !== '', {error: asWords}),
		kind: z.literal('check', {error: 'the only kind is "check"'}).optional(),
		measures: z.array(checkedText(measureProblem)).min(1).optional(),
		inputs: z.array(checkedText(roleProblem), {error: 'give a list of roles'}).optional(),
		outputs: z.array(checkedText(outputProblem), {error: asPatterns}).min(1, asPatterns),
		progress: checkedText(progressProblem).optional(),
		time_limit: z.int().min(min).max(max).default(usualLimit),
		settings: z.record(z.string(), settingSchema).optional(),
		failures: z.record(z.string(), word).optional(),
	})
	.superRefine((entry, context) => {
		const {kind, measures, command, settings = {}, failures = {}} = entry;
		const add = (path: string[], message: string | undefined) =>
			message === undefined || context.addIssue({code: 'custom', path, message});
		for (const key of Object.keys(settings)) {
			add(['settings', key], settingNameProblem(key));
		}

		for (const pattern of Object.keys(failures)) {
			add(['failures', pattern], failureProblem(pattern));
		}

		const isWhole = (kind === 'check') === (measures !== undefined);
		add(['measures'], isWhole ? undefined : checkAlone);
		add(
			['command'],
			namesProblem({command, inputs: inputRoles(entry), settings: Object.keys(settings)}),
		);
	});

const recipes = z.record(z.string(), recipeSchema).superRefine((given, context) => {
	for (const key of Object.keys(given)) {
		const message = nameProblem(key);
		if (message !== undefined) {
			context.addIssue({code: 'custom', path: [key], message});
		}
	}
});

/** One `[commands.NAME]`. */
const commandSchema = z
	.strictObject({
		key: word.optional(),
		on: z.enum(commandSubjects),
		run: words.refine(([program = '']) => program.trim() !== '', {
			error: 'give the program and its arguments as a list: ["mpv", "{video}"]',
		}),
		ask: z.record(z.string().regex(ownNamePattern), word).default({}),
		confirm: word.optional(),
		output: z.enum(commandOutputs).default('notice'),
	})
	.superRefine((command, context) => {
		const message = wordsProblem(command);
		if (message !== undefined) {
			context.addIssue({code: 'custom', path: ['run'], message});
		}
	});

const look = z.string().refine(words => parseLook(words) !== undefined, {
	error: 'must be such as "bold cyan", "black on bright-white", "208" or "#1f6feb"',
});

/** `[enhancer]`: the chat endpoint that writes prompts. */
const enhancerSchema = z.strictObject({
	url: checkedText(endpointUrlProblem),
	model: word,
	key_env: envName.optional(),
	images: z.boolean().optional(),
	time_limit: z.int().min(1).max(3600).optional(),
});

const address = checkedText(text =>
	URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
		? undefined
		: 'must be an address such as "https://ntfy.example.com/topic"',
);

/** `[notify]`: how the ends of queued jobs are reported. */
const notifySchema = z.strictObject({
	command: z.array(word).min(1).optional(),
	webhook: address.optional(),
	ntfy: address.optional(),
	digest: z.int().min(1).max(604_800).optional(),
});

/** `[measures]`: what is measured of a result that arrives, and which limits it has. */
const measuresSchema = z.strictObject({
	auto: z.boolean().optional(),
	flag: word.optional(),
	reject: word.optional(),
});

const fileSchema = z.strictObject({
	default_host: word.optional(),
	open: word.optional(),
	notice: z.enum(noticeKinds).optional(),
	notice_when: z.enum(noticeTimes).optional(),
	theme: z.enum(themeNames).optional(),
	colors: z.partialRecord(z.enum(themeRoles), look).optional(),
	pictures: z.enum(pictureChoices).optional(),
	mouse: z.boolean().optional(),
	keys: z.record(word, word).optional(),
	recipes: recipes.optional(),
	commands: z.record(z.string().regex(ownNamePattern), commandSchema).optional(),
	enhancer: enhancerSchema.optional(),
	notify: notifySchema.optional(),
	measures: measuresSchema.optional(),
});

/** A host's keys; an engine's own table is under the engine's name. */
export type HostEntry = z.infer<typeof hostSchema> & {[engine: string]: unknown};
export type ServerEntry = z.infer<typeof serverSchema>;
export type RecipeEntry = z.infer<typeof recipeSchema>;

export type ConfigFile = z.infer<typeof fileSchema> & {hosts?: Record<string, HostEntry>};

/** The whole file's schema, with the known engines. */
function schemaWith(configs: EngineConfigs) {
	const found = Object.entries(configs).flatMap(([engine, {table}]) =>
		table ? [[engine, table] as const] : [],
	);
	const tables: Readonly<Record<string, z.ZodObject>> = Object.fromEntries(found);
	const host = hostSchema.extend({
		engine: z.enum(Object.keys(configs)).optional(),
		...Object.fromEntries(found.map(([engine, table]) => [engine, table.optional()])),
	});
	return {host, tables, file: fileSchema.extend({hosts: z.record(name, host).optional()})};
}

/**
 * @param kinds the engines that a host may name
 * @throws CosmosError (configuration) with file, line and what is wrong there
 */
export async function parseConfig(
	text: string,
	file: string,
	kinds: EngineKinds = engines,
): Promise<ConfigFile> {
	let raw: unknown;
	try {
		raw = parse(text);
	} catch (error) {
		if (error instanceof TomlError) {
			const what = (error.message.split('\n')[0] ?? '').replace('Invalid TOML document: ', '');
			throw new CosmosError('configuration', `${file}:${error.line}: invalid TOML: ${what}`, {
				hint: 'Put text values in quotes.',
				cause: error,
			});
		}

		throw error;
	}

	const schema = schemaWith(await loadEngineConfigs(kinds));
	const checked = schema.file.safeParse(raw);
	if (checked.success) {
		return checked.data;
	}

	throw explainIssue(checked.error.issues[0] as z.core.$ZodIssue, text, file, schema);
}

function explainIssue(
	issue: z.core.$ZodIssue,
	text: string,
	file: string,
	schema: ReturnType<typeof schemaWith>,
): CosmosError {
	const place = issue.path.map(String);
	if (issue.code === 'unrecognized_keys') {
		const key = issue.keys[0] as string;
		const known = Object.keys(tableAt(place, schema).shape);
		const nearest = nearestWord(key, known);
		return new CosmosError(
			'configuration',
			`${file}:${lineOf(text, [...place, key])}: unknown key "${key}"`,
			{hint: nearest ? `Did you mean "${nearest}"?` : `Known keys: ${known.join(', ')}.`},
		);
	}

	return new CosmosError(
		'configuration',
		`${file}:${lineOf(text, place)}: ${place.join('.')}: ${issue.message}`,
		{hint: 'See `cosmos config --help` for the keys and their values.'},
	);
}

function tableAt(
	[section, , engine]: readonly string[],
	{file, host, tables}: ReturnType<typeof schemaWith>,
): z.ZodObject {
	if (section === 'enhancer') {
		return enhancerSchema;
	}

	if (section === 'measures') {
		return measuresSchema;
	}

	if (section === 'commands') {
		return commandSchema;
	}

	if (section === undefined || (section !== 'hosts' && section !== 'recipes')) {
		return file;
	}

	if (section === 'recipes') {
		return recipeSchema;
	}

	if (engine === 'servers') {
		return serverSchema;
	}

	return (engine !== undefined && tables[engine]) || host;
}

/** The line of a key in TOML text, which the parser does not report. Falls back to the nearest table. */
function lineOf(text: string, place: readonly string[]): number {
	const bare = (name: string) => name.replaceAll(/["'\s]/g, '');
	const wanted = bare(place.join('.'));
	let table = '';
	let best = {line: 1, length: 0};
	for (const [index, line] of text.split('\n').entries()) {
		const header = /^\s*\[+\s*([^\]]+?)\s*\]+/.exec(line);
		table = header ? bare(header[1] as string) : table;
		const key = header ? '' : (/^\s*["']?([^="']+?)["']?\s*=/.exec(line)?.[1] ?? '');
		if (!header && key === '') {
			continue;
		}

		const here = [table, bare(key)].filter(part => part !== '').join('.');
		if (here === wanted) {
			return index + 1;
		}

		// The header of a table, or the key of a list, is nearest to its content.
		if (wanted.startsWith(`${here}.`) && here.length > best.length) {
			best = {line: index + 1, length: here.length};
		}
	}

	return best.line;
}
