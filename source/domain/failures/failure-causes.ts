import {cosmos3Causes} from '../models/cosmos3/causes.js';
import {serverCauses} from '../servers/causes.js';
import type {FailedRun, FailureCause} from './failure-cause.js';

const shorter = ({isTransfer, savesMemory, phase}: FailedRun) =>
	phase === 'loading'
		? `Use ${savesMemory}, or GPUs with more memory.`
		: isTransfer
			? `Use ${savesMemory === '' ? 'fewer controls' : savesMemory}, or a shorter video.`
			: 'Use a shorter or smaller video, or a GPU with more memory.';

const driver =
	"Update the NVIDIA driver there, or use an image built for the driver's CUDA version.";
const health =
	'Look at `nvidia-smi -q` and `dmesg` there; the host may need a restart or a repair.';

/** The first row that fits a line counts, so what is more exact comes first. */
export const failureCauses: readonly FailureCause[] = [
	...serverCauses,
	...cosmos3Causes,
	{
		name: 'guardrail',
		reason: 'guardrail',
		says: /guardrail blocked|guardrail (?:has )?(?:detected|rejected|flagged)|(?:unsafe|blocked) (?:text|content|prompt|input|video).*guardrail|(?:prompt|video)(?: \d+)? is not safe|failed safety checks|(?:blocklist|llama ?guard|aegis|video content safety).*(?:blocked|unsafe|not safe)/i,
		message: 'the safety filter (guardrail) blocked the input or the result',
		hint: 'Reword the prompt, or use another input video.',
	},
	{
		name: 'GPU memory in use',
		reason: 'gpu-out-of-memory',
		says: /Free memory on device (?:\S+ )?\(([\d.]+)\/([\d.]+) GiB\) on startup is less/,
		message: 'the GPU has too little free memory: $1 of $2 GiB',
		hint: 'Another process uses it: `cosmos status` shows which; wait for it, or choose another GPU.',
	},
	{
		name: 'GPU memory',
		reason: 'gpu-out-of-memory',
		says: /OutOfMemoryError|CUDA (?:error: )?out of memory|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED|cudaErrorMemoryAllocation|NCCL.*Cuda failure.*out of memory|Failed to allocate.*(?:GPU|device) memory|No available memory for the cache blocks/i,
		message: ({phase}) =>
			phase === undefined
				? 'the GPU ran out of memory'
				: `the GPU ran out of memory while ${phase === 'loading' ? 'the model was loaded' : 'it was sampling'}`,
		hint: shorter,
	},
	{
		name: 'shared memory',
		says: /\/dev\/shm|insufficient shared memory|out of shared memory|unable to (?:open|allocate|write to) shared memory|shm.*(?:No space|bus error)/i,
		message: 'the shared memory of the job (/dev/shm) is full or too small',
		hint: 'Give the container more (docker_args = ["--shm-size=16g"] or --ipc=host), or free /dev/shm there.',
	},
	{
		name: 'quota',
		says: /Disk quota exceeded|\[Errno 122\]|EDQUOT/i,
		message: "the user's disk quota on the host is used up",
		hint: 'Free some space in your folders there, or ask for a larger quota.',
	},
	{
		name: 'disk',
		says: /No space left on device|\[Errno 28\]|ENOSPC/i,
		message: 'the disk on the host is full',
		hint: 'Free some space there, then rerun.',
	},
	{
		name: 'damaged checkpoint',
		says: /SafetensorError|MetadataIncompleteBuffer|HeaderTooLarge|InvalidHeaderDeserialization|PytorchStreamReader failed|UnpicklingError|invalid load key|unexpected EOF, expected \d+ more bytes|file in archive is not in a subdirectory/i,
		message: 'a checkpoint on the host is damaged or incomplete: $&',
		hint: 'Download it again there. A small text file in its place is a Git LFS pointer: run `git lfs pull`.',
	},
	{
		name: 'missing checkpoint',
		says: /No such file or directory|does not exist|not found|cannot find|Can't load|is missing/i,
		names: /checkpoints\/|\.(?:pth?|safetensors|jit|ckpt|bin)$/,
		message: 'the host has no checkpoint $0',
		hint: 'Download it there; `cosmos doctor` shows where the checkpoints are expected.',
	},
	{
		name: 'no such checkpoint',
		says: /Checkpoint directory does not exist: (\S+)/,
		message: 'the host has no checkpoint $1',
		hint: 'Download it there, or name one of NVIDIA with --checkpoint.',
	},
	{
		name: 'gated model',
		says: /GatedRepoError|gated repo|Access to model .* is restricted|401 Client Error|403 Client Error|Invalid (?:user )?token|HF_TOKEN.*(?:not set|invalid|missing)|Cannot access gated/i,
		message: 'Hugging Face refused access to a model',
		hint: 'Accept the model\'s licence on its page, and set HF_TOKEN on this machine: `env = ["HF_TOKEN"]` passes it on.',
	},
	{
		name: 'unknown model',
		says: /RepositoryNotFoundError|\bEntryNotFoundError|RevisionNotFoundError|404 Client Error/i,
		message: 'a model or file was not found on Hugging Face: $&',
		hint: 'Look at the name in the log; a private one needs HF_TOKEN.',
	},
	{
		name: 'download',
		says: /LocalEntryNotFoundError|offline mode|MaxRetryError|NewConnectionError|NameResolutionError|Temporary failure in name resolution|Name or service not known|ReadTimeoutError|ConnectTimeout|IncompleteRead|huggingface\.co.*(?:timed out|refused|reset)/i,
		message: 'the job could not download something it needs: $&',
		hint: 'Download the checkpoints there beforehand, or give the container a network.',
	},
	{
		name: 'driver too old',
		says: /driver on your system is too old|CUDA driver version is insufficient|unsatisfied condition: cuda|driver\/library version mismatch|cudaErrorInsufficientDriver|forward compatibility was attempted/i,
		message: "the NVIDIA driver on the host does not fit the image's CUDA: $&",
		hint: driver,
	},
	{
		name: 'GPU kind',
		says: /no kernel image is available|not compatible with the current PyTorch installation|FlashAttention only supports|requires compute capability|sm_\d+ is not compatible/i,
		message: 'the image was not built for this kind of GPU: $&',
		hint: 'Use an image for this GPU, or a host with another one.',
	},
	{
		name: 'GPU fault',
		says: /uncorrectable ECC|ECC error|fallen off the bus|\bXid\b|GPU is lost|GPU has .*error|cudaErrorECCUncorrectable|hardware (?:stack )?error|NVLink error/i,
		message: 'a GPU of the host has a fault: $&',
		hint: health,
	},
	{
		name: 'no GPU',
		says: /no CUDA-capable device|No CUDA GPUs are available|Found no NVIDIA driver|Torch not compiled with CUDA|invalid device ordinal|CUDA initialization: |cudaErrorNoDevice|NVML.*(?:Unknown Error|not found|Driver Not Loaded)/i,
		message: 'the job got no usable GPU: $&',
		hint: 'Set gpus for the host, and check that the container runtime gives GPUs to containers (`cosmos doctor`).',
	},
	{
		name: 'GPU busy',
		says: /CUDA-capable devices are busy|devices?(?:\(s\))? (?:is|are|is\/are) busy or unavailable|cudaErrorDevicesUnavailable|exclusive.?process/i,
		message: 'another process holds the GPU',
		hint: '`cosmos status` shows what uses it; wait for it or choose another host.',
	},
	{
		name: 'port in use',
		says: /EADDRINUSE|Address already in use|server socket has failed to listen/i,
		message: 'a port that the job needs is in use on the host',
		hint: 'Another job of several processes runs there; wait for it, or give the jobs different ports.',
	},
	{
		name: 'missing program',
		says: /(?:can't execute|cannot execute|failed to (?:execute|run command)|exec:) ['"\u2018]?([\w./+-]+)['"]?|FileNotFoundError: .*'(ffmpeg|ffprobe|git|torchrun)'|(?:^|: )([\w./+-]+): (?:command )?not found$|(ffmpeg|ffprobe) (?:is )?not (?:found|installed)|No such file or directory: '(ffmpeg|ffprobe|git|torchrun)'/i,
		message: 'the container or host has no program $1$2$3$4$5',
		hint: 'Install it in the image, or on the host where no container is used; check image and prefix of the host.',
	},
	{
		name: 'missing library',
		says: /ModuleNotFoundError|ImportError|undefined symbol|cannot open shared object file|GLIBC(?:XX)?_[\d.]+['"]? not found|symbol lookup error|DLL load failed/,
		message: 'the image lacks a library, or one of another version is there: $&',
		hint: 'Use the image of the model, and no packages of your own in the checkout.',
	},
	{
		name: 'dubious ownership',
		says: /dubious ownership/i,
		message: 'git refuses the checkout, as another user owns it',
		hint: 'Run `git config --system --add safe.directory "*"` in the image, or give the checkout to its user.',
	},
	{
		name: 'permission',
		says: /PermissionError|Permission denied|Operation not permitted|Read-only file system/,
		message: 'the job may not read or write something: $&',
		hint: "Check the owner and mode of the host's folder; `cosmos doctor` tests that it can be written.",
	},
	{
		name: 'NCCL timeout',
		says: /Watchdog caught collective operation timeout|NCCL(?! with timeout \d).*(?:timed out|timeout)|collective.*timeout.*(?:ms|seconds)|store.*wait timeout/i,
		weight: 'effect',
		message: 'the GPUs waited for each other too long (NCCL timeout)',
		hint: 'One process hung or died first: look for its lines above. A stuck GPU shows in nvidia-smi.',
	},
	{
		name: 'NCCL',
		says: /\bNCCL (?:error|WARN.*(?:failed|abort))|ncclSystemError|ncclInternalError|ncclUnhandledCudaError|ncclRemoteError|DistBackendError|Connection reset by peer|Connection closed by (?:remote )?peer|Broken pipe/i,
		weight: 'effect',
		message: 'the processes of the job lost each other (NCCL): $&',
		hint: 'One of them ended first: look for its lines above.',
	},
	{
		name: 'worker killed',
		reason: 'killed',
		says: /exitcode\s*: -9\b|Signal 9 \(SIGKILL\)|^(?:.*: line \d+: +\d+ )?Killed\b|DataLoader worker .* killed by signal: Killed|exit code: 137/,
		message: 'a process of the job was killed (SIGKILL)',
		hint: 'Often the host has run out of main memory: free some there, raise the memory limit of the container, or load less at once.',
	},
	{
		name: 'bus error',
		says: /exitcode\s*: -7\b|Signal 7 \(SIGBUS\)|Bus error|killed by signal: Bus error/,
		message: 'a process of the job ended with a bus error',
		hint: 'Mostly /dev/shm is too small: docker_args = ["--shm-size=16g"] or --ipc=host.',
	},
	{
		name: 'crash',
		says: /exitcode\s*: -11\b|Signal 11 \(SIGSEGV\)|Segmentation fault|Fatal Python error: Segmentation|illegal memory access|device-side assert/i,
		message: 'a process of the job crashed: $&',
		hint: 'Run it again; if it happens always, the image does not fit the driver or the GPU has a fault.',
	},
	{
		name: 'abort',
		says: /exitcode\s*: -6\b|Signal 6 \(SIGABRT\)|\bAborted \(core dumped\)|terminate called/,
		weight: 'effect',
		message: 'a process of the job aborted',
		hint: 'Look for its last words at the end of the log.',
	},
	{
		name: 'main memory',
		reason: 'host-out-of-memory',
		says: /oom-kill|Out of memory: Killed process|^(?:\w+\.)*MemoryError|Cannot allocate memory|\[Errno 12\]|std::bad_alloc|DefaultCPUAllocator: (?:can't|not enough)/,
		message: 'the main memory of the host was too small',
		hint: 'Free some RAM there, or raise the memory limit of the container.',
	},
	{
		name: 'refused setting',
		reason: 'rejected-input',
		says: /(?:^|: )error: (?:unrecognized|argument|invalid|the following arguments|ambiguous)|Invalid hint_key|Error validating parameters from|following arguments are required|Unrecognized (?:or misplaced )?options|^pydantic(?:_core)?\..*ValidationError|validation errors? for \w+/i,
		message: 'the model rejected its input: $&',
		hint: 'See the log for the full message.',
		onlyModels: true,
	},
	{
		name: 'refused input',
		reason: 'rejected-input',
		says: /Could not load meta information|(?:FileNotFoundError|No such file).*(?:cosmos-inputs|cosmos-runs)\/|moov atom not found|Invalid data found when processing input|(?:cosmos-inputs|cosmos-runs)\/\S+.*(?:not a valid|cannot be (?:read|decoded|opened)|unsupported)|(?:video|input|control).*(?:too short|too few frames|no frames|must (?:be|have)|shape mismatch|resolution)/i,
		message: 'the model rejected its input: $&',
		hint: 'See the log for the full message.',
		onlyModels: true,
	},
];
