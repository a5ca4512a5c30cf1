import {ExitError} from '../python/python-error.js';

/** What `vllm serve MODEL --omni …` was given, as far as it changes what the server does. */
export type Serve = {
	model: string;
	host: string;
	port: number;
	guardrails: boolean;
	/** Folder below which `control_path` may name files; none may be named without. */
	mediaPath?: string;
	/** GPUs that the flags divide the model among. */
	gpus: number;
};

const takesValue = new Set([
	'--model-class-name',
	'--allowed-local-media-path',
	'--host',
	'--port',
	'--init-timeout',
	'--tensor-parallel-size',
	'--cfg-parallel-size',
	'--ulysses-degree',
	'--quantization',
	'--cache-backend',
	'--cache-config',
	'--api-key',
	'--max-num-seqs',
]);

const switches = new Set([
	'--omni',
	'--no-guardrails',
	'--enable-layerwise-offload',
	'--enable-cpu-offload',
	'--vae-use-tiling',
	'--vae-use-slicing',
	'--enforce-eager',
	'--trust-remote-code',
]);

const known =
	/^nvidia\/Cosmos3-(?:Nano|Edge|Super|Super-Image2Video|Super-Text2Image|Super-Text2Image-4Step|Super-Image2Video-4Step)$/;

/** @throws ExitError (2) as argparse ends, (1) for a model that is none */
export function readServe(words: readonly string[]): Serve {
	const [verb, model = '', ...rest] = words;
	if (verb !== 'serve' || model === '' || model.startsWith('-')) {
		throw usage('the following arguments are required: model_tag');
	}

	const values = new Map<string, string>();
	for (let at = 0; at < rest.length; at++) {
		const [flag = '', inline] = (rest[at] as string).split(/=(.*)/s);
		if (switches.has(flag)) {
			values.set(flag, '');
		} else if (takesValue.has(flag)) {
			const value = inline ?? rest[++at];
			if (value === undefined) {
				throw usage(`argument ${flag}: expected one argument`);
			}

			values.set(flag, value);
		} else {
			throw usage(`unrecognized arguments: ${rest[at]}`);
		}
	}

	const integer = (flag: string, usual: number) => {
		const text = values.get(flag) ?? String(usual);
		if (!/^\d+$/.test(text)) {
			throw usage(`argument ${flag}: invalid int value: '${text}'`);
		}

		return Number(text);
	};

	if (!values.has('--omni')) {
		throw new ExitError(1, `ValueError: ${model} is no model that is served without --omni\n`);
	}

	if (!known.test(model)) {
		throw new ExitError(1, `OSError: ${model} is not a local folder and is not a valid model\n`);
	}

	return {
		model,
		host: values.get('--host') ?? '0.0.0.0',
		port: integer('--port', 8000),
		guardrails: !values.has('--no-guardrails'),
		mediaPath: values.get('--allowed-local-media-path'),
		gpus: ['--tensor-parallel-size', '--cfg-parallel-size', '--ulysses-degree']
			.map(flag => integer(flag, 1))
			.reduce((all, one) => all * one, 1),
	};
}

function usage(message: string): ExitError {
	return new ExitError(
		2,
		`usage: vllm serve [model_tag] [options]\nvllm serve: error: ${message}\n`,
	);
}
