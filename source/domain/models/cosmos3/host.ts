/** What Cosmos 3 needs of its container and its host, as the docs of NVIDIA/cosmos-framework say (August 2026). */
import type {ContainerNeeds, HostNeeds} from '../container.js';
import {checkpoints} from './checkpoints.js';

export const container: ContainerNeeds = {
	imageFolders: ['/workspace/.venv'],
	// Those of Hugging Face, uv and the inputs.
	cache: '.cache',
	programs: '.venv/bin',
};

export const host: HostNeeds = {
	buildsImage: true,
	install: 'uv sync --all-extras --group=cu130-train',
	downloads: {
		anyOf: checkpoints.map(({name}) => `nvidia/${name}`),
		gated: [`nvidia/${checkpoints[0]?.name}`, 'nvidia/Cosmos-Guardrail1'],
		space: 150,
		access: 'https://huggingface.co/nvidia/Cosmos3-Nano',
	},
	driver: {least: 570, for: 'CUDA 12.8'},
};
