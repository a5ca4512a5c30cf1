/** Why Cosmos 3 fails, in the words of its log: each with its line and its remedy. */
import {describe, expect, it} from 'vitest';
import {explainExit} from '../../../source/domain/runs/run-status.js';

const kind = {operation: 'transfer', model: 'cosmos3', mode: 'text2video'} as const;

const download = (repository: string) =>
	`subprocess.CalledProcessError: Command '['uv', 'run', '--isolated', '--project', '/workspace/cosmos_framework/utils/checkpoint_db/hf_cli', '--locked', '--no-default-groups', 'hf', 'download', '--format=json', '${repository}', '--repo-type', 'model', '--revision', 'main', '--include', '*']' returned non-zero exit status 1.`;

type Row = {
	name: string;
	log: string;
	code?: number;
	reason: string;
	message: RegExp;
	hint: RegExp;
};

const rows: readonly Row[] = [
	{
		name: 'gated repository',
		log: `Error: 403 Client Error. Access to model nvidia/Cosmos-Guardrail1 is restricted and you are not in the authorized list.\n${download('nvidia/Cosmos-Guardrail1')}`,
		reason: 'program-error',
		message:
			/Hugging Face gives nvidia\/Cosmos-Guardrail1 only to those who have accepted its licence/,
		hint: /Accept it on the page of the model/,
	},
	{
		name: 'missing token',
		log: `Error: 401 Client Error. Repository Not Found for nvidia/Cosmos3-Nano.\n${download('nvidia/Cosmos3-Nano')}`,
		reason: 'program-error',
		message: /refused nvidia\/Cosmos3-Nano: there is no valid HF_TOKEN/,
		hint: /Set HF_TOKEN/,
	},
	{
		name: 'download',
		log: download('nvidia/Cosmos3-Super'),
		reason: 'program-error',
		message: /a model could not be downloaded: nvidia\/Cosmos3-Super/,
		hint: /network/,
	},
	{
		name: 'download, as the other ranks say it',
		log: `RuntimeError: Rank 0 download failed: ${download('nvidia/Cosmos3-Super')}`,
		reason: 'program-error',
		message: /a model could not be downloaded/,
		hint: /network/,
	},
	{
		name: 'uv',
		log: "FileNotFoundError: [Errno 2] No such file or directory: 'uv'",
		reason: 'program-error',
		message: /no program uv/,
		hint: /Install uv 0\.11\.3 or newer/,
	},
	{
		name: 'no driver',
		log: 'RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver from http://www.nvidia.com/Download/index.aspx',
		reason: 'program-error',
		message: /the job got no usable GPU/,
		hint: /container runtime/,
	},
	{
		name: 'old driver',
		log: 'RuntimeError: The NVIDIA driver on your system is too old (found version 12020). Please update your GPU driver',
		reason: 'program-error',
		message: /the NVIDIA driver on the host does not fit/,
		hint: /Update the NVIDIA driver/,
	},
	{
		name: 'kind of GPU',
		log: 'RuntimeError: CUDA error: no kernel image is available for execution on the device',
		reason: 'program-error',
		message: /not built for this kind of GPU/,
		hint: /Use an image for this GPU/,
	},
	{
		name: 'CUDA library',
		log: 'ImportError: libcudart.so.13: cannot open shared object file: No such file or directory',
		reason: 'program-error',
		message: /the image lacks a library/,
		hint: /./,
	},
	{
		name: 'memory while loading',
		log: '[11-29 17:44:52|job=|INFO|a.py:1:f] OmniMoTModel: config {}\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB',
		reason: 'gpu-out-of-memory',
		message: /while the model was loaded/,
		hint: /--offload-guardrails, a smaller --checkpoint or more GPUs/,
	},
	{
		name: 'memory while sampling',
		log: '[11-29 17:44:52|job=|INFO|a.py:1:f] Using sampler: UniPC (shift=10.0, num_steps=35)\rSampling:  46%|████▌     | 16/35 [00:04<00:05]\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB',
		reason: 'gpu-out-of-memory',
		message: /while it was sampling/,
		hint: /--resolution 480/,
	},
	{
		name: 'guardrail with its category',
		log: "[11-29 17:44:52|job=|CRITICAL|a.py:1:f] GUARDRAIL BLOCKED: QWEN3GUARD: Prompt blocked by Qwen3Guard. Safety: Unsafe, Categories: ['Violent']\nValueError: Error generating sample 'outputs': Guardrail blocked prompt 'OUT/outputs': 'TEXT'",
		reason: 'guardrail',
		message: /blocked the prompt: .*Violent/,
		hint: /Reword the prompt/,
	},
	{
		name: 'guardrail by its list',
		log: "[11-29 17:44:52|job=|CRITICAL|a.py:1:f] GUARDRAIL BLOCKED: BLOCKLIST: word\nValueError: Error generating sample 'outputs': Guardrail blocked prompt 'OUT/outputs': 'TEXT'",
		reason: 'guardrail',
		message: /word list: word/,
		hint: /Reword the prompt/,
	},
	{
		name: 'missing control',
		log: "FileNotFoundError: Missing pre-computed control input for 'depth'. Provide a control_path in the transfer config.",
		reason: 'rejected-input',
		message: /the depth of the transfer is missing/,
		hint: /Give the prompt a file for it/,
	},
	{
		name: 'NCCL, by its watchdog',
		log: '[rank1]:[E1129 17:44:52 ProcessGroupNCCL.cpp:632] [Rank 1] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=12, OpType=ALLREDUCE, Timeout(ms)=1800000)',
		code: 134,
		reason: 'program-error',
		message: /NCCL timeout/,
		hint: /nvidia-smi/,
	},
	{
		name: 'NCCL, its network plugin',
		log: 'NCCL WARN Failed to initialize NET plugin Libfabric',
		reason: 'program-error',
		message: /NCCL/,
		hint: /NCCL_NET_PLUGIN=none/,
	},
	{
		name: 'a crash',
		log: 'Fatal Python error: Segmentation fault',
		code: 139,
		reason: 'program-error',
		message: /crashed/,
		hint: /Run it again/,
	},
	{
		name: 'a dead rank',
		log: 'RuntimeError: A different GPU rank failed.\ntorch.distributed.elastic.multiprocessing.errors.ChildFailedError:',
		reason: 'program-error',
		message: /another process of the job failed/,
		hint: /Look for its lines above/,
	},
	{
		name: 'a killed rank',
		log: 'torch.distributed.elastic.multiprocessing.errors.ChildFailedError:\n  exitcode  : -9 (pid: 71)\n  Signal 9 (SIGKILL) received by PID 71',
		reason: 'killed',
		message: /was killed \(SIGKILL\)/,
		hint: /main memory/,
	},
	{
		name: 'the port of torchrun',
		log: 'torch.distributed.DistNetworkError: The server socket has failed to listen on any local network address. port: 29500, useIpv6: false, code: -98, name: EADDRINUSE, message: address already in use',
		reason: 'program-error',
		message: /a port that the job needs is in use/,
		hint: /./,
	},
	{
		name: 'LD_LIBRARY_PATH',
		log: "ImportError: cannot import name '_functionalization' from 'torch._C'",
		reason: 'program-error',
		message: /LD_LIBRARY_PATH/,
		hint: /Empty it/,
	},
	{
		name: "the guardrail's libraries",
		log: 'ImportError: libxcb.so.1: cannot open shared object file: No such file or directory',
		reason: 'program-error',
		message: /libxcb\.so\.1/,
		hint: /libgl1, libglib2\.0-0 and libxcb1/,
	},
	{
		name: 'no framework',
		log: "ModuleNotFoundError: No module named 'cosmos_framework'",
		reason: 'program-error',
		message: /no cosmos-framework/,
		hint: /checkout/,
	},
	{
		name: 'a checkpoint that is no folder',
		log: 'ValueError: Checkpoint directory does not exist: /models/mine',
		reason: 'program-error',
		message: /no checkpoint .*\/models\/mine/,
		hint: /./,
	},
	{
		name: 'a refused sample',
		log: "ValueError: Error validating parameters from '/workspace/r/spec.json' at sample 0\nParameters: {}\n1 validation error for OmniSampleOverrides\nedge.control_weight\n  Extra inputs are not permitted [type=extra_forbidden, input_value=1, input_type=int]",
		reason: 'rejected-input',
		message: /edge\.control_weight/,
		hint: /./,
	},
];

describe('a failed run of Cosmos 3', () => {
	it.each(rows)('by $name says so, with the remedy', ({log, code = 1, reason, message, hint}) => {
		const exit = {code, oomKilled: false, engineMessage: ''};
		const failure = explainExit(exit, `Loaded 1 samples\n${log}\n`, 3600, kind);
		expect(failure).toEqual({
			reason,
			message: expect.stringMatching(message),
			hint: expect.stringMatching(hint),
		});
	});
});
