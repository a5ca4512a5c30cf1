import {expect, test} from 'vitest';
import {demoHost} from '../../../../source/config/config.js';
import {explainFailure} from '../../../../source/executor/engine/docker/docker-check.js';
import {
	engineWords,
	explainRefusal,
} from '../../../../source/executor/engine/docker/docker-refusal.js';

const host = {...demoHost('/data', '/simulator.js'), name: 'h100', image: 'me/model:1', gpus: [4]};

// As Docker, Podman, the NVIDIA toolkit and sudo word them.
test.each([
	[
		'sudo: a terminal is required to read the password; either use the -S option',
		'asks for a password',
	],
	['sudo: a password is required', 'asks for a password'],
	[
		'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
		'no permission to use the Docker daemon',
	],
	[
		'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
		'the Docker daemon does not respond',
	],
	[
		'docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]]',
		'no NVIDIA runtime',
	],
	['Error: setting up CDI devices: unresolvable CDI devices nvidia.com/gpu=4', 'no NVIDIA runtime'],
	['nvidia-container-cli: device error: 4: unknown device: unknown', 'has no GPU 4'],
	['docker: Error response from daemon: No such image: me/model:1', 'has no image me/model:1'],
	['Error: me/model:1: image not known', 'has no image me/model:1'],
	[
		'Error: creating container storage: the container name "cosmos-run_1" is already in use by 0a1b',
		'already has a container for this run',
	],
	['write /var/lib/docker/tmp: no space left on device', 'the disk is full'],
])('%s', (said, message) => {
	expect(explainRefusal(said, host)?.message).toContain(message);
});

test('a daemon that does not respond is named by its socket, with the way out for a rootless one', () => {
	const said =
		'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
	expect(explainRefusal(said, host)).toMatchObject({
		message: 'h100: the Docker daemon does not respond at unix:///var/run/docker.sock',
		hint: expect.stringContaining('docker = "docker -H unix:///run/user/UID/docker.sock"'),
	});
});

test.each([
	[['sudo', 'docker'], 'sh: 1: sudo: not found', 'sudo', 'set docker without it'],
	[['sudo', 'docker'], 'bash: line 1: sudo: command not found', 'sudo', 'set docker without it'],
	[['sudo', 'docker'], 'sudo: docker: command not found', 'docker', 'Install Docker there'],
	[['docker'], 'sh: 1: docker: not found', 'docker', 'docker = "podman"'],
])('%j: %s', (docker, stderr, missing, hint) => {
	expect(explainFailure({...host, docker}, 'client', 127, stderr)).toMatchObject({
		message: `h100 has no \`${missing}\``,
		hint: expect.stringContaining(hint),
	});
});

test('unknown messages have no explanation', () => {
	expect(explainRefusal('out of cheese', host)).toBeUndefined();
});

test("the advice of the client is not part of the engine's message", () => {
	const said =
		"docker: Error response from daemon: no.\n\nRun 'docker run --help' for more information\n";
	expect(engineWords(said)).toBe('docker: Error response from daemon: no.');
});
