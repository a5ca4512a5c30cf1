import type {Host} from '../../../domain/hosts/host.js';
import {commitLabel} from '../../../domain/models/container.js';
import {describeGpus} from '../../diagnose/describe-gpus.js';
import {quoteWords} from '../../transport/quote-words.js';
import type {Transport} from '../../transport/transport.js';
import type {EngineDoctor} from '../engine.js';
import {runScript} from '../slot-script.js';
import {explainFailure, gpuCheck} from './docker-check.js';
import {checkBuilt} from './image-build.js';

/** The checks of `cosmos doctor` on a Docker host, each of one thing only. */
export function dockerDoctor(host: Host, transport: Transport): EngineDoctor {
	return {
		engine: () => lookAtEngine(host, transport),
		async gpus() {
			const gpus = await describeGpus(host, transport);
			if (host.gpus.length > 0) {
				await lookAtGpuRuntime(host, transport);
			}

			return gpus;
		},
		image: () => lookAtImage(host, transport),
		cuda: () => findCuda(host, transport),
		needsEngine: true,
	};
}

/** Returns the engine's version. @throws CosmosError (host) */
async function lookAtEngine(host: Host, transport: Transport): Promise<string> {
	return ask(
		host,
		transport,
		`client=$(engine --version) || fail client
case $client in
*[Pp]odman*) engine info >/dev/null && echo "Podman \${client##* }" ;;
*) engine version --format 'Docker {{.Server.Version}}' ;;
esac || fail engine
command -v flock >/dev/null || fail flock`,
	);
}

/** Gives when the image was made. @throws CosmosError (host) */
async function lookAtImage(host: Host, transport: Transport): Promise<string> {
	const image = quoteWords([host.image]);
	const made = await ask(
		host,
		transport,
		`engine image inspect --format '{{.Created}} {{index .Config.Labels "${commitLabel}"}}' ${image} || fail image`,
	);
	const [created = '', commit = ''] = made.split(' ');
	const built = host.simulated ? '' : await checkBuilt(host, transport, commit);
	return `${host.image}, made ${created.slice(0, 10)}${built}`;
}

/** NVIDIA's base images say it in their environment. */
async function findCuda(host: Host, transport: Transport): Promise<string | undefined> {
	const {stdout} = await runScript(
		transport,
		`${quoteWords([...host.docker, 'image', 'inspect', '--format', '{{range .Config.Env}}{{println .}}{{end}}', host.image])} 2>/dev/null`,
	);
	return /^CUDA_VERSION=(\d+(?:\.\d+)*)$/m.exec(stdout)?.[1];
}

/** @throws CosmosError (host) when nothing there gives GPUs to containers */
async function lookAtGpuRuntime(host: Host, transport: Transport): Promise<void> {
	await ask(host, transport, `client=$(engine --version)\n${gpuCheck}`);
}

async function ask(host: Host, transport: Transport, script: string): Promise<string> {
	const {code, stdout, stderr} = await runScript(
		transport,
		`engine() { ${quoteWords(host.docker)} "$@"; }
fail() { code=$?; echo "failed=$1"; exit "$code"; }
${script}
exit 0`,
	);
	if (code !== 0) {
		throw explainFailure(host, /failed=(\w+)/.exec(stdout)?.[1] ?? '', code, stderr);
	}

	return stdout.trim();
}
