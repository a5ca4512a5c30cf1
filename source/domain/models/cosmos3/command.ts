/** The command lines of Cosmos 3's `inference`, for one GPU and for several. */
import type {KeyOfScope} from '../../settings/settings.js';
import type {Transfer} from '../family.js';
import type {JobPlaces} from '../model-job.js';
import {type SettingWriters, writeSettings} from '../setting-writers.js';
import {findCheckpoint} from './checkpoints.js';
import type {text2videoRows, VideoSettings} from './rows.js';

type ProcessKey = KeyOfScope<typeof text2videoRows, 'process'>;

const switchWords = (flag: string) => (isOn: boolean) => [isOn ? `--${flag}` : `--no-${flag}`];

/** The flags of the process, each of them said. */
export const words: SettingWriters<VideoSettings, ProcessKey, string[]> = {
	checkpoint: name => ['--checkpoint-path', name],
	guardrails: switchWords('guardrails'),
	offloadGuardrails: switchWords('offload-guardrail-models'),
	diffusionCache: switchWords('diffusion-cache'),
	cacheThreshold: threshold => ['--diffusion-cache-thresh', String(threshold)],
};

/** Numbers of GPUs among which the model can be divided. */
const divisions = [8, 4, 2, 1] as const;

/** How many of the GPUs the program uses. */
export function processesFor(gpus: number): number {
	return divisions.find(count => count <= gpus) ?? 1;
}

type CommandParts = {
	file: string;
	folder: string;
	/** `latency`: all GPUs make one result after the other; `throughput`: each makes its own. */
	work: 'latency' | 'throughput';
	/** Where processes that make results of their own leave what they ended with. */
	errors?: string;
};

/** The command for one run or several of one kind. */
export function commandFor(
	{settings}: Transfer,
	{runFolder, gpuCount}: Omit<JobPlaces, 'inputs'>,
	{file, folder, work, errors}: CommandParts,
): string[] {
	const processes = processesFor(gpuCount);
	const needed = processesFor(findCheckpoint(settings.checkpoint).gpus);
	const logWords = work === 'throughput' && errors !== undefined ? [`--log-dir=${errors}`] : [];
	const launcher =
		processes > 1
			? // A free port of its own: other jobs of the machine may start processes as well.
				['torchrun', `--nproc-per-node=${processes}`, '--standalone', ...logWords]
			: ['python'];
	return [
		...launcher,
		...['-m', 'cosmos_framework.scripts.inference'],
		`--parallelism-preset=${work}`,
		...(processes > 1 ? shardWords(processes, needed, work) : []),
		...['-i', `${runFolder}/${file}`],
		...['-o', folder],
		...flagsOf(settings as unknown as VideoSettings),
	];
}

/** The reasoner has no steps that a cache could skip, so it has no settings of one. */
function flagsOf(settings: VideoSettings): string[] {
	const own = Object.entries(words).filter(([key]) => key in settings);
	return writeSettings(Object.fromEntries(own) as typeof words, settings).flat();
}

/** How the weights lie on the GPUs: whole on each where they fit, else divided among all. */
function shardWords(processes: number, needed: number, work: 'latency' | 'throughput'): string[] {
	if (needed === 1) {
		return ['--dp-shard-size=1'];
	}

	return work === 'latency'
		? []
		: [
				`--dp-shard-size=${processes}`,
				...['--dp-replicate-size=1', '--cp-size=1', '--cfgp-size=1'],
			];
}
