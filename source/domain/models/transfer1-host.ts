/** What Cosmos-Transfer1 needs of its host: the files that NVIDIA's `download_checkpoints.py` makes. */
import type {HostNeeds} from './container.js';

const place = 'checkpoints';
const weights = `${place}/nvidia/Cosmos-Transfer1-7B`;

export const host: HostNeeds = {
	// PyTorch 2.7 for CUDA 12.8, which runs on every driver for CUDA 12.
	driver: {least: 525, for: 'CUDA 12'},
	files: [
		{path: `${weights}/base_model.pt`},
		{path: `${place}/nvidia/Cosmos-Tokenize1-CV8x8x8-720p`},
		{path: `${place}/nvidia/Cosmos-Guardrail1`},
		{path: `${place}/meta-llama/Llama-Guard-3-8B`},
		{path: `${place}/google-t5/t5-11b`},
		...['vis', 'edge', 'depth', 'seg'].map(control => ({
			path: `${weights}/${control}_control.pt`,
			for: `--${control}`,
		})),
		{path: `${weights}/edge_control_distilled.pt`, for: '--distilled'},
		{path: `${weights}/4kupscaler_control.pt`, for: 'cosmos upscale'},
		{
			path: `${place}/nvidia/Cosmos-UpsamplePrompt1-12B-Transfer`,
			for: 'cosmos prompt-enhance',
		},
		{path: `${place}/depth-anything`, for: 'depth without a file'},
		{path: `${place}/facebook`, for: 'seg without a file'},
		{path: `${place}/IDEA-Research`, for: 'seg without a file'},
	],
};
