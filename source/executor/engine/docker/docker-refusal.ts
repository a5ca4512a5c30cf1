import type {ErrorCode} from '../../../domain/error-codes.js';
import {CosmosError} from '../../../domain/errors.js';
import type {Host} from '../../../domain/hosts/host.js';
import {cleanText} from '../../../domain/runs/log-lines.js';
import {buildCommand} from './image-build.js';

type Rule = {
	says: RegExp;
	code: ErrorCode;
	message: (host: Host, said: string) => string;
	hint: (host: Host) => string;
};

const tool = ({docker}: Host) => docker.join(' ');

/** A guard against starting a run twice. */
const nameTaken = /name .*already in use/i;

const engineDown =
	/cannot connect to the docker daemon|is the docker daemon running|error during connect/i;

/** The socket that was tried, as the client names it. */
function socketIn(said: string): string {
	const [, socket] =
		/daemon at ((?:unix|tcp|ssh|npipe):\/\/[^\s"]+?)\.?(?=[\s"]|$)/.exec(said) ?? [];
	return socket === undefined ? '' : ` at ${socket}`;
}

/** The refusals of Docker, Podman and sudo, and their meaning for the user. */
const rules: readonly Rule[] = [
	{
		says: /sudo:.*(?:password|terminal|tty)/,
		code: 'engine-failed',
		message: host => `\`${tool(host)}\` on ${host.name} asks for a password`,
		hint: () =>
			'Allow it without a password (NOPASSWD in sudoers), or add yourself to the docker group.',
	},
	{
		says: /permission denied.*(?:docker|\.sock)/is,
		code: 'engine-failed',
		message: host => `${host.name}: no permission to use the Docker daemon`,
		hint: host =>
			`Add yourself to the docker group there, or set docker = "sudo docker" under [hosts.${host.name}].`,
	},
	{
		says: engineDown,
		code: 'engine-failed',
		message: (host, said) => `${host.name}: the Docker daemon does not respond${socketIn(said)}`,
		hint: host =>
			`Start it there: sudo systemctl start docker. One that runs without root has another socket: set docker = "docker -H unix:///run/user/UID/docker.sock" or "docker --context rootless" under [hosts.${host.name}].`,
	},
	{
		says: /could not select device driver|unresolvable cdi|unknown flag: --gpus|libnvidia-ml/i,
		code: 'engine-failed',
		message: host => `${host.name}: Docker has no NVIDIA runtime: it rejected --gpus`,
		hint: host =>
			`Install the NVIDIA Container Toolkit there, or set gpus = [] under [hosts.${host.name}].`,
	},
	{
		says: /nvidia-container-cli:.*(?:unknown device|device error)/is,
		code: 'gpu-missing',
		message: host => `${host.name} has no GPU ${host.gpus.join(' or ')}`,
		hint: host => `Set gpus under [hosts.${host.name}] to indices that nvidia-smi lists there.`,
	},
	{
		says: /no such image|image not known|unable to find image/i,
		code: 'image-missing',
		message: host => `${host.name} has no image ${host.image}`,
		hint: host =>
			buildCommand(host)
				? `Build it there: ${buildCommand(host)}`
				: `Build it there, or pull it: ${tool(host)} pull ${host.image}. \`${tool(host)} images\` lists the images there.`,
	},
	{
		says: nameTaken,
		code: 'host',
		message: host => `${host.name} already has a container for this run`,
		hint: () => 'cosmos never starts a run twice.',
	},
	{
		says: /no space left on device/i,
		code: 'host-disk-full',
		message: host => `${host.name}: the disk is full`,
		hint: () => 'Free some space there.',
	},
];

/** The refusal as an error with its remedy; undefined for an unknown message. */
export function explainRefusal(said: string, host: Host): CosmosError | undefined {
	const rule = rules.find(candidate => candidate.says.test(said));
	return (
		rule &&
		new CosmosError(rule.code, rule.message(host, said), {
			hint: rule.hint(host),
			cause: new Error(engineWords(said)),
		})
	);
}

/** Whether the engine refused a container because its run has one already. */
export function isNameTaken(said: string): boolean {
	return nameTaken.test(said);
}

/** Whether the client failed because no engine answered it. */
export function isEngineDown(said: string): boolean {
	return engineDown.test(said);
}

/** What the engine said, without the client's advice about its usage; one line. */
export function engineWords(said: string): string {
	return said
		.split('\n')
		.map(line => cleanText(line).trim())
		.filter(line => line !== '' && !/^(?:(?:See|Run) '.*--help'|Usage:)/.test(line))
		.join('; ');
}
