/** The end of a log, and the cause that it should be told by; '' for one that no cause knows. */
export type FailureLog = {cause: string; log: string; code?: number};

const at = (...lines: string[]) => lines.join('\n');
const traceback = (...lines: string[]) =>
	at(
		'Traceback (most recent call last):',
		'  File "transfer.py", line 80, in demo',
		'    run()',
		...lines,
	);
const torchrun = (exitcode: string) =>
	at(
		`E1129 10:11:12.123000 42 torch/distributed/elastic/multiprocessing/api.py:874] failed (exitcode: ${exitcode}) local_rank: 0 (pid: 42) of binary: /usr/bin/python`,
		'Traceback (most recent call last):',
		'  File "/usr/local/bin/torchrun", line 8, in <module>',
		'torch.distributed.elastic.multiprocessing.errors.ChildFailedError: ',
	);
const progress = ' 63%|██████▎   | 22/35 [01:10<00:41,  3.20s/it]';

const logged = (level: string, words: string) =>
	`[11-29 17:44:52|job=|${level}|cosmos_framework/auxiliary/guardrail/common/presets.py:81:run] ${words}`;
const hfDownload = (repository: string, why: string) =>
	at(
		why,
		'Traceback (most recent call last):',
		`subprocess.CalledProcessError: Command '['uv', 'run', '--isolated', '--project', 'hf_cli', '--locked', 'hf', 'download', '--format=json', '${repository}', '--repo-type', 'model']' returned non-zero exit status 1.`,
	);
const sampleError = (name: string, why: string) =>
	traceback(`ValueError: Error generating sample '${name}': ${why}`);

/** The ends of Cosmos 3's logs, in the words of its program. */
const cosmos3Logs: readonly FailureLog[] = [
	{
		cause: 'guardrail with its category',
		log: at(
			logged(
				'CRITICAL',
				"GUARDRAIL BLOCKED: QWEN3GUARD: Prompt blocked by Qwen3Guard. Safety: Unsafe, Categories: ['Violent']",
			),
			sampleError('sample_1', "Guardrail blocked prompt '/workspace/r/outputs/sample_1': 'x'"),
		),
	},
	{
		cause: 'guardrail by its word list',
		log: at(
			logged('CRITICAL', "GUARDRAIL BLOCKED: BLOCKLIST: 'gun' is on the list"),
			sampleError('outputs', "Guardrail blocked prompt '/workspace/r/outputs': 'x'"),
		),
	},
	{
		cause: 'guardrail, without its category',
		log: sampleError('outputs', "Guardrail blocked prompt '/workspace/r/outputs': 'x'"),
	},
	{
		cause: 'no token',
		log: hfDownload(
			'nvidia/Cosmos-Guardrail1',
			'Error: 401 Client Error. Repository Not Found for nvidia/Cosmos-Guardrail1. If you are trying to access a private or gated repo, make sure you are authenticated.',
		),
	},
	{
		cause: 'licence not accepted',
		log: hfDownload(
			'nvidia/Cosmos3-Nano',
			'Error: 403 Client Error. Access to model nvidia/Cosmos3-Nano is restricted and you are not in the authorized list. Visit the page of the model to ask for access.',
		),
	},
	{
		cause: 'download of a model',
		log: hfDownload('nvidia/Cosmos3-Nano', 'error: Failed to fetch the lock file'),
	},
	{
		cause: 'download',
		log: hfDownload('nvidia/Cosmos3-Nano', '  Caused by: Temporary failure in name resolution'),
	},
	{
		cause: 'uv is missing',
		log: traceback("FileNotFoundError: [Errno 2] No such file or directory: 'uv'"),
	},
	{
		cause: 'missing control',
		log: sampleError(
			'outputs',
			"Missing pre-computed control input for 'depth'. Provide a control_path in the transfer config.",
		),
	},
	{
		cause: 'LD_LIBRARY_PATH',
		log: traceback(
			"ImportError: cannot import name '_functionalization' from 'torch._C' (unknown location)",
		),
	},
	{
		cause: "the guardrail's libraries",
		log: traceback('ImportError: libxcb.so.1: cannot open shared object file: No such file'),
	},
	{
		cause: 'no framework',
		log: '/opt/venv/bin/python: No module named cosmos_framework',
	},
	{
		cause: 'no framework',
		log: traceback("ModuleNotFoundError: No module named 'cosmos_framework'"),
	},
	{
		cause: "NCCL's network plugin",
		log: at('NCCL WARN Failed to initialize NET plugin Libfabric', torchrun('1')),
	},
	{
		cause: 'no such checkpoint',
		log: traceback('ValueError: Checkpoint directory does not exist: /models/mine'),
	},
	{cause: 'another process failed', log: 'RuntimeError: A different GPU rank failed.'},
	{
		cause: 'GPU memory',
		log: sampleError('outputs', 'CUDA out of memory. Tried to allocate 2.00 GiB'),
	},
	{
		cause: 'GPU memory',
		log: at(
			traceback('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 512.00 MiB.'),
			'RuntimeError: A different GPU rank failed.',
			torchrun('1'),
		),
	},
];

/** Each with one plausible cause: own words around the identifiers of the programs. */
export const plainLogs: readonly FailureLog[] = [
	...cosmos3Logs,
	{cause: 'guardrail', log: 'Guardrail blocked generation of the video'},
	{cause: 'guardrail', log: '[11-29 10:00:00|CRITICAL|guardrail.py:30] GUARDRAIL BLOCKED: prompt'},
	{
		cause: 'guardrail',
		log: traceback('ValueError: Cosmos Guardrail detected unsafe text in the prompt: x'),
	},
	{cause: 'guardrail', log: 'llamaGuard3: prompt blocked: S1'},
	{cause: 'guardrail', log: 'Blocklist: blocked word found, prompt is unsafe'},
	{cause: 'guardrail', log: 'Video content safety filter: frame 3 is unsafe'},
	{
		cause: 'GPU memory',
		log: traceback('torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB'),
	},
	{
		cause: 'GPU memory',
		log: traceback('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 90 MiB'),
	},
	{cause: 'GPU memory', log: traceback('RuntimeError: CUDA error: out of memory')},
	{
		cause: 'GPU memory',
		log: 'RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate(handle)',
	},
	{cause: 'GPU memory', log: 'RuntimeError: cuDNN error: CUDNN_STATUS_ALLOC_FAILED'},
	{cause: 'GPU memory', log: '[rank0]: torch.OutOfMemoryError: CUDA out of memory.'},
	{cause: 'GPU memory', log: 'ncclUnhandledCudaError: NCCL WARN Cuda failure 2 out of memory'},
	{cause: 'GPU memory', log: 'cudaErrorMemoryAllocation: out of memory'},
	{
		cause: 'shared memory',
		log: 'Error while creating shared memory segment /dev/shm/nccl-A1 (size 9637888), error: No space left on device (28)',
	},
	{
		cause: 'shared memory',
		log: 'RuntimeError: unable to write to file </torch_42_1>: insufficient shared memory',
	},
	{
		cause: 'shared memory',
		log: 'ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).',
	},
	{
		cause: 'shared memory',
		log: 'RuntimeError: unable to open shared memory object </torch_9> in read-write mode',
	},
	{cause: 'shared memory', log: 'NCCL WARN Call to ftruncate /dev/shm/nccl-xYz failed'},
	{cause: 'quota', log: "OSError: [Errno 122] Disk quota exceeded: '/home/me/.cache'"},
	{cause: 'quota', log: 'cp: error writing out.mp4: Disk quota exceeded'},
	{cause: 'disk', log: 'OSError: [Errno 28] No space left on device'},
	{cause: 'disk', log: 'av.error.OSError: [Errno 28] No space left on device: outputs/output.mp4'},
	{cause: 'disk', log: 'write /workspace/x: no space left on device'},
	{
		cause: 'damaged checkpoint',
		log: 'safetensors_rust.SafetensorError: Error while deserializing header: MetadataIncompleteBuffer',
	},
	{
		cause: 'damaged checkpoint',
		log: 'SafetensorError: Error while deserializing header: HeaderTooLarge',
	},
	{
		cause: 'damaged checkpoint',
		log: 'RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory',
	},
	{cause: 'damaged checkpoint', log: "_pickle.UnpicklingError: invalid load key, 'v'."},
	{
		cause: 'damaged checkpoint',
		log: 'RuntimeError: unexpected EOF, expected 23423 more bytes. The file might be corrupted.',
	},
	{
		cause: 'missing checkpoint',
		log: "FileNotFoundError: [Errno 2] No such file or directory: 'checkpoints/nvidia/Cosmos-Transfer1-7B/edge_control.pt'",
	},
	{
		cause: 'missing checkpoint',
		log: 'AssertionError: checkpoints/nvidia/Cosmos-Tokenize1-CV8x8x8-720p/encoder.jit does not exist',
	},
	{
		cause: 'missing checkpoint',
		log: "OSError: Can't load tokenizer for checkpoints/google-t5/t5-11b",
	},
	{cause: 'missing checkpoint', log: 'ValueError: model.safetensors not found in /models'},
	{
		cause: 'missing checkpoint',
		log: 'FileNotFoundError: File /workspace/weights/depth_anything.pth is missing',
	},
	{cause: 'gated model', log: 'huggingface_hub.errors.GatedRepoError: 403 Client Error.'},
	{cause: 'gated model', log: 'OSError: You are trying to access a gated repo.'},
	{
		cause: 'gated model',
		log: 'Access to model meta-llama/Llama-Guard-3-8B is restricted. You must have access to it.',
	},
	{
		cause: 'gated model',
		log: 'requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: https://huggingface.co/api',
	},
	{
		cause: 'unknown model',
		log: 'huggingface_hub.errors.RepositoryNotFoundError: Repository Not Found',
	},
	{cause: 'unknown model', log: 'huggingface_hub.errors.EntryNotFoundError: 404 Client Error.'},
	{
		cause: 'download',
		log: 'huggingface_hub.errors.LocalEntryNotFoundError: outgoing traffic has been disabled',
	},
	{
		cause: 'download',
		log: 'urllib3.exceptions.MaxRetryError: HTTPSConnectionPool(host=huggingface.co)',
	},
	{cause: 'download', log: 'socket.gaierror: [Errno -3] Temporary failure in name resolution'},
	{cause: 'download', log: 'requests.exceptions.ConnectTimeout: huggingface.co timed out'},
	{
		cause: 'driver too old',
		log: 'RuntimeError: The NVIDIA driver on your system is too old (found version 11040).',
	},
	{cause: 'driver too old', log: 'CUDA driver version is insufficient for CUDA runtime version'},
	{
		cause: 'driver too old',
		log: 'nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.8',
	},
	{cause: 'driver too old', log: 'Failed to initialize NVML: Driver/library version mismatch'},
	{
		cause: 'GPU kind',
		log: 'RuntimeError: CUDA error: no kernel image is available for execution on the device',
	},
	{
		cause: 'GPU kind',
		log: 'NVIDIA RTX PRO with CUDA capability sm_120 is not compatible with the current PyTorch installation.',
	},
	{cause: 'GPU kind', log: 'RuntimeError: FlashAttention only supports Ampere GPUs or newer.'},
	{cause: 'GPU fault', log: 'RuntimeError: CUDA error: uncorrectable ECC error encountered'},
	{cause: 'GPU fault', log: 'NVRM: Xid (PCI:0000:65:00): 79, GPU has fallen off the bus.'},
	{
		cause: 'GPU fault',
		log: 'Unable to determine the device handle for GPU 0000:65:00.0: GPU is lost.',
	},
	{cause: 'no GPU', log: 'RuntimeError: No CUDA GPUs are available'},
	{cause: 'no GPU', log: 'RuntimeError: Found no NVIDIA driver on your system.'},
	{cause: 'no GPU', log: 'AssertionError: Torch not compiled with CUDA enabled'},
	{cause: 'no GPU', log: 'RuntimeError: CUDA error: invalid device ordinal'},
	{cause: 'no GPU', log: 'RuntimeError: CUDA error: no CUDA-capable device is detected'},
	{
		cause: 'GPU busy',
		log: 'RuntimeError: CUDA error: all CUDA-capable devices are busy or unavailable',
	},
	{cause: 'GPU busy', log: 'cudaErrorDevicesUnavailable'},
	{
		cause: 'port in use',
		log: 'torch.distributed.DistNetworkError: The server socket has failed to listen on any local network address. port: 29500, EADDRINUSE',
	},
	{cause: 'port in use', log: 'OSError: [Errno 98] Address already in use'},
	{
		cause: 'missing program',
		log: "/workspace/job.sh: exec: line 9: can't execute 'torchrun': No such file or directory",
		code: 127,
	},
	{cause: 'missing program', log: 'sh: 1: torchrun: not found', code: 127},
	{
		cause: 'missing program',
		log: 'timeout: failed to run command \u2018torchrun\u2019: No such file or directory',
		code: 127,
	},
	{
		cause: 'missing program',
		log: 'setsid: failed to execute torchrun: No such file or directory',
		code: 127,
	},
	{cause: 'missing program', log: 'bash: line 3: python3.10: command not found', code: 127},
	{
		cause: 'missing program',
		log: "FileNotFoundError: [Errno 2] No such file or directory: 'ffmpeg'",
	},
	{cause: 'missing program', log: 'ffprobe not found. Install it.'},
	{cause: 'missing library', log: "ModuleNotFoundError: No module named 'transformer_engine'"},
	{
		cause: 'missing library',
		log: "[11-29 10:11:12|ERROR|main.py:3] ModuleNotFoundError: No module named 'decord'",
	},
	{
		cause: 'missing library',
		log: 'ImportError: libGL.so.1: cannot open shared object file: No such file or directory',
	},
	{cause: 'missing library', log: 'ImportError: /usr/lib/x.so: undefined symbol: _ZN3c10'},
	{cause: 'missing library', log: "python: /lib/libc.so.6: version `GLIBC_2.38' not found"},
	{
		cause: 'dubious ownership',
		log: "fatal: detected dubious ownership in repository at '/workspace'",
	},
	{cause: 'permission', log: "PermissionError: [Errno 13] Permission denied: '/workspace/outputs'"},
	{cause: 'permission', log: "OSError: [Errno 30] Read-only file system: '/root/.cache'"},
	{
		cause: 'NCCL timeout',
		log: '[rank1]:[E1129] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=7, OpType=ALLREDUCE) ran for 600010 milliseconds',
	},
	{
		cause: 'NCCL timeout',
		log: 'torch.distributed.DistStoreError: wait timeout after 600000ms, store wait timeout',
	},
	{
		cause: 'NCCL',
		log: 'torch.distributed.DistBackendError: NCCL error in: ProcessGroupNCCL.cpp:2006, unhandled system error',
	},
	{cause: 'NCCL', log: 'ncclRemoteError: A call failed possibly due to a network error'},
	{cause: 'worker killed', log: torchrun('-9')},
	{cause: 'worker killed', log: 'traceback : Signal 9 (SIGKILL) received by PID 42'},
	{cause: 'worker killed', log: 'Killed', code: 137},
	{cause: 'main memory', log: 'Out of memory: Killed process 4242 (python) total-vm:99614720kB'},
	{
		cause: 'worker killed',
		log: 'job.sh: line 12:    42 Killed                  python transfer.py',
		code: 137,
	},
	{
		cause: 'worker killed',
		log: 'RuntimeError: DataLoader worker (pid 77) is killed by signal: Killed.',
	},
	{cause: 'bus error', log: torchrun('-7')},
	{cause: 'bus error', log: 'Bus error (core dumped)', code: 135},
	{cause: 'crash', log: torchrun('-11')},
	{cause: 'crash', log: 'Fatal Python error: Segmentation fault'},
	{cause: 'crash', log: 'Segmentation fault (core dumped)', code: 139},
	{cause: 'crash', log: 'RuntimeError: CUDA error: an illegal memory access was encountered'},
	{cause: 'crash', log: 'RuntimeError: CUDA error: device-side assert triggered'},
	{cause: 'abort', log: torchrun('-6')},
	{cause: 'abort', log: "terminate called after throwing an instance of 'c10::Error'", code: 134},
	{cause: 'main memory', log: 'MemoryError'},
	{
		cause: 'main memory',
		log: 'numpy.core._exceptions.MemoryError: Unable to allocate 12.0 GiB',
	},
	{cause: 'main memory', log: 'OSError: [Errno 12] Cannot allocate memory'},
	{
		cause: 'main memory',
		log: "RuntimeError: [enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes",
	},
	{cause: 'refused setting', log: 'transfer.py: error: unrecognized arguments: --x', code: 2},
	{
		cause: 'refused setting',
		log: "transfer.py: error: argument --seed: invalid int value: 'a'",
		code: 2,
	},
	{cause: 'refused setting', log: traceback('ValueError: Invalid hint_key: normal')},
	{
		cause: 'refused setting',
		log: 'Error validating parameters from spec.json: guidance must be positive',
	},
	{
		cause: 'refused setting',
		log: at(
			'╭─ Required options ─────╮',
			'│ The following arguments are required: --params.prompt │',
			'╰────────────────────────╯',
		),
		code: 2,
	},
	{
		cause: 'refused setting',
		log: at(
			'pydantic_core._pydantic_core.ValidationError: 1 validation error for InferenceArguments',
			'guidance',
			'  Input should be less than or equal to 7 [type=less_than_equal]',
		),
	},
	{cause: 'refused input', log: 'OSError: Could not load meta information'},
	{
		cause: 'refused input',
		log: "FileNotFoundError: [Errno 2] No such file or directory: 'cosmos-inputs/ab12.mp4'",
	},
	{cause: 'refused input', log: 'moov atom not found'},
	{cause: 'refused input', log: 'ValueError: input video is too short: 3 frames'},
	{cause: '', log: traceback('RuntimeError: boom')},
	{cause: '', log: traceback("KeyError: 'edge'")},
	{cause: '', log: 'the end', code: 3},
];

/** Each with several plausible causes, of which one ended the job. */
export const tangledLogs: readonly FailureLog[] = [
	{cause: '', log: at('0 prompts guardrail blocked', traceback('ValueError: bad shape'))},
	{
		cause: '',
		log: at('CUDA out of memory, retrying with offload', 'loading', traceback("KeyError: 'x'")),
	},
	{
		cause: 'missing library',
		log: at(
			'CUDA out of memory, falling back to the CPU',
			"ModuleNotFoundError: No module named 'x'",
		),
	},
	{
		cause: 'GPU memory',
		log: at(
			'[rank0]: torch.OutOfMemoryError: CUDA out of memory.',
			'[rank1]: DistBackendError: NCCL error, remote process exited',
			torchrun('1'),
		),
	},
	{
		cause: 'GPU memory',
		log: at(
			'torch.OutOfMemoryError: CUDA out of memory.',
			'Watchdog caught collective operation timeout',
			torchrun('-6'),
		),
	},
	{
		cause: 'worker killed',
		log: at('[rank1]: Watchdog caught collective operation timeout', torchrun('-9')),
	},
	{
		cause: 'NCCL timeout',
		log: at(
			'Watchdog caught collective operation timeout: ran for 600000 ms',
			"terminate called after throwing an instance of 'c10::DistBackendError'",
			torchrun('-6'),
		),
	},
	{
		cause: 'missing checkpoint',
		log: at(
			"FileNotFoundError: No such file or directory: 'checkpoints/a.pt'",
			'',
			'During handling of the above exception, another exception occurred:',
			'',
			traceback('RuntimeError: cannot build the pipeline'),
		),
	},
	{
		cause: '',
		log: at(
			'torch.OutOfMemoryError: CUDA out of memory.',
			progress,
			traceback('RuntimeError: boom'),
		),
	},
	{
		cause: 'guardrail',
		log: at('torch.OutOfMemoryError: CUDA out of memory.', progress, 'Guardrail blocked the video'),
	},
	{
		cause: 'disk',
		log: at(
			'FutureWarning: weights_only will be ignored: UnpicklingError',
			progress,
			'OSError: [Errno 28] No space left on device',
		),
	},
	{
		cause: 'shared memory',
		log: at(
			'NCCL WARN Error: failed to extend /dev/shm/nccl-1 to 33030532 bytes',
			'torch.distributed.DistBackendError: NCCL error',
			torchrun('1'),
		),
	},
	{cause: 'port in use', log: at('EADDRINUSE: address already in use', torchrun('1'))},
	{
		cause: 'missing program',
		log: at('Warning: Bus error is possible', "can't execute 'torchrun': No such file"),
		code: 127,
	},
	{
		cause: 'worker killed',
		log: at('UserWarning: No space left on device may follow', progress, 'Killed'),
		code: 137,
	},
	{
		cause: 'permission',
		log: at(
			'fatal: not a repository, skipping',
			"PermissionError: [Errno 13] Permission denied: 'outputs'",
		),
	},
	{
		cause: 'gated model',
		log: at(
			'requests.exceptions.HTTPError: 403 Client Error: Forbidden',
			'The above exception was the direct cause',
			traceback('OSError: it failed'),
		),
	},
	{
		cause: 'main memory',
		log: at('retrying after Connection reset by peer', 'std::bad_alloc', torchrun('1')),
	},
	{
		cause: 'driver too old',
		log: at(
			'Connection reset by peer',
			'RuntimeError: The NVIDIA driver on your system is too old',
			torchrun('1'),
		),
	},
	{
		cause: 'GPU fault',
		log: at(
			'RuntimeError: CUDA error: uncorrectable ECC error encountered',
			'[rank3]: DistBackendError: NCCL error',
			'Watchdog caught collective operation timeout',
			torchrun('-6'),
		),
	},
	{
		cause: 'refused setting',
		log: at('0 errors so far', 'transfer.py: error: unrecognized arguments: --y'),
		code: 2,
	},
	{
		cause: 'damaged checkpoint',
		log: at(
			'Broken pipe',
			'SafetensorError: Error while deserializing header: HeaderTooLarge',
			torchrun('1'),
		),
	},
	{
		cause: 'server: guardrail',
		log: at('the server works on it', 'the server answered 500: Guardrail blocked prompt'),
	},
	{
		cause: 'server: GPU memory',
		log: 'the server answered 500: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB.',
	},
	{
		cause: 'server: refused request',
		log: 'the server answered 422: num_inference_steps: Input should be less than or equal to 200',
	},
	{
		cause: 'server: error',
		log: 'the server answered 503: the engine is dead',
	},
	{
		cause: 'server: not ready in time',
		log: 'server failed: the server was not ready within 1800 s',
	},
	{
		cause: 'server: port in use',
		log: at(
			'cosmos: the server cannot use port 8000: Address already in use',
			'cosmos: the server failed before it was ready',
		),
	},
	{
		cause: 'server: not in the image',
		log: at(
			"cosmos: the image cannot start the server: [Errno 2] No such file or directory: 'vllm'",
			'cosmos: the server failed before it was ready',
		),
	},
	{
		cause: 'server: failed before it was ready',
		log: at(
			'cosmos: the server ended with code 3',
			'cosmos: the server failed before it was ready',
		),
	},
	{
		cause: 'GPU memory',
		log: at(
			'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.20 GiB.',
			'cosmos: the server ended with code 1',
			'cosmos: the server failed before it was ready',
		),
	},
	{
		cause: 'server: does not fit the job',
		log: 'server unfit: it serves nvidia/Cosmos3-Edge, and the job needs nvidia/Cosmos3-Nano',
	},
	{
		cause: 'server: does not answer',
		log: 'server unreachable: no server answers at http://127.0.0.1:8000',
	},
	{
		cause: 'server: gone',
		log: 'server lost: the server has forgotten job video_gen_1',
		code: 75,
	},
	{
		cause: '',
		log: at(
			'[11-29 17:44:52|job=|CRITICAL|a.py:1:f] [RANK 0] Initialized distributed training with local rank 0 using nccl with timeout 1800',
			'ValueError: strange',
		),
	},
	{
		cause: 'guardrail',
		log: '[07-01 11:26:45|CRITICAL|a.py:194:f] Guardrail blocked generation. Prompt: a road that will be wet, ignored warning signs',
	},
	{
		cause: 'GPU memory',
		log: `${Array.from({length: 40}, (_, at) => `\rSampling: ${at}%|███       | ${at}/99 [00:54<01:04,  3.40s/it]`).join('')}torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.20 GiB.`,
	},
	{
		cause: 'guardrail by its word list',
		log: at(
			'Sampling: 100%|██████████| 35/35 [01:54<00:00,  3.40s/it][11-29 17:44:52|job=|CRITICAL|a.py:1:f] GUARDRAIL BLOCKED: BLOCKLIST: warning',
			"ValueError: Error generating sample 'outputs': strange",
		),
	},
];
