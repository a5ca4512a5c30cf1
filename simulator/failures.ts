/**
 * `COSMOS_SIMULATE` makes the simulator fail, or be a nuisance, in one or several real ways: words
 * with commas or blanks between them.
 *
 * A word with `@N` after its name concerns only the Nth video or prompt of a batch, counted from 1:
 * `oom@2`, `exit@3=7`. Transfer2.5 goes on after a blocked prompt; Transfer1 ends there, with a
 * TypeError, and begins no later one.
 *
 * Ends the run:
 *   guardrail       the safety filter blocks the prompt: log lines, traceback, status 1; enhancing
 *                   a prompt has no filter
 *   guardrail-video the same for the finished video; Transfer2.5 ends well, without a word or video
 *   oom             the GPU's memory is full at the first step: traceback, status 1
 *   gpu-in-use      another process has the GPU's memory: vLLM, which enhances prompts, does not start
 *   crash-late      a CUDA error in the middle of the steps: traceback, status 1
 *   exit=N          ends with status N (0 to 255) in the middle of the steps, without a word
 *   killed          SIGKILL to itself in the middle of the steps
 *   no-output       status 0, but no result
 *   empty-answer    enhancing a prompt gives blanks, status 0; so does a question to Cosmos 3
 *   same-answer     enhancing a prompt gives its text back, status 0; Cosmos 3 answers in prose alone
 *   hang            stops printing in the middle of the steps, permanently; TERM and INT end it
 *   hang-hard       the same, but from its start TERM, INT and HUP only make it say that they are
 *                   ignored
 *
 * Ends a run of Cosmos 3, and does nothing to the others:
 *   broken-install  PyTorch does not fit: traceback, status 1
 *   driver          no driver is found: traceback, status 1
 *   old-driver      it is too old for PyTorch
 *   old-gpu         the GPU is too old for PyTorch
 *   no-uv           `uv`, which downloads the models, is not installed
 *   no-token        Hugging Face asks who it is
 *   gated           Hugging Face gives the model only to those who accepted its terms
 *   oom-loading     the GPU's memory is full before the model is loaded
 *   fail            the sample cannot be saved: the run ends, or goes on with `--keep-going`
 *   killed-saving   SIGKILL to itself between the video and `sample_outputs.json`
 *   dead-rank       the last of several processes ends in the middle of the steps, and with it all
 *   nccl            the processes wait for each other until their watchdog ends them: status 134
 *
 * Makes trouble for the clients of a server, `vllm serve`:
 *   lost-answer     the first request is taken, but its answer never arrives
 *   lost-request    the first request never arrives
 *   old-api         it has no jobs
 *   record          it writes to the file `videos.log` of its working folder which seeds it begins and completes
 *
 * Shows more than the real program:
 *   step-bars       Transfer1 draws a bar of each step, not of clips alone
 *
 * Continues to the end:
 *   loud[=LINES]    100,000 log lines as fast as they are read
 *   pace=N          no more than N of these in a second
 *   long-line[=N]   one line of 102,400 characters
 *   bars[=N]        90,000 redraws of a progress bar and nothing else in the log, no line end
 *   garbage         bytes that are no text, hostile terminal escapes, characters cut in two
 *   undrawn         the files of a result hold a word in place of a picture: quick; Cosmos 3 only
 *   hold            waits in the middle of the steps until the file `go-on` is in the working folder
 *
 * And a time:
 *   model-load=S    seconds that loading the model takes
 *
 * `COSMOS_SIMULATE_STEP` is the time of one step in seconds; 0 is as fast as can be, with no wait
 * for the model either.
 */
import {existsSync} from 'node:fs';
import {setTimeout} from 'node:timers/promises';
import {ExitError, type Frame, PythonError} from './python/python-error.js';

const takesNumber = {
	guardrail: 'no',
	'guardrail-video': 'no',
	oom: 'no',
	'gpu-in-use': 'no',
	'crash-late': 'no',
	exit: 'must',
	killed: 'no',
	'no-output': 'no',
	'empty-answer': 'no',
	'same-answer': 'no',
	hang: 'no',
	'hang-hard': 'no',
	hold: 'no',
	'step-bars': 'no',
	loud: 'may',
	pace: 'must',
	'long-line': 'may',
	bars: 'may',
	garbage: 'no',
	'model-load': 'must',
	'broken-install': 'no',
	driver: 'no',
	'old-driver': 'no',
	'old-gpu': 'no',
	'no-uv': 'no',
	'no-token': 'no',
	gated: 'no',
	'oom-loading': 'no',
	fail: 'no',
	'killed-saving': 'no',
	'dead-rank': 'no',
	nccl: 'no',
	undrawn: 'no',
	'lost-answer': 'no',
	'lost-request': 'no',
	'old-api': 'no',
	record: 'no',
} as const;

type Word = keyof typeof takesNumber;

/** What the environment asks for. */
export type Simulation = {
	words: ReadonlyMap<Word, number | undefined>;
	/** Words that concern one item of a batch only, counted from 1; they are in `words` too. */
	items: ReadonlyMap<Word, number>;
	/** Seconds. */
	stepTime: number;
	modelLoad: number;
};

/** @throws ExitError (2) that names the word which is none, or the number which is none */
export function readSimulation(env: NodeJS.ProcessEnv): Simulation {
	const words = new Map<Word, number | undefined>();
	const items = new Map<Word, number>();
	for (const text of (env.COSMOS_SIMULATE ?? '').split(/[\s,]+/)) {
		if (text !== '') {
			const {word, number, item} = readWord(text);
			words.set(word, number);
			if (item !== undefined) {
				items.set(word, item);
			}
		}
	}

	const stepText = env.COSMOS_SIMULATE_STEP?.trim() ?? '';
	const stepTime = stepText === '' ? 0.12 : Number(stepText);
	if (!(stepTime >= 0 && stepTime <= 3600)) {
		throw wrong(`COSMOS_SIMULATE_STEP is seconds from 0 to 3600, not "${stepText}"`);
	}

	const modelLoad = words.get('model-load') ?? (stepTime === 0 ? 0 : 1);
	return {words, items, stepTime, modelLoad};
}

/** What of a simulation concerns some items of a batch, counted from 0. */
export function forItems(simulation: Simulation, indexes: readonly number[]): Simulation {
	const words = [...simulation.words].filter(([word]) => {
		const item = simulation.items.get(word);
		return item === undefined || indexes.includes(item - 1);
	});
	return {...simulation, words: new Map(words)};
}

function readWord(text: string): {word: Word; number?: number; item?: number} {
	const [, name = '', item, value] = /^([^=@]*)(?:@([1-9]\d*))?(?:=(.*))?$/.exec(text) ?? [];
	if (!Object.hasOwn(takesNumber, name)) {
		const known = Object.keys(takesNumber).join(', ');
		throw wrong(`COSMOS_SIMULATE: unknown word "${text}"; there is: ${known}`);
	}

	const takes = takesNumber[name as Word];
	const number = value === undefined || value === '' ? undefined : Number(value);
	const most = name === 'exit' ? 255 : 10_000_000;
	const whole = name === 'model-load' || Number.isInteger(number);
	const right =
		number === undefined
			? value === undefined && takes !== 'must'
			: takes !== 'no' && whole && number >= 0 && number <= most;
	if (!right) {
		throw wrong(`COSMOS_SIMULATE: "${text}" has no right number`);
	}

	return {word: name as Word, number, item: item === undefined ? undefined : Number(item)};
}

function wrong(message: string): ExitError {
	return new ExitError(2, `simulator: ${message}\n`);
}

/** What has to be in place before the program's first word, for a signal can come right after it. */
export function ignoreSignals({words}: Simulation): void {
	if (words.has('hang-hard')) {
		for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
			process.on(signal, () => process.stderr.write(`${signal} ignored\n`));
		}
	}
}

const pipeline = 'cosmos_transfer1/diffusion/inference/world_generation_pipeline.py';
const generating: readonly Frame[] = [
	{
		file: 'cosmos_transfer1/diffusion/inference/transfer.py',
		line: 424,
		name: '<module>',
		code: 'demo(args, control_inputs)',
	},
	{
		file: 'cosmos_transfer1/diffusion/inference/transfer.py',
		line: 361,
		name: 'demo',
		code: 'batch_outputs = pipeline.generate(',
	},
];
const sampling: readonly Frame[] = [
	...generating,
	{file: pipeline, line: 640, name: '_run_model', code: 'latents = generate_world_from_control('},
];

/** How the run ends when the safety filter has fired; the log line comes before it. */
export function guardrailError(): PythonError {
	return new PythonError(
		'TypeError',
		'cannot unpack non-iterable NoneType object',
		generating.slice(0, 1),
	);
}

/**
 * Fails as the environment asks, before a step is done.
 * @param index the step, counted from 0
 */
export async function failAtStep(
	{words}: Simulation,
	index: number,
	steps: number,
	/** Where in the program that is. */
	frames: readonly Frame[] = sampling,
): Promise<void> {
	if (words.has('oom') && index === 0) {
		throw outOfMemory('torch.cuda.OutOfMemoryError', frames);
	}

	if (index !== Math.floor(steps / 2)) {
		return;
	}

	if (words.has('crash-late')) {
		throw new PythonError(
			'RuntimeError',
			'CUDA error: an illegal memory access was encountered',
			frames,
		);
	}

	const status = words.get('exit');
	if (status !== undefined) {
		throw new ExitError(status);
	}

	if (words.has('killed')) {
		killSelf();
	}

	while (words.has('hold') && !existsSync('go-on')) {
		await setTimeout(20);
	}

	if (words.has('hang') || words.has('hang-hard')) {
		await new Promise(() => setInterval(() => {}, 60_000));
	}
}

export function killSelf(): never {
	process.kill(process.pid, 'SIGKILL');
	// The first process of a container cannot kill itself; to the outside this is the same.
	process.exit(137);
}

/** @param type the error's name, which depends on the version of PyTorch */
export function outOfMemory(type: string, frames: readonly Frame[]): PythonError {
	return new PythonError(
		type,
		'CUDA out of memory. Tried to allocate 2.20 GiB. GPU 0 has a total capacity of 79.11 GiB ' +
			'of which 1.02 GiB is free. Process 4242 has 78.08 GiB memory in use.',
		frames,
	);
}
