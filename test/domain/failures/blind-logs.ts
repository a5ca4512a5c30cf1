/**
 * Ends of logs that were written by someone who had not read the table of causes: real identifiers
 * of torchrun, vLLM, NCCL, Docker, ffmpeg and of NVIDIA's programs, in an order as they appear. Of 42
 * the table named 36 at first. An illegal access, expected as a fault of the GPU, is rightly a crash.
 */

export type BlindLog = {
	name: string;
	log: string;
	/** The status of the job. */
	code: number;
	/** The name of the cause, and of none of the table: the last error's own line. */
	cause: string;
	/** Whether more than one cause stands in the log. */
	ambiguous?: boolean;
};

const loading = `[07-01 11:20:01|INFO|cosmos_transfer1/utils/misc.py:139:wrapper] Loading base model checkpoint
[07-01 11:22:40|INFO|cosmos_transfer1/diffusion/inference/world_generation_pipeline.py:318] Done loading model
`;
const clips =
	'  0%|          | 0/4 [00:00<?, ?it/s][07-01 11:26:45|INFO|x.py:1] Starting latent encoding\n';
const sampling = '\rSampling:  46%|████▌     | 16/35 [00:54<01:04,  3.40s/it]\n';
const torchrunSummary = (
	rank: number,
	exit: number,
) => `E0701 11:40:02.114000 71 torch/distributed/elastic/multiprocessing/api.py:874] failed (exitcode: ${exit}) local_rank: ${rank} (pid: 118) of binary: /usr/bin/python3
Traceback (most recent call last):
  File "/usr/local/bin/torchrun", line 8, in <module>
    sys.exit(main())
torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
============================================================
cosmos_transfer1/diffusion/inference/transfer.py FAILED
------------------------------------------------------------
Root Cause (first observed failure):
[0]:
  time      : 2026-07-01_11:40:02
  rank      : ${rank} (local_rank: ${rank})
  exitcode  : ${exit} (pid: 118)
  error_file: <N/A>
  traceback : ${exit < 0 ? `Signal ${-exit} received by PID 118` : 'To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html'}
============================================================
`;

export const blindLogs: readonly BlindLog[] = [
	{
		name: 'GPU memory in the sampler, then torchrun',
		code: 1,
		cause: 'GPU memory',
		log: `${loading}${clips}Traceback (most recent call last):
  File "/workspace/cosmos_transfer1/diffusion/inference/transfer.py", line 411, in <module>
    demo(args, control_inputs)
torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 5.29 GiB. GPU 0 has a total capacity of 79.11 GiB of which 3.02 GiB is free. Including non-PyTorch memory, this process has 76.08 GiB memory in use.
[rank0]:[W701 11:40:01.330 ProcessGroupNCCL.cpp:1250] Warning: WARNING: process group has NOT been destroyed before we destruct ProcessGroupNCCL.
${torchrunSummary(0, 1)}`,
	},
	{
		name: 'cuBLAS has no memory for its handle',
		code: 1,
		cause: 'GPU memory',
		log: `${loading}RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling \`cublasCreate(handle)\`
`,
	},
	{
		name: 'cuDNN has no memory for its handle',
		code: 1,
		cause: 'GPU memory',
		log: `${loading}${clips}RuntimeError: cuDNN error: CUDNN_STATUS_ALLOC_FAILED
`,
	},
	{
		name: 'vLLM finds the GPU in use',
		code: 1,
		cause: 'GPU memory in use',
		log: `INFO 07-01 11:21:03 [config.py:1604] Using max model len 4096
ERROR 07-01 11:21:40 [core.py:586] EngineCore failed to start.
ERROR 07-01 11:21:40 [core.py:586] Traceback (most recent call last):
ERROR 07-01 11:21:40 [core.py:586]     raise ValueError(
ERROR 07-01 11:21:40 [core.py:586] ValueError: Free memory on device (12.31/79.11 GiB) on startup is less than desired GPU memory utilization (0.98, 77.53 GiB). Decrease GPU memory utilization or reduce GPU memory used by other processes.
Process EngineCore_0:
Traceback (most recent call last):
  File "/workspace/upsample.py", line 61, in main
RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}
`,
	},
	{
		name: 'vLLM has no room for its cache',
		code: 1,
		cause: 'GPU memory',
		log: `INFO 07-01 11:21:03 [gpu_worker.py:232] Available KV cache memory: -1.82 GiB
ValueError: No available memory for the cache blocks. Try increasing \`gpu_memory_utilization\` when initializing the engine.
RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}
`,
	},
	{
		name: 'the kernel kills a worker of torchrun',
		code: 1,
		cause: 'worker killed',
		log: `${loading}W0701 11:40:01.900000 71 torch/distributed/elastic/multiprocessing/api.py:900] Sending process 119 closing signal SIGTERM
${torchrunSummary(1, -9)}`,
	},
	{
		name: 'a worker of torchrun ends by SIGBUS when /dev/shm is small',
		code: 1,
		cause: 'shared memory',
		ambiguous: true,
		log: `${loading}ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).
RuntimeError: DataLoader worker (pid(s) 4711) exited unexpectedly
${torchrunSummary(0, 1)}`,
	},
	{
		name: 'NCCL cannot make its segment',
		code: 1,
		cause: 'shared memory',
		ambiguous: true,
		log: `cosmos:71:201 [1] misc/shmutils.cc:87 NCCL WARN Error: failed to extend /dev/shm/nccl-Ab3dEf to 33030532 bytes, error: No space left on device (28)
cosmos:71:201 [1] proxy.cc:1602 NCCL WARN [Service thread] Error encountered progressing operation=Connect, res=2, closing connection
torch.distributed.DistBackendError: NCCL error in: /pytorch/torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:3356, unhandled system error (run with NCCL_DEBUG=INFO for details), NCCL version 2.26.2
ncclSystemError: System call (e.g. socket, malloc) or external library call failed or device error.
${torchrunSummary(1, 1)}`,
	},
	{
		name: 'the watchdog of NCCL ends the ranks that wait',
		code: 1,
		cause: 'NCCL timeout',
		log: `${loading}[rank3]:[E701 12:10:45.102 ProcessGroupNCCL.cpp:632] [Rank 3] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=812, OpType=ALLGATHER, NumelIn=4423680, NumelOut=17694720, Timeout(ms)=1800000) ran for 1800071 milliseconds before timing out.
[rank3]:[E701 12:10:45.103 ProcessGroupNCCL.cpp:684] [Rank 3] To avoid data inconsistency, we are taking the entire process down.
terminate called after throwing an instance of 'c10::DistBackendError'
  what():  [PG ID 0 PG GUID 0 Rank 3] Process group watchdog thread terminated with exception
Fatal Python error: Aborted
${torchrunSummary(3, -6)}`,
	},
	{
		name: 'NCCL times out after another rank ran out of memory',
		code: 1,
		cause: 'GPU memory',
		ambiguous: true,
		log: `${loading}[rank1]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.25 GiB. GPU 1 has a total capacity of 47.41 GiB of which 200.31 MiB is free.
[rank0]:[E701 12:10:45.102 ProcessGroupNCCL.cpp:632] [Rank 0] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=12, OpType=ALLREDUCE, Timeout(ms)=600000) ran for 600032 milliseconds before timing out.
${torchrunSummary(1, 1)}`,
	},
	{
		name: 'an address of torchrun is in use',
		code: 1,
		cause: 'port in use',
		log: `[W701 11:20:02.001 socket.cpp:464] [c10d] The server socket cannot be initialized on [::]:29500 (errno: 98 - Address already in use).
[E701 11:20:02.002 socket.cpp:500] [c10d] The server socket has failed to listen on any local network address.
torch.distributed.DistNetworkError: The server socket has failed to listen on any local network address. port: 29500, useIpv6: false, code: -98, name: EADDRINUSE, message: address already in use
`,
	},
	{
		name: 'the disk is full while the video is written',
		code: 1,
		cause: 'disk',
		log: `${loading}${clips}[libx264 @ 0x5581] error writing trailer: No space left on device
OSError: [Errno 28] No space left on device: 'outputs/output.mp4'
`,
	},
	{
		name: 'the quota of a user is reached in the cache of Hugging Face',
		code: 1,
		cause: 'quota',
		ambiguous: true,
		log: `Fetching 12 files:  33%|███▎      | 4/12 [01:10<02:20, 17.6s/it]
OSError: [Errno 122] Disk quota exceeded: '/root/.cache/huggingface/hub/models--nvidia--Cosmos3-Nano/blobs/9a1f.incomplete'
subprocess.CalledProcessError: Command '['uv', 'run', '--isolated', 'hf', 'download', '--format=json', 'nvidia/Cosmos3-Nano']' returned non-zero exit status 1.
`,
	},
	{
		name: 'a gated model without a token',
		code: 1,
		cause: 'gated model',
		ambiguous: true,
		log: `Error: Access to model nvidia/Cosmos-Guardrail1 is restricted. You must have access to it and be authenticated to access it. Please log in.
Cannot access gated repo for url https://huggingface.co/nvidia/Cosmos-Guardrail1/resolve/main/config.json.
Traceback (most recent call last):
  File "/workspace/cosmos_framework/utils/checkpoint_db.py", line 168, in _download
subprocess.CalledProcessError: Command '['uv', 'run', '--isolated', 'hf', 'download', '--format=json', 'nvidia/Cosmos-Guardrail1']' returned non-zero exit status 1.
`,
	},
	{
		name: 'a token that is not valid',
		code: 1,
		cause: 'gated model',
		log: `huggingface_hub.errors.HfHubHTTPError: 401 Client Error: Unauthorized for url: https://huggingface.co/api/models/nvidia/Cosmos3-Nano/revision/main
Invalid user token.
`,
	},
	{
		name: 'the name of the hub cannot be resolved',
		code: 1,
		cause: 'download',
		log: `urllib3.exceptions.NameResolutionError: <urllib3.connection.HTTPSConnection object at 0x7f21>: Failed to resolve 'huggingface.co' ([Errno -3] Temporary failure in name resolution)
requests.exceptions.ConnectionError: (MaxRetryError("HTTPSConnectionPool(host='huggingface.co', port=443): Max retries exceeded with url: /api/models/nvidia/Cosmos3-Nano"), '(Request ID: 1f)')
`,
	},
	{
		name: 'uv is missing',
		code: 1,
		cause: 'uv is missing',
		log: `Traceback (most recent call last):
  File "/usr/lib/python3.13/subprocess.py", line 1991, in _execute_child
FileNotFoundError: [Errno 2] No such file or directory: 'uv'
`,
	},
	{
		name: 'ffmpeg is missing',
		code: 1,
		cause: 'missing program',
		log: `${loading}${clips}FileNotFoundError: [Errno 2] No such file or directory: 'ffmpeg'
${torchrunSummary(0, 1)}`,
	},
	{
		name: 'the checkpoint of the upscaler is missing',
		code: 1,
		cause: 'missing checkpoint',
		log: `${loading}FileNotFoundError: [Errno 2] No such file or directory: 'checkpoints/nvidia/Cosmos-Transfer1-7B/4kupscaler_control.pt'
${torchrunSummary(0, 1)}`,
	},
	{
		name: 'the folder of a checkpoint of Cosmos 3 is missing',
		code: 1,
		cause: 'missing checkpoint',
		log: `ValueError: Checkpoint directory does not exist: /workspace/checkpoints/Cosmos3-Nano-mine
`,
	},
	{
		name: 'a checkpoint is a pointer of Git LFS',
		code: 1,
		cause: 'damaged checkpoint',
		log: `[07-01 11:20:01|INFO|x.py:1] Loading checkpoint checkpoints/nvidia/Cosmos-Transfer1-7B/edge_control.pt
_pickle.UnpicklingError: invalid load key, 'v'.
${torchrunSummary(0, 1)}`,
	},
	{
		name: 'a checkpoint was cut',
		code: 1,
		cause: 'damaged checkpoint',
		log: `safetensors_rust.SafetensorError: Error while deserializing header: MetadataIncompleteBuffer
`,
	},
	{
		name: 'a zip archive of PyTorch was cut',
		code: 1,
		cause: 'damaged checkpoint',
		log: `RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory
`,
	},
	{
		name: 'a driver too old for the image',
		code: 1,
		cause: 'driver too old',
		log: `RuntimeError: The NVIDIA driver on your system is too old (found version 12020). Please update your GPU driver by downloading and installing a new version from the URL: http://www.nvidia.com/Download/index.aspx
`,
	},
	{
		name: 'no driver in the container',
		code: 1,
		cause: 'no GPU',
		log: `RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver from http://www.nvidia.com/Download/index.aspx
`,
	},
	{
		name: 'kernels for another GPU',
		code: 1,
		cause: 'GPU kind',
		log: `${loading}/usr/local/lib/python3.12/dist-packages/torch/cuda/__init__.py:287: UserWarning: NVIDIA RTX PRO 6000 Blackwell with CUDA capability sm_120 is not compatible with the current PyTorch installation.
RuntimeError: CUDA error: no kernel image is available for execution on the device
CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.
For debugging consider passing CUDA_LAUNCH_BLOCKING=1
`,
	},
	{
		name: 'the GPU reports an uncorrectable error',
		code: 1,
		cause: 'GPU fault',
		log: `${loading}${clips}RuntimeError: CUDA error: uncorrectable ECC error encountered
CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.
`,
	},
	{
		name: 'an illegal access in a kernel',
		code: 1,
		cause: 'crash',
		log: `${loading}${sampling}RuntimeError: CUDA error: an illegal memory access was encountered
[rank0]:[E701 11:40:02 ProcessGroupNCCL.cpp:1895] [PG ID 0 PG GUID 0 Rank 0] Process group watchdog thread terminated with exception: CUDA error: an illegal memory access was encountered
`,
	},
	{
		name: 'another process holds the GPU exclusively',
		code: 1,
		cause: 'GPU busy',
		log: `RuntimeError: CUDA error: CUDA-capable device(s) is/are busy or unavailable
`,
	},
	{
		name: 'a library is missing',
		code: 1,
		cause: "the guardrail's libraries",
		log: `Traceback (most recent call last):
  File "/workspace/.venv/lib/python3.13/site-packages/cv2/__init__.py", line 181, in <module>
ImportError: libxcb.so.1: cannot open shared object file: No such file or directory
`,
	},
	{
		name: 'a library of another build',
		code: 1,
		cause: 'missing library',
		log: `ImportError: /usr/local/lib/python3.12/dist-packages/transformer_engine_torch.cpython-312-x86_64-linux-gnu.so: undefined symbol: _ZN3c104cuda9SetDeviceEab
`,
	},
	{
		name: 'a module is missing',
		code: 1,
		cause: 'no framework',
		log: `ModuleNotFoundError: No module named 'cosmos_framework'
`,
	},
	{
		name: 'the prompt is blocked by Qwen3Guard',
		code: 1,
		cause: 'guardrail with its category',
		ambiguous: true,
		log: `${sampling}[07-01 11:40:02|job=|CRITICAL|cosmos_framework/auxiliary/guardrail/common/presets.py:61:run] GUARDRAIL BLOCKED: QWEN3GUARD: Prompt blocked by Qwen3Guard. Safety: Unsafe, Categories: ['Violent']
ValueError: Error generating sample 'alley': Guardrail blocked prompt '/workspace/out/alley': 'two men fight'
`,
	},
	{
		name: 'a blocked prompt ends a batch of Transfer1 with a TypeError',
		code: 1,
		cause: 'guardrail',
		ambiguous: true,
		log: `${loading}[07-01 11:24:02|CRITICAL|cosmos_transfer1/diffusion/inference/world_generation_pipeline.py:752:generate] Guardrail blocked text2world generation due to unsafe prompt
Traceback (most recent call last):
  File "/workspace/cosmos_transfer1/diffusion/inference/transfer.py", line 347, in demo
    videos, final_prompts = batch_outputs
TypeError: cannot unpack non-iterable NoneType object
${torchrunSummary(0, 1)}`,
	},
	{
		name: 'a sample of Cosmos 3 has a field that is not known',
		code: 1,
		cause: 'refused setting',
		log: `ValueError: Error validating parameters from '/workspace/in/alley.json' at sample 0
Parameters: {'prompt': 'x', 'sigma': 3}
1 validation error for OmniSampleOverrides
sigma
  Extra inputs are not permitted [type=extra_forbidden, input_value=3, input_type=int]
    For further information visit https://errors.pydantic.dev/2.13/v/extra_forbidden
`,
	},
	{
		name: 'a control of Cosmos 3 has no file',
		code: 1,
		cause: 'missing control',
		log: `ValueError: Error generating sample 'alley': Missing pre-computed control input for 'depth'. Provide a control_path in the transfer config.
`,
	},
	{
		name: 'the input cannot be decoded',
		code: 1,
		cause: 'refused input',
		ambiguous: true,
		log: `${loading}[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55e1] moov atom not found
decord._ffi.base.DECORDError: [11:24:02] /decord/src/video/video_reader.cc:125: cosmos-inputs/ab12/color.mp4: Invalid data found when processing input
`,
	},
	{
		name: 'another user owns the checkout',
		code: 128,
		cause: 'dubious ownership',
		log: `fatal: detected dubious ownership in repository at '/workspace'
To add an exception for this directory, call:

	git config --global --add safe.directory /workspace
`,
	},
	{
		name: 'a folder of the mount cannot be written',
		code: 1,
		cause: 'permission',
		log: `PermissionError: [Errno 13] Permission denied: 'outputs/alley'
${torchrunSummary(0, 1)}`,
	},
	{
		name: 'the host has no memory for a worker',
		code: 1,
		cause: 'main memory',
		log: `RuntimeError: [enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 28311552000 bytes. Error code 12 (Cannot allocate memory)
`,
	},
	{
		name: 'the safety filter names no prompt, and the memory of the GPU was short once',
		code: 1,
		cause: '',
		ambiguous: true,
		log: `[07-01 11:22:02|WARNING|x.py:1] CUDA out of memory, retrying with offload
[07-01 11:23:02|INFO|x.py:1] 0 prompts guardrail blocked
${clips}Traceback (most recent call last):
  File "/workspace/cosmos_transfer1/diffusion/conditioner.py", line 88, in forward
RuntimeError: The size of tensor a (88) must match the size of tensor b (160) at non-singleton dimension 4
${torchrunSummary(0, 1)}`,
	},
	{
		name: 'the text of a prompt, which is logged, has the words of a cause',
		code: 3,
		cause: '',
		ambiguous: true,
		log: `[11-30 00:15:50|job=|INFO|cosmos_framework/inference/transfer.py:476:generate_transfer_sample] [transfer] final user prompt: This video is of 720x1280 resolution. Follow the depth control precisely.
[11-30 00:15:51|job=|INFO|cosmos_framework/model/generator/omni_mot_model.py:3405:generate_samples_from_batch] Using sampler: UniPC (shift=10.0, num_steps=35)
`,
	},
	{
		name: 'a process crashes in a library',
		code: 139,
		cause: 'crash',
		log: `${loading}${sampling}Fatal Python error: Segmentation fault

Current thread 0x00007f (most recent call first):
  File "/workspace/.venv/lib/python3.13/site-packages/torch/nn/functional.py", line 2546 in layer_norm
`,
	},
];
