import {CosmosError} from '../../../domain/errors.js';
import type {Host} from '../../../domain/hosts/host.js';
import type {JobNeeds} from '../../../domain/models/model-job.js';
import {familyOfHost, needsOfHost, noModel} from '../../diagnose/model-on-host.js';
import {quoteWords} from '../../transport/quote-words.js';
import type {Transport} from '../../transport/transport.js';
import type {EngineFacts} from '../engine.js';
import {runScript} from '../slot-script.js';
import {engineWords, explainRefusal} from './docker-refusal.js';

/**
 * Checks that the host can run this product's containers. One command there, plus the folders.
 * @param podman whether Podman answers to the host's words; unknown or so, it is asked for its version
 * @throws CosmosError (host) that names what is missing and the remedy
 */
export async function checkDocker(
	given: Host,
	needs: JobNeeds | undefined,
	remoteDir: string,
	transport: Transport,
	podman?: boolean,
): Promise<EngineFacts> {
	const {model, image = given.image} = needs ?? needsOfHost(given);
	const host = {...given, image, ...(model !== undefined && {model})};
	if (remoteDir.includes(':')) {
		throw new CosmosError('configuration', `remote_dir of ${host.name} has a colon: ${remoteDir}`, {
			hint: 'Docker cannot mount such a folder; rename it, or use a symlink without a colon.',
		});
	}

	const [{code, stdout, stderr}, folders] = await Promise.all([
		runScript(transport, checkScript(host, podman)),
		lookAtCheckout(host, model !== undefined, remoteDir, transport),
	]);
	const said = Object.fromEntries(
		stdout.split('\n').map(line => [line.split('=')[0], line.slice(line.indexOf('=') + 1).trim()]),
	);
	if (code !== 0) {
		throw explainFailure(host, said.failed ?? '', code, stderr);
	}

	checkCheckout(host, remoteDir, folders);
	return {version: said.version ?? '', image: host.image, imageCreated: said.created ?? ''};
}

/**
 * Says `failed=WHAT` and ends with another code than 0 at the first thing that is missing. The
 * engine and its image are asked about at the same time: starting a client takes long.
 */
function checkScript(host: Host, podman?: boolean): string {
	return `engine() { ${quoteWords(host.docker)} "$@"; }
fail() { code=$?; echo "failed=$1"; exit "$code"; }
${podman === false ? 'client=docker' : 'client=$(engine --version) || fail client'}
case $client in
*[Pp]odman*)
	echo "version=Podman \${client##* }"
	engine info >/dev/null & ;;
*)
	engine version --format 'version=Docker {{.Server.Version}}' & ;;
esac
asked=$!
image=$(engine image inspect --format 'created={{.Created}}' ${quoteWords([host.image])} 2>&1)
found=$?
wait "$asked" || fail engine
${host.gpus.length > 0 ? gpuCheck : ''}
[ "$found" -eq 0 ] || { echo "$image" >&2; (exit "$found") || fail image; }
echo "$image"
command -v flock >/dev/null || fail flock
exit 0`;
}

/** Any of these means that `--gpus` is supported. */
export const gpuCheck = `case $client in
*[Pp]odman*) ;;
*)
	command -v nvidia-container-runtime-hook >/dev/null ||
		command -v nvidia-ctk >/dev/null ||
		ls /etc/cdi/* /var/run/cdi/* >/dev/null 2>&1 ||
		engine info --format '{{json .Runtimes}}' | grep -q nvidia || fail gpu ;;
esac`;

/** What a script's `failed=WHAT` means. */
export function explainFailure(
	host: Host,
	failed: string,
	code: number,
	stderr: string,
): CosmosError {
	const tool = host.docker.join(' ');
	if (failed === 'flock') {
		return new CosmosError('host-program-missing', `${host.name} has no \`flock\``, {
			hint: 'Install util-linux there; it keeps two jobs off the same GPU.',
		});
	}

	if (failed === 'gpu') {
		return explainRefusal('could not select device driver', host) as CosmosError;
	}

	if (failed === 'client' && (code === 127 || /not found/.test(stderr))) {
		const [first = '', ...rest] = host.docker;
		// `sudo docker` lacks either; what is not found says which.
		const missing = rest.length > 0 && !notFound(stderr, first) ? (rest.at(-1) as string) : first;
		return new CosmosError('host-program-missing', `${host.name} has no \`${missing}\``, {
			hint:
				rest.length > 0 && missing === first
					? `Install ${first} there, or set docker without it under [hosts.${host.name}].`
					: `Install Docker there, or set docker = "podman" or its path under [hosts.${host.name}].`,
		});
	}

	return (
		explainRefusal(stderr, host) ??
		new CosmosError('engine-failed', `\`${tool}\` on ${host.name} fails: ${engineWords(stderr)}`, {
			hint: `Try \`${tool} version\` there.`,
		})
	);
}

/** Whether a shell or sudo says that it has no program of that name. */
function notFound(stderr: string, program: string): boolean {
	const name = program.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return new RegExp(`(?:^|[\\s:'"])${name}['"]?: (?:command )?not found`, 'm').test(stderr);
}

async function lookAtCheckout(
	host: Host,
	needsModel: boolean,
	remoteDir: string,
	transport: Transport,
) {
	const {needs, also = []} = familyOfHost(host).checkout;
	const wanted = needsModel && !host.simulated ? [needs, ...also] : [];
	const [checkout, ...there] = await Promise.all(
		['', ...wanted.map(folder => `/${folder}`)].map(folder =>
			transport.isFolder(`${remoteDir}${folder}`),
		),
	);
	return {checkout: checkout === true, missing: wanted.find((_, index) => !there[index])};
}

function checkCheckout(
	host: Host,
	remoteDir: string,
	there: {checkout: boolean; missing?: string},
): void {
	if (!there.checkout) {
		throw new CosmosError('host-folder-missing', `${host.name} has no folder ${remoteDir}`, {
			hint: `Clone the model there, or set remote_dir under [hosts.${host.name}].`,
		});
	}

	if (there.missing !== undefined) {
		throw noModel(host, remoteDir, there.missing);
	}
}
