/** vLLM-Omni: `vllm serve … --omni`, as in the image `vllm/vllm-omni:cosmos3` (September 2026). */
import {findCheckpoint} from '../../models/cosmos3/checkpoints.js';
import {outputFolder, specFile, specText} from '../../models/model-job.js';
import type {ModelServer, ServerKind} from '../server.js';
import {helperFile, helperScript} from './helper-script.js';
import {lackOf, requestFor} from './request.js';

const port = 8000;

/** Flags that divide the model among GPUs: their product is the number of GPUs. */
const degrees = ['--tensor-parallel-size', '--ulysses-degree', '--cfg-parallel-size'] as const;

/** Flags that this product sets, or that would keep its helper out. */
const reserved = ['--host', '--port', '--omni', '--api-key', '--model-class-name', '--uds'];

export const vllmOmni: ServerKind = {
	title: 'vLLM-Omni',
	family: 'cosmos3',
	url: `http://127.0.0.1:${port}`,
	ready: '/health',
	problem(server) {
		const own = server.args.find(word => reserved.includes(word.split('=')[0] as string));
		if (own !== undefined) {
			return `args has ${own}, which cosmos sets itself`;
		}

		if (server.url !== undefined || server.gpus.length === 0) {
			return undefined;
		}

		const needed = findCheckpoint(server.checkpoint).gpus;
		if (server.gpus.length < needed) {
			return `${server.checkpoint} needs ${needed} GPUs, and gpus has ${server.gpus.length}`;
		}

		const given = degreesIn(server.args);
		const product = given.reduce((all, one) => all * one, 1);
		return given.length > 0 && product !== server.gpus.length
			? `args divides the model among ${product} GPUs, and gpus has ${server.gpus.length}`
			: undefined;
	},
	command: server => [
		'vllm',
		'serve',
		`nvidia/${server.checkpoint}`,
		'--omni',
		...['--model-class-name', 'Cosmos3OmniDiffusersPipeline'],
		...['--allowed-local-media-path', '/workspace'],
		// Nobody outside its container reaches it.
		...['--host', '127.0.0.1', '--port', String(port)],
		...['--init-timeout', String(server.startLimit)],
		...divisionFor(server),
		...server.args,
	],
	lacks(task, server) {
		return task.operation === 'transfer' && task.model === 'cosmos3'
			? lackOf(task, server)
			: `it makes videos of Cosmos 3 only`;
	},
	job(task, places, server) {
		const {runFolder, serverFolder} = places;
		const request = {
			server: server.name,
			url: server.url ?? vllmOmni.url,
			ready: vllmOmni.ready,
			readyWithin: server.startLimit,
			isOurs: server.url === undefined,
			result: `${outputFolder}/vision.mp4`,
			...requestFor(task, places, server),
		};
		return {
			files: [
				{name: specFile, text: specText(request)},
				{name: helperFile, text: helperScript},
			],
			command: ['python3', '-u', `${runFolder}/${helperFile}`, runFolder, serverFolder],
		};
	},
	begins: /^the server works on it/,
};

/** The values of the flags that divide the model. */
function degreesIn(args: readonly string[]): number[] {
	return args.flatMap((word, at) => {
		const [flag = '', value = args[at + 1]] = word.split('=');
		const degree = Number(value);
		return degrees.some(one => one === flag) && Number.isInteger(degree) ? [degree] : [];
	});
}

/** Several GPUs are all used, also if the configuration does not say how. */
function divisionFor({args, gpus, checkpoint}: ModelServer): string[] {
	if (gpus.length < 2 || degreesIn(args).length > 0) {
		return [];
	}

	return findCheckpoint(checkpoint).gpus > 1
		? ['--tensor-parallel-size', String(gpus.length)]
		: ['--ulysses-degree', String(gpus.length)];
}
