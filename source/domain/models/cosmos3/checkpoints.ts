/** The models of Cosmos 3 on Hugging Face, with what NVIDIA says that each needs. */
import type {SettingValue} from '../../settings/settings.js';
import type {Checkpoint} from '../family.js';

type Model = Checkpoint & {
	/** Modes that it was made for; absent for all. */
	modes?: readonly string[];
	/** Steps of a model that takes no other number, and guides itself. */
	fixedSteps?: number;
	/** GiB: 2 bytes for each of its parameters, and the tokenizers. */
	weights: number;
	/** GiB beside them for a video of 720 lines, as NVIDIA's NIM asks for them. */
	work: number;
	hasSound: boolean;
	/** Resolutions that it was trained for, as NVIDIA says. */
	trained: readonly string[];
};

const tiers = ['256', '480', '720'] as const;

/** 128 GB in all: 64 billion parameters. */
const super4 = {memory: 32, gpus: 4, weights: 119, work: 31} as const;

const models = [
	{
		name: 'Cosmos3-Nano',
		memory: 32,
		gpus: 1,
		// 16 billion parameters: NVIDIA/cosmos pull request 278 measured 34 GB.
		...{weights: 32, work: 26},
		hasSound: true,
		trained: tiers,
	},
	{
		name: 'Cosmos3-Edge',
		gpus: 1,
		// 4 billion parameters. Nobody says what it works with: at most as much as Nano.
		...{weights: 9, work: 26},
		hasSound: false,
		trained: ['256', '480'],
		defaults: {resolution: '480', frames: 121},
	},
	{name: 'Cosmos3-Super', ...super4, hasSound: true, trained: tiers},
	{
		name: 'Cosmos3-Super-Text2Image',
		...super4,
		hasSound: false,
		trained: [...tiers, '768'],
		modes: ['text2image'],
	},
	{
		name: 'Cosmos3-Super-Image2Video',
		...super4,
		hasSound: true,
		trained: tiers,
		modes: ['image2video'],
	},
	{
		name: 'Cosmos3-Super-Text2Image-4Step',
		...super4,
		hasSound: false,
		trained: [...tiers, '768'],
		modes: ['text2image'],
		fixedSteps: 4,
		defaults: {resolution: '768', steps: 4, guidance: 1},
	},
	{
		name: 'Cosmos3-Super-Image2Video-4Step',
		...super4,
		hasSound: false,
		trained: tiers,
		modes: ['image2video'],
		fixedSteps: 4,
		defaults: {resolution: '480', steps: 4, guidance: 1},
	},
] as const satisfies readonly Model[];

export const checkpoints: readonly Checkpoint[] = models;

/** The models that can do a mode, the usual one first. */
export function checkpointsFor(mode: string): string[] {
	const all: readonly Model[] = models;
	return all.filter(({modes}) => modes?.includes(mode) ?? true).map(({name}) => name);
}

export function findCheckpoint(name: SettingValue | undefined): Model {
	const all: readonly Model[] = models;
	return all.find(one => one.name === name) ?? models[0];
}
