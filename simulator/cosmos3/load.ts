import {setTimeout as wait} from 'node:timers/promises';
import {PythonError} from '../python/python-error.js';
import {noMemory, type Run} from './run.js';

/** Downloads and loads the guardrails and the model: the lines of it, and the time that it takes. */
export async function loadModel(run: Run): Promise<void> {
	const {setup, log, simulation} = run;
	const {checkpoint, cache} = setup;
	const pause = () => wait((simulation.modelLoad / 3) * 1000);
	if (setup.guardrails) {
		await download(run, 'nvidia/Cosmos-Guardrail1', 'd6d4bfa');
		await log.line(
			'WARNING',
			'auxiliary/guardrail/common/presets.py:58:create_video_guardrail_runner',
			'Video content safety classifier is disabled in this release; effective guardrail coverage is text checks and face blur only.',
		);
	}

	await pause();
	if (checkpoint.repository !== undefined) {
		await download(run, checkpoint.repository, 'main');
	}

	if (setup.quantization !== undefined && setup.shards > 1) {
		const message = 'Quantization is not supported for DP sharded models.';
		throw new PythonError('ValueError', message);
	}

	const model = 'model/generator/omni_mot_model.py';
	const config = `{'resolution': '${checkpoint.resolution}', 'SIMULATED': True}`;
	await log.line('INFO', `${model}:112:__init__`, `OmniMoTModel: config ${config}`);
	await log.line('WARNING', `${model}:138:__init__`, 'OmniMoTModel: precision torch.bfloat16');
	await pause();
	if (simulation.words.has('oom-loading')) {
		throw noMemory();
	}

	if (checkpoint.sound) {
		const message = 'Sound tokenizer initialized: AVAEInterface';
		await log.line('INFO', `${model}:239:set_up_tokenizers`, message);
	}

	await pause();
	if (cache) {
		const threshold = `diffusion_cache_thresh=${cache.threshold}`;
		await log.line(
			'INFO',
			'model/generator/mot/diffusion_cache.py:812:install_diffusion_cache',
			`Enabled diffusion cache (diffusion-time inference cache) max_num_steps=1 ${threshold} ret_steps=1 cutoff_from_end=1 power_exp=3.0 residual_order=${cache.order}`,
		);
	}
}

const fetchers = 'cosmos_framework/utils/checkpoint_db/hf_cli';

async function download({log, console, simulation}: Run, repository: string, revision: string) {
	const words = [
		...['uv', 'run', '--isolated', '--project', fetchers, '--locked', '--no-default-groups'],
		...['hf', 'download', '--format=json', repository, '--repo-type', 'model'],
		...['--revision', revision, '--include', '*'],
	];
	await log.line('INFO', 'utils/checkpoint_db.py:168:_hf_download', words.join(' '));
	if (simulation.words.has('no-uv')) {
		const message = "[Errno 2] No such file or directory: 'uv'";
		const others = `RuntimeError: Rank 0 download failed: FileNotFoundError: ${message}`;
		throw new PythonError('FileNotFoundError', message, [], others);
	}

	const why = simulation.words.has('no-token')
		? `Error: 401 Client Error. Repository Not Found for ${repository}. If you are trying to access a private or gated repo, make sure you are authenticated.`
		: simulation.words.has('gated')
			? `Error: 403 Client Error. Access to model ${repository} is restricted and you are not in the authorized list. Visit the page of the model to ask for access.`
			: undefined;
	if (why !== undefined) {
		await console.stderr(`${why}\n`);
		const list = words.map(word => `'${word}'`).join(', ');
		const message = `Command '[${list}]' returned non-zero exit status 1.`;
		const others = `RuntimeError: Rank 0 download failed: CalledProcessError: ${message}`;
		throw new PythonError('subprocess.CalledProcessError', message, [], others);
	}
}
