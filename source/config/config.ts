import path from 'node:path';
import {CosmosError} from '../domain/errors.js';
import type {PictureChoice} from '../domain/graphics.js';
import {enhancerName} from '../domain/hosts/endpoint.js';
import type {Host} from '../domain/hosts/host.js';
import {anyHost, demoName} from '../domain/hosts/host-choice.js';
import {newHostModel, unnamedModel, usualPlaces} from '../domain/models/families.js';
import type {NoticeKind, NoticeTime} from '../domain/notice.js';
import type {OwnCommand} from '../domain/own-command.js';
import type {ThemeName} from '../domain/theme-name.js';
import type {Recipe} from '../domain/types.js';
import type {EngineKinds} from '../executor/engine/engine-kind.js';
import {defaultEngine, engines} from '../executor/engine/engines.js';
import type {ConfigFile, HostEntry} from './config-file.js';
import {findHost, type Hosts} from './find-host.js';
import {completeEngine, mergeEntries, wordsOf} from './host-entry.js';
import {chooseMeasures, type MeasuresConfig} from './measures.js';
import {chooseNotify, type NotifyConfig} from './notify.js';
import {dataPlace, expandHome, namedConfig, projectConfig, userConfig} from './places.js';
import {isTrusted, readProject, splitUntrusted, type Withheld} from './project-trust.js';
import {readConfigFile} from './read-config-file.js';
import {recipesIn} from './recipes.js';
import {type ConfigFiles, mergeNamed, mergeTable, type Sourced} from './sources.js';

export type Config = {
	/** Absolute path of the data folder. */
	dataDir: string;
	defaultHost: string;
	/** The project's file names another one that does not count, and no variable does. */
	defaultIsWithheld?: boolean;
	hosts: Host[];
	/** Jobs of the user's own, in the order of the files. */
	recipes: Recipe[];
	/** Commands of the user's own for the dashboard, in the order of the files. */
	commands: OwnCommand[];
	/** The command that opens a video, as words in one text; absent for the system's own. */
	openCommand?: string;
	/** How the terminal is notified that a queued job has ended. */
	notice: NoticeKind;
	/** How else the ends of queued jobs are reported; absent: not at all. */
	notify?: NotifyConfig;
	/** What is measured of a result that arrives, and its limits. */
	measures: MeasuresConfig;
	/** When the dashboard does. */
	noticeWhen: NoticeTime;
	theme: ThemeName;
	/** Looks of the theme's roles in words, in place of the theme's own. */
	colors: NonNullable<ConfigFile['colors']>;
	/** How the pictures of videos are drawn in the dashboard. */
	pictures: PictureChoice;
	/** Whether the dashboard uses the mouse. */
	mouse: boolean;
	/** Keys of the dashboard's commands, by their names, separated by spaces. */
	keys: Readonly<Record<string, string>>;
	/** Every value in force with its source. */
	sources: Sourced[];
	/** What the project's file sets but may not, because it is not trusted. */
	withheld?: Withheld;
};

/** What the dashboard takes of it. */
export type DashboardConfig = Pick<
	Config,
	'keys' | 'commands' | 'mouse' | 'theme' | 'colors' | 'pictures' | 'notice' | 'noticeWhen'
> & {
	/** The command that opens a video; undefined for the system's own. @throws CosmosError when it is withheld */
	findOpener: () => string | undefined;
};

export type ConfigInput = {
	env: NodeJS.ProcessEnv;
	/** Folder whose `cosmos.toml` counts. */
	cwd: string;
	/** `--data` and `--config`. */
	dataDir?: string;
	configFile?: string;
	/** The hash of a project's file that is trusted for this call: `--trust-project`. */
	trustProject?: string;
	/** The built simulator, for the demo host. */
	simulator: string;
	/** The engines that a host may use. @default all of the product */
	engines?: EngineKinds;
};

/**
 * The current configuration: built-in values, the user's file, the project's file, the
 * environment, flags; later ones win.
 * @throws CosmosError (configuration) that names the file, the line and the nearest right key
 */
export async function loadConfig(input: ConfigInput): Promise<Config> {
	const {env} = input;
	const named = namedConfig(env, input.cwd, input.configFile);
	const kinds = input.engines ?? engines;
	const own = await readConfigFile(named ?? userConfig(env), named !== undefined, kinds);
	const {project, withheld} = await projectPart(input, named, own?.content);
	const files = [own, project].filter(file => file !== undefined);

	const sources: Sourced[] = [];
	const {path: dataDir, from} = dataPlace(env, input.cwd, input.dataDir);
	sources.push({key: 'data', value: dataDir, from});
	const entries = new Map<string, HostEntry>();
	for (const {file, content} of files) {
		for (const [name, entry] of Object.entries(content.hosts ?? {})) {
			entries.set(name, mergeEntries(entries.get(name), entry));
			for (const [key, value] of wordsOf(entry)) {
				sources.push({key: `hosts.${name}.${key}`, value: JSON.stringify(value), from: file});
			}
		}
	}

	const hosts = [
		...(await Promise.all(
			[...entries].map(([name, entry]) => completeHost(name, entry, sources, kinds)),
		)),
		demoHost(dataDir, input.simulator),
		// The last one: the first is the default.
		...enhancerHosts(dataDir, input.simulator, files, sources),
	];
	checkNames(hosts, sources);
	const defaultHost = chooseDefaultHost({hosts, withheld}, files, env, sources);
	const opener = files.findLast(({content}) => content.open !== undefined);
	if (opener) {
		sources.push({key: 'open', value: opener.content.open as string, from: opener.file});
	}

	const recipes = recipesIn(files, sources);
	// A command of a later file overrides an earlier one, as a whole.
	const commands = mergeNamed('commands', files, sources);
	const notify = chooseNotify(files, sources);
	return {
		dataDir,
		defaultHost,
		hosts,
		recipes,
		commands: commands.map(([name, entry]) => ({name, ...entry})),
		openCommand: opener?.content.open,
		notice: chooseWord('notice', 'auto', files, sources),
		noticeWhen: chooseWord('notice_when', 'unfocused', files, sources),
		theme: chooseWord('theme', 'auto', files, sources),
		colors: mergeTable('colors', files, sources),
		pictures: chooseWord('pictures', 'auto', files, sources),
		mouse: chooseWord('mouse', true, files, sources),
		keys: mergeTable('keys', files, sources),
		...(notify && {notify}),
		measures: await chooseMeasures(files, recipes, sources),
		sources,
		...(withheld && {withheld}),
		...(withheld?.keys.includes('default_host') && !env.COSMOS_HOST && {defaultIsWithheld: true}),
	};
}

/** The part of the project's file that applies. A file that the user has named is the user's own. */
async function projectPart(
	{cwd, env, trustProject, engines: kinds}: ConfigInput,
	named: string | undefined,
	own: ConfigFile | undefined,
): Promise<{project?: {file: string; content: ConfigFile}; withheld?: Withheld}> {
	const project = named === projectConfig(cwd) ? undefined : await readProject(cwd, kinds);
	if (!project || (await isTrusted(project, env, trustProject))) {
		return {project};
	}

	const {file} = project;
	const ownHosts = [...Object.keys(own?.hosts ?? {}), demoName];
	const {content, keys} = splitUntrusted(project.content, ownHosts);
	return {project: {file, content}, ...(keys.length > 0 && {withheld: {file, keys}})};
}

/**
 * The host that needs no configuration: this machine, no container, and the simulator that ships
 * with the package in the model's place.
 */
export function demoHost(dataDir: string, simulator: string): Host {
	return {
		name: demoName,
		model: newHostModel,
		transport: 'local',
		engine: 'process',
		ssh: '',
		remoteDir: path.join(dataDir, 'demo-host'),
		image: '',
		docker: [],
		gpus: [0],
		dockerArgs: [],
		env: ['COSMOS_SIMULATE', 'COSMOS_SIMULATE_STEP'],
		prefix: [process.execPath, simulator],
		simulated: true,
	};
}

/**
 * The host that stands for the chat endpoint of the last file that names one. Its jobs are requests by a
 * program of this machine, which is built beside the simulator.
 */
function enhancerHosts(
	dataDir: string,
	simulator: string,
	files: ConfigFiles,
	sources: Sourced[],
): Host[] {
	const inFile = files.findLast(({content}) => content.enhancer !== undefined);
	const entry = inFile?.content.enhancer;
	if (!entry) {
		return [];
	}

	for (const [key, value] of Object.entries(entry)) {
		sources.push({key: `enhancer.${key}`, value: JSON.stringify(value), from: inFile.file});
	}

	const {url, model, key_env: keyEnv, images = false, time_limit: answerLimit = 120} = entry;
	return [
		{
			...demoHost(dataDir, simulator),
			name: enhancerName,
			remoteDir: path.join(dataDir, enhancerName),
			gpus: [],
			env: keyEnv === undefined ? [] : [keyEnv],
			prefix: [process.execPath, path.join(path.dirname(simulator), 'enhancer.js')],
			model: 'cosmos3',
			simulated: false,
			endpoint: {url, model, ...(keyEnv !== undefined && {keyEnv}), images, answerLimit},
		},
	];
}

function chooseDefaultHost(
	{hosts, withheld}: Hosts,
	files: ConfigFiles,
	env: NodeJS.ProcessEnv,
	sources: Sourced[],
): string {
	const inFile = files.findLast(({content}) => content.default_host !== undefined);
	const [value, from] = env.COSMOS_HOST
		? [env.COSMOS_HOST, 'COSMOS_HOST']
		: inFile
			? [inFile.content.default_host as string, inFile.file]
			: [(hosts[0] as Host).name, 'default'];
	findHost({hosts, withheld}, value, `default host (${from})`);
	sources.push({key: 'default_host', value, from});
	return value;
}

/** One of a few values: from the last file that sets it. */
function chooseWord<K extends 'notice' | 'notice_when' | 'theme' | 'pictures' | 'mouse'>(
	key: K,
	usual: NonNullable<ConfigFile[K]>,
	files: ConfigFiles,
	sources: Sourced[],
): NonNullable<ConfigFile[K]> {
	const inFile = files.findLast(({content}) => content[key] !== undefined);
	const value = inFile?.content[key] ?? usual;
	sources.push({key, value: String(value), from: inFile?.file ?? 'default'});
	return value;
}

/** Names are unique: a launch uses hosts, groups and `any` alike. */
function checkNames(hosts: readonly Host[], sources: readonly Sourced[]): void {
	const clash = (host: Host, key: string, what: string, other: string) => {
		const file = sources.find(source => source.key.startsWith(`hosts.${host.name}.${key}`))?.from;
		return new CosmosError('configuration', `${file}: ${what} has the name of ${other}`, {
			hint: 'Both can be named when launching: rename one of them.',
		});
	};

	for (const host of hosts) {
		if (host.name === anyHost) {
			throw clash(host, '', `[hosts.${anyHost}]`, `"${anyHost}", which means every host`);
		}

		if (host.name === enhancerName && !host.endpoint && hosts.some(({endpoint}) => endpoint)) {
			throw clash(host, '', `[hosts.${enhancerName}]`, `[${enhancerName}], the endpoint`);
		}

		for (const group of host.groups ?? []) {
			const what = `group "${group}" of [hosts.${host.name}]`;
			if (group === anyHost) {
				throw clash(host, 'groups', what, `"${anyHost}", which means every host`);
			}

			if (hosts.some(({name}) => name === group)) {
				throw clash(host, 'groups', what, `the host [hosts.${group}]`);
			}
		}
	}
}

async function completeHost(
	name: string,
	entry: HostEntry,
	sources: readonly Sourced[],
	kinds: EngineKinds,
): Promise<Host> {
	const engine = entry.engine ?? defaultEngine;
	const file = sources.find(source => source.key.startsWith(`hosts.${name}.`))?.from ?? '';
	const {
		needsImage,
		gpus = [0],
		...ofEngine
	} = await completeEngine({name, engine, file}, entry, kinds);
	const need = (key: 'remote_dir' | 'image', example: string): string => {
		const value = entry[key];
		if (value === undefined) {
			throw new CosmosError('configuration', `${file}: [hosts.${name}] has no ${key}`, {
				hint: `Add a line such as ${key} = "${example}".`,
			});
		}

		return value;
	};

	const usual = usualPlaces(entry.model ?? unnamedModel);
	const host: Host = {
		name,
		transport: entry.ssh === 'local' ? 'local' : 'ssh',
		engine,
		ssh: entry.ssh ?? name,
		user: entry.user,
		port: entry.port,
		key: entry.key && expandHome(entry.key),
		...(entry.transport && {sshClient: entry.transport}),
		remoteDir: need('remote_dir', usual.remoteDir),
		image: needsImage ? need('image', usual.image) : '',
		docker: (entry.docker ?? 'docker').split(/\s+/),
		gpus: entry.gpus?.flat() ?? gpus,
		...(entry.gpus?.some(Array.isArray) && {gpuSets: entry.gpus as number[][]}),
		groups: entry.groups ?? [],
		dockerArgs: entry.docker_args ?? [],
		...(entry.extra_args && {extraArgs: entry.extra_args}),
		env: entry.env ?? ['HF_TOKEN'],
		...(entry.hf_token_file && {tokenFile: expandHome(entry.hf_token_file)}),
		prefix: entry.prefix ?? [],
		model: entry.model,
		...ofEngine,
		shared: entry.shared,
		simulated: entry.simulated ?? false,
		batchSizes: entry.batch_sizes,
	};
	if (entry.servers === undefined) {
		return host;
	}

	const {completeServers} = await import('./servers.js');
	return {...host, servers: completeServers(host, entry.servers, file)};
}
