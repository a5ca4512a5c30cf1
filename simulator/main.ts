/**
 * The simulator: stands in for the programs of the models where there is no GPU, on the demo
 * host and in the tests' containers. It keeps its own rules of what those programs take and
 * refuse, so that it is a check on the rest of this package, and imports none of its models.
 *
 * simulator.js torchrun --nproc_per_node=1 … cosmos_transfer1/diffusion/inference/transfer.py --…
 * simulator.js [python] cosmos_transfer1/diffusion/inference/transfer.py --…
 * simulator.js --controlnet_specs …
 * simulator.js [torchrun …|python] examples/inference.py -i … -o …
 * simulator.js python -m cosmos_framework.scripts.inference -i … -o … --checkpoint-path …
 * simulator.js torchrun --nproc-per-node=4 -m cosmos_framework.scripts.inference …
 * simulator.js vllm serve nvidia/Cosmos3-Nano --omni …
 * simulator.js python cosmos-runs/RUN/upsample.py --request … --result … --checkpoint_dir …
 */
import path from 'node:path';
import {messageOf} from '../source/domain/errors.js';
import {cosmos3} from './cosmos3/inference.js';
import {inferenceModule} from './cosmos3/run.js';
import {ignoreSignals, readSimulation} from './failures.js';
import {inference, inferenceScript} from './inference.js';
import {serve} from './omni/serve.js';
import {processConsole} from './python/console.js';
import {ExitError, endsOf, PythonError, repr, traceback} from './python/python-error.js';
import {childFailed, type Launch, readTorchrun, writeErrors} from './torchrun.js';
import {type Program, transfer} from './transfer.js';
import {transferScript} from './transfer-arguments.js';
import {upsample, upsampleScript} from './upsample.js';

/** The programs that it stands in for, by the end of their path. */
type Play = (words: string[], program: Program & {launched: boolean}) => Promise<void>;
const programs: Readonly<Record<string, Play>> = {
	[inferenceModule]: cosmos3,
	'transfer.py': transfer,
	[upsampleScript]: upsample,
	[inferenceScript]: inference,
};

const console = processConsole();
const checkout = process.cwd();
process.exitCode = await main(process.argv.slice(2));

/** @returns the exit status */
async function main(words: string[]): Promise<number> {
	let launch: (Launch & {launched: boolean}) | undefined;
	try {
		const simulation = readSimulation(process.env);
		ignoreSignals(simulation);
		if (path.basename(words[0] ?? '') === 'vllm') {
			await serve(words.slice(1), simulation, console);
			return 0;
		}

		launch = readLaunch(words);
		const {script, processes, launched} = launch;
		const program = Object.entries(programs).find(([name]) => isProgram(script, name))?.[1];
		if (!program) {
			throw launch.module
				? new ExitError(1, `/usr/bin/python: No module named ${script}\n`)
				: new ExitError(
						2,
						`/usr/bin/python: can't open file ${repr(script)}: [Errno 2] No such file or directory\n`,
					);
		}

		await program(launch.words, {
			console,
			simulation,
			checkout,
			script,
			processes,
			launched,
		});
		return 0;
	} catch (error) {
		const {processes = 1, logDir} = launch ?? {};
		const status = await report(error, processes);
		// torchrun itself would end with 1 whatever its program ended with. The program's own
		// status is handed through, because that is what the tests of the other side need.
		if (launch?.launched && status !== 0) {
			const root =
				error instanceof ExitError
					? error.root
					: {rank: error instanceof PythonError ? error.rank : 0, exitcode: status};
			if (error instanceof PythonError && logDir !== undefined && launch.module) {
				writeErrors(path.resolve(checkout, logDir), endsOf(error, processes));
			}

			await console.stderr(childFailed(launch.script, status, root, processes));
		}

		return status;
	}
}

function isProgram(script: string, name: string): boolean {
	return script === name || script.replaceAll('\\', '/').endsWith(`/${name}`);
}

function readLaunch(words: string[]): Launch & {launched: boolean} {
	const first = words[0] ?? '';
	const command = path.basename(first);
	const at = words.findIndex(word => Object.keys(programs).some(name => isProgram(word, name)));
	if (command === 'torchrun' || (at > 0 && first.startsWith('-'))) {
		return {...readTorchrun(command === 'torchrun' ? words.slice(1) : words), launched: true};
	}

	if (/^python\d*(?:\.\d+)?$/.test(command)) {
		const module = words[1] === '-m';
		const [script = '', ...after] = words.slice(module ? 2 : 1);
		return {processes: 1, script, words: after, launched: false, module};
	}

	return first.startsWith('-') || first === ''
		? {processes: 1, script: transferScript, words, launched: false}
		: {processes: 1, script: first, words: words.slice(1), launched: false};
}

/** Prints what Python would, and gives the status. */
async function report(error: unknown, processes: number): Promise<number> {
	if (error instanceof ExitError) {
		await (error.status === 0 ? console.stdout : console.stderr)(error.stderr);
		return error.status;
	}

	const python =
		error instanceof PythonError
			? error
			: new PythonError('RuntimeError', `the simulator itself failed: ${messageOf(error)}`);
	const text = traceback(python, checkout);
	// With several processes PyTorch puts the rank before every line.
	await console.stderr(
		processes > 1 ? text.replaceAll(/^(?=.)/gm, `[rank${python.rank}]: `) : text,
	);

	return 1;
}
