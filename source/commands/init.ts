import type {HostEntry} from '../config/config-file.js';
import type {ConfigAddition} from '../config/config-writing.js';
import {namedConfig, userConfig} from '../config/places.js';
import type {Check} from '../domain/check.js';
import {CosmosError} from '../domain/errors.js';
import {tokenName} from '../domain/models/container.js';
import {familyOf, modelNames, newHostModel, usualPlaces} from '../domain/models/families.js';
import type {Family} from '../domain/models/family.js';
import {createLineDecoder} from '../domain/runs/log-lines.js';
import {joinWithOr} from '../domain/text-format.js';
import {simulatorFile} from '../package-root.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {ask, askText} from './choose/ask.js';
import {checksText} from './doctor.js';
import {
	acceptKeyFlag,
	type CommandContext,
	switchFlag,
	textFlag,
	type Verb,
	type Words,
} from './verb.js';

export const init: Verb = {
	name: 'init',
	summary: 'add a GPU host to the configuration after testing it',
	usage: '[NAME] [flags]',
	details: `
Asks for whatever the flags do not give, checks the host as \`cosmos doctor\` does, and adds it to the
configuration file (~/.config/cosmos/config.toml, or --config FILE). The rest of the file is not changed,
and an existing host is never replaced. Nobody publishes an image of Cosmos 3: the command that builds it
from the checkout is shown, and run there if you agree or give --build. Without a terminal all values come
from the flags, and a host that fails the test is not written unless you give --force.`,
	args: [0, 1],
	flags: [
		textFlag('ssh', 'HOST', 'alias of ~/.ssh/config, or a host name'),
		textFlag('user', 'USER', 'login user, if the alias does not set it'),
		textFlag('port', 'N', 'SSH port'),
		textFlag('key', 'FILE', 'private key', {completes: 'file'}),
		textFlag(
			'model',
			'NAME',
			`model family on the host: ${joinWithOr(modelNames)} (default ${newHostModel})`,
			{completes: modelNames},
		),
		textFlag('remoteDir', 'DIR', "the model's checkout on the host"),
		textFlag('image', 'IMAGE', 'the container image'),
		textFlag('engine', 'NAME', 'docker (default), process or slurm'),
		textFlag('docker', 'COMMAND', 'docker, podman, "sudo docker"'),
		textFlag('partition', 'NAME', 'partition of Slurm, with --engine slurm'),
		textFlag(
			'container',
			'KIND',
			'with --engine slurm: none (default), apptainer, pyxis or docker',
		),
		textFlag('gpus', 'LIST', 'GPU indices for a job, e.g. 0,1; none for no GPU'),
		textFlag(
			'hfTokenFile',
			'FILE',
			'local file with the Hugging Face token, if HF_TOKEN is not set',
			{completes: 'file'},
		),
		switchFlag('build', 'build a missing image there without asking'),
		switchFlag('default', 'make it the default host'),
		switchFlag('test', 'test the host before writing', {defaultsOn: true}),
		switchFlag('force', 'write it even if the test found a problem'),
		acceptKeyFlag,
	],
	exitCodes: [[3, 'the file already has that host, or is invalid; other codes come from the test']],
	examples: [
		['cosmos init', 'ask for everything'],
		['cosmos init hpc --engine slurm', 'a cluster: offers the partitions of Slurm'],
		[
			'cosmos init h200 --hf-token-file ~/.hf-token --build',
			'Cosmos 3, with the image built there',
		],
		[
			'cosmos init a100 --model transfer1 --remote-dir "~/cosmos-transfer1" --image cosmos:1',
			'an older model; does not ask',
		],
	],
	async run(context, words) {
		const [name, entry] = await hostFrom(context, words);
		const {planHost, writeAddition} = await import('../config/config-writing.js');
		const file =
			namedConfig(context.env, process.cwd(), words.text('config')) ?? userConfig(context.env);
		const planned = await planHost(file, name, entry, words.on('default'));
		const addition = await withPartition(context, words, name, entry, planned);
		const code = words.off('test') ? 0 : await testAndBuild(context, words, name, addition);
		if (code !== 0 && !(await insists(context, words))) {
			context.note(`${file}: nothing was written\n`);
			return code;
		}

		await writeAddition(addition);
		context.out(`${file}\n`);
		context.note(`host ${name} added; \`cosmos hosts\` lists all\n`);
		return 0;
	},
};

async function hostFrom(context: CommandContext, words: Words): Promise<[string, HostEntry]> {
	const ssh = await readAnswer(
		context,
		words.text('ssh') ?? words.args[0],
		'--ssh',
		'Host (alias or name)',
	);
	const name = words.args[0] ?? (context.canAsk ? await askText(context, 'Name for it', ssh) : ssh);
	if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || name === 'demo') {
		throw new CosmosError('invalid-name', `"${name}" is not a valid host name`, {
			hint: 'Use letters, digits, dots, dashes and underscores; "demo" is reserved.',
		});
	}

	const engine = words.text('engine');
	const slurm = slurmFrom(words);
	if (engine !== undefined) {
		const {engines, findEngine} = await import('../executor/engine/engines.js');
		findEngine(engines, engine);
	}

	const family = await familyFrom(context, words);
	const usual = usualPlaces(family.name);
	const remoteDir = await readAnswer(
		context,
		words.text('remoteDir'),
		'--remote-dir',
		"The model's checkout there",
		usual.remoteDir,
	);
	const image = needsImage(engine, slurm)
		? await readAnswer(
				context,
				words.text('image'),
				'--image',
				family.host?.buildsImage ? 'Container image, built from the checkout' : 'Container image',
				family.host?.buildsImage ? usual.image : undefined,
			)
		: words.text('image');
	const tokenFile = words.text('hfTokenFile') ?? (await askTokenFile(context, family));
	return [
		name,
		{
			ssh,
			user: words.text('user'),
			port: words.whole('port', 1),
			key: words.text('key'),
			engine,
			model: family.name,
			remote_dir: remoteDir,
			image,
			hf_token_file: tokenFile,
			docker: words.text('docker'),
			gpus: gpusFrom(words.text('gpus')),
			slurm,
		},
	];
}

/** The family of models that the host has. */
async function familyFrom(context: CommandContext, words: Words): Promise<Family> {
	const given = words.text('model') ?? (context.canAsk ? undefined : newHostModel);
	const question = `Model family (${modelNames.join(', ')})`;
	return familyOf(given ?? (await askText(context, question, newHostModel)));
}

/** The file with the token for downloads; undefined where it is not needed, or comes by HF_TOKEN. */
async function askTokenFile(context: CommandContext, {host}: Family): Promise<string | undefined> {
	if (!host || !context.canAsk || context.env[tokenName]) {
		return undefined;
	}

	const none = 'none';
	const file = await askText(context, 'Local file with the Hugging Face token', none);
	return file === none ? undefined : file;
}

/** The table of Slurm's words; undefined for another engine. */
function slurmFrom(words: Words): {partition?: string; container?: string} | undefined {
	const [partition, container] = [words.text('partition'), words.text('container')];
	if (words.text('engine') === 'slurm') {
		return {partition, container};
	}

	if (partition !== undefined || container !== undefined) {
		throw new CosmosError('usage', '--partition and --container are for --engine slurm');
	}

	return undefined;
}

function needsImage(engine: string | undefined, slurm: {container?: string} | undefined): boolean {
	return engine === 'slurm' ? (slurm?.container ?? 'none') !== 'none' : engine !== 'process';
}

/**
 * Offers the partitions of a cluster where none is named: asks for one, or says which there are and
 * leaves it to the cluster.
 */
async function withPartition(
	context: CommandContext,
	words: Words,
	name: string,
	entry: HostEntry,
	planned: ConfigAddition,
): Promise<ConfigAddition> {
	const slurm = entry.slurm as ReturnType<typeof slurmFrom>;
	if (slurm === undefined || slurm.partition !== undefined || words.off('test')) {
		return planned;
	}

	const {planHost, tryAddition} = await import('../config/config-writing.js');
	// What keeps it from answering is shown by the test that follows.
	const [usual, ...others] = await tryAddition(planned, file =>
		withWorkflow(context, words, name, file, workflow => workflow.listPartitions(name)),
	).catch(() => []);
	if (usual === undefined) {
		return planned;
	}

	const offered = [usual, ...others].join(', ');
	if (!context.canAsk) {
		context.note(
			`partitions: ${offered}; the first one is used unless --partition names another\n`,
		);
		return planned;
	}

	const partition = await askText(context, `Partition (${offered})`, usual);
	const chosen = {...entry, slurm: {...slurm, partition}};
	return planHost(planned.file, name, chosen, words.on('default'));
}

/** What a flag says, else what a person says. */
async function readAnswer(
	context: CommandContext,
	given: string | undefined,
	flag: string,
	question: string,
	usual?: string,
): Promise<string> {
	if (given !== undefined) {
		return given;
	}

	if (!context.canAsk) {
		throw new CosmosError(
			'no-terminal',
			`${flag} is required when there is no terminal to ask in`,
			{
				hint: 'See `cosmos init --help`.',
			},
		);
	}

	return askText(context, question, usual);
}

function gpusFrom(text: string | undefined): number[] | undefined {
	if (text === undefined) {
		return undefined;
	}

	if (text === 'none') {
		return [];
	}

	const parts = text.split(',').map(part => part.trim());
	if (!parts.every(part => /^\d{1,2}$/.test(part))) {
		throw new CosmosError(
			'usage',
			`--gpus must be a list such as 0,1 or the word none, not "${text}"`,
		);
	}

	return parts.map(Number);
}

/** Tests the host; a missing or outdated image is built there if a person agrees. Returns an exit code. */
async function testAndBuild(
	context: CommandContext,
	words: Words,
	name: string,
	addition: ConfigAddition,
): Promise<number> {
	const checks = await test(context, words, name, addition);
	const isToBuild = checks.some(({code}) => code === 'image-missing' || code === 'image-outdated');
	if (isToBuild && (await offerBuild(context, words, name, addition))) {
		return firstProblem(await test(context, words, name, addition));
	}

	return firstProblem(checks);
}

const firstProblem = (checks: readonly Check[]) =>
	checks.find(({state}) => state === 'problem')?.exitCode ?? 0;

/** Builds the image if its family has none that is published; false if nothing was built. */
async function offerBuild(
	context: CommandContext,
	words: Words,
	name: string,
	addition: ConfigAddition,
): Promise<boolean> {
	const {tryAddition} = await import('../config/config-writing.js');
	return tryAddition(addition, file =>
		withWorkflow(context, words, name, file, async workflow => {
			const command = await workflow.imageBuild(name);
			if (command === undefined) {
				return false;
			}

			context.note(`the image is built there by:\n  ${command}\n`);
			const isAgreed =
				words.on('build') ||
				(context.canAsk && (await ask(context, 'Build it now? This takes several minutes.')));
			if (isAgreed) {
				const decoder = createLineDecoder();
				await workflow.buildImage(name, chunk => {
					context.note(
						decoder
							.push(chunk)
							.map(({text}) => `${text}\n`)
							.join(''),
					);
				});
			}

			return isAgreed;
		}),
	);
}

/** Shows the state of the host. */
async function test(
	context: CommandContext,
	words: Words,
	name: string,
	addition: ConfigAddition,
): Promise<readonly Check[]> {
	const {tryAddition} = await import('../config/config-writing.js');
	const checks = await tryAddition(addition, file =>
		withWorkflow(context, words, name, file, workflow => workflow.diagnose(name)),
	);
	context.note(checksText(checks));
	return checks;
}

/** Does something with a configuration file that is only tried out. */
async function withWorkflow<T>(
	{env}: CommandContext,
	words: Words,
	name: string,
	configFile: string,
	use: (workflow: Workflow) => Promise<T>,
): Promise<T> {
	const {loadConfig} = await import('../config/config.js');
	const {createWorkflow} = await import('../workflow/workflow.js');
	const config = await loadConfig({
		env: {...env, COSMOS_HOST: name},
		cwd: process.cwd(),
		dataDir: words.text('data'),
		configFile,
		simulator: simulatorFile(),
	});
	const workflow = await createWorkflow({config, env, acceptHostKey: words.text('acceptHostKey')});
	try {
		return await use(workflow);
	} finally {
		await workflow.close();
	}
}

async function insists(context: CommandContext, words: Words): Promise<boolean> {
	return words.on('force') || (context.canAsk && ask(context, 'Write it anyway?'));
}
