/** Why Cosmos 3 ends, in the words of its log, where the common causes say less. */
import type {FailureCause} from '../../failures/failure-cause.js';

export const cosmos3Causes: readonly FailureCause[] = [
	{
		name: 'guardrail with its category',
		reason: 'guardrail',
		says: /GUARDRAIL BLOCKED: QWEN3GUARD:.*Categories: \[([^\]]*)\]/,
		message: 'the safety filter (guardrail) blocked the prompt: $1',
		hint: 'Reword the prompt.',
	},
	{
		name: 'guardrail by its word list',
		reason: 'guardrail',
		says: /GUARDRAIL BLOCKED: BLOCKLIST: ?(.*)/,
		message: 'the safety filter (guardrail) blocked the prompt by its word list: $1',
		hint: 'Reword the prompt.',
	},
	{
		// The line with the category stands above it.
		name: 'guardrail, without its category',
		reason: 'guardrail',
		says: /Error generating sample .*Guardrail blocked prompt/,
		weight: 'effect',
		message: 'the safety filter (guardrail) blocked the prompt',
		hint: 'Reword the prompt.',
	},
	{
		name: 'no token',
		says: /401 Client Error.*? for ([\w.-]+\/[\w.-]+?)\.?(?:\s|$)/,
		message: 'Hugging Face refused $1: there is no valid HF_TOKEN',
		hint: 'Set HF_TOKEN on this machine: `env = ["HF_TOKEN"]` passes it on. Accept the licence on the page of the model too.',
	},
	{
		name: 'licence not accepted',
		says: /403 Client Error.*Access to model ([\w.-]+\/[\w.-]+) is restricted/,
		message: 'Hugging Face gives $1 only to those who have accepted its licence',
		hint: 'Accept it on the page of the model, with the account whose HF_TOKEN the job gets.',
	},
	{
		name: 'uv is missing',
		says: /FileNotFoundError: .*'uv'/,
		message: 'the image or host has no program uv, by which Cosmos 3 downloads its models',
		hint: 'Install uv 0.11.3 or newer there; it is needed too when all weights are cached.',
	},
	{
		name: 'download of a model',
		says: /CalledProcessError: Command '\[?'uv', 'run'.*'download'.*?'([\w.-]+\/[\w.-]+)'|Rank 0 download failed/,
		weight: 'effect',
		message: 'a model could not be downloaded: $1',
		hint: 'The lines above it in the log say why; it takes a network, also for uv itself, and room in the cache.',
	},
	{
		name: 'missing control',
		reason: 'rejected-input',
		says: /Missing pre-computed control input for '(\w+)'/,
		message: 'the $1 of the transfer is missing',
		hint: 'Give the prompt a file for it: Cosmos 3 computes only edge and blur.',
	},
	{
		name: 'LD_LIBRARY_PATH',
		says: /cannot import name '_functionalization' from 'torch\._C'/,
		message: 'the libraries that LD_LIBRARY_PATH names do not fit PyTorch',
		hint: 'Empty it in the image: `ENV LD_LIBRARY_PATH=`.',
	},
	{
		name: "the guardrail's libraries",
		says: /(libxcb[\w.-]*): cannot open shared object file/,
		message: 'the image lacks $1, which the guardrail needs',
		hint: 'Install libgl1, libglib2.0-0 and libxcb1 there.',
	},
	{
		name: 'no framework',
		says: /No module named '?cosmos_framework'?/,
		message: 'the host has no cosmos-framework where the job runs',
		hint: "Check the host's folder: it has to be the checkout, and its environment has to be built from it.",
	},
	{
		name: "NCCL's network plugin",
		says: /Failed to initialize NET plugin (\w+)/,
		message: 'the network plugin $1 of NCCL does not start',
		hint: 'Turn it off: NCCL_NET_PLUGIN=none, set here and named by env of the host.',
	},
	{
		name: 'another process failed',
		says: /A different GPU rank failed\./,
		weight: 'effect',
		message: 'another process of the job failed',
		hint: 'Look for its lines above.',
	},
];
