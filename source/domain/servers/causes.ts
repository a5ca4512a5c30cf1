/** Why a job of a model server ends, in the words of its helper and of the server's guard. */
import type {FailureCause} from '../failures/failure-cause.js';

const seeLog = '`cosmos server log` shows more; --no-server runs the job in a container.';

export const serverCauses: readonly FailureCause[] = [
	{
		name: 'server: guardrail',
		reason: 'guardrail',
		says: /^the server answered \d+: .*[Gg]uardrail blocked/,
		message: 'the safety filter (guardrail) of the server blocked the prompt',
		hint: 'Reword the prompt.',
	},
	{
		name: 'server: GPU memory',
		reason: 'gpu-out-of-memory',
		says: /^the server answered 5\d\d: .*(?:out of memory|OutOfMemoryError)/,
		message: 'the server ran out of GPU memory',
		hint: 'Use --resolution 480 or fewer --frames, or give the server --enable-layerwise-offload in its args.',
	},
	{
		name: 'server: refused request',
		reason: 'rejected-input',
		says: /^the server answered (4\d\d): (.*)/,
		message: 'the server refused the request: $2',
		hint: 'Change that setting, or use --no-server: a container may take it.',
	},
	{
		name: 'server: error',
		says: /^the server answered (5\d\d): (.*)/,
		message: 'the server failed at the job: $2',
		hint: seeLog,
	},
	{
		name: 'server: not ready in time',
		says: /^(?:cosmos|server failed): the server was not ready within (\d+) s/,
		message: 'the server was not ready within $1 s',
		hint: 'Increase start_limit of the server; its first start downloads the model.',
	},
	{
		name: 'server: port in use',
		says: /^cosmos: the server cannot use port (\d+): (.*)/,
		message: 'the server cannot use port $1: $2',
		hint: 'Remove --network host from docker_args: then the server has a network of its own.',
	},
	{
		name: 'server: not in the image',
		says: /^cosmos: the image cannot start the server: (.*)/,
		message: 'the image cannot start the server: $1',
		hint: 'Set image of the server to one with vLLM-Omni, such as vllm/vllm-omni:cosmos3.',
	},
	{
		name: 'server: failed before it was ready',
		says: /^cosmos: the server failed before it was ready/,
		weight: 'effect',
		message: 'the server failed before it was ready',
		hint: '`cosmos server log` shows why.',
	},
	{
		name: 'server: does not fit the job',
		says: /^server unfit: (.*)/,
		message: 'the server does not fit the job: $1',
		hint: 'Correct the configuration of the server, or use --no-server.',
	},
	{
		name: 'server: does not answer',
		says: /^server unreachable: (.*)/,
		message: 'the server does not answer: $1',
		hint: 'Check that it is running on the host, or use --no-server.',
	},
	{
		name: 'server: gone',
		says: /^server lost: (.*)/,
		weight: 'effect',
		message: 'the server has lost the job each time: $1',
		hint: seeLog,
	},
];
