/** Cosmos 3: one model that makes videos and pictures of texts, sources and controls, and that explains them. */
import type {Family} from '../family.js';
import {checkpoints} from './checkpoints.js';
import {endpointEnhancer, reasonerEnhancer} from './enhancers.js';
import {image2image, image2video, text2image, text2video, video2video} from './generate.js';
import {hintRoles} from './hints.js';
import {container, host} from './host.js';
import {cosmos3Memory} from './memory.js';
import {reasoner} from './reasoner.js';
import {transfer} from './transfer.js';

export const cosmos3: Family = {
	name: 'cosmos3',
	title: 'Cosmos 3',
	roles: hintRoles,
	modes: [transfer, image2video, text2video, video2video, text2image, image2image, reasoner],
	enhancers: [reasonerEnhancer, endpointEnhancer],
	checkout: {
		name: 'cosmos-framework',
		needs: 'cosmos_framework',
		also: ['inputs/omni'],
		hint: 'Clone NVIDIA/cosmos-framework there.',
	},
	container,
	host,
	checkpoints,
	memoryFor: cosmos3Memory,
	savesMemory: ['--resolution 480', 'fewer --frames', '--offload-guardrails'],
	savesLoading: ['--offload-guardrails', 'a smaller --checkpoint', 'more GPUs'],
};
