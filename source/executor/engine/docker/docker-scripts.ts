import type {Host} from '../../../domain/hosts/host.js';
import {runFolderOf} from '../../run-folder.js';
import {quoteWords} from '../../transport/quote-words.js';
import type {Job, ServerPlace} from '../engine.js';
import {begunFile, envFile, jobFile} from '../job-script.js';
import {provenanceFunction} from '../provenance-script.js';
import {checkName, startScript, tokenFunctions} from '../slot-script.js';
import {
	networkOf,
	serverContainer,
	serverFunctions,
	withoutNetwork,
} from './docker-server-scripts.js';
import {
	commonFlags,
	dockerGpus,
	dockerLog,
	labels,
	mountCache,
	podmanGpus,
} from './docker-words.js';

export function containerName(runId: string): string {
	return `cosmos-${checkName(runId)}`;
}

/**
 * The blocking command: takes the GPUs, waits for a container whose client is gone, then
 * `docker run` in the foreground. No `--rm`: code and log must survive the connection.
 *
 * A client that was killed may have asked the engine for a start that is still in progress: no
 * running container yet. With its GPUs taken by us, nobody else's is legitimate, so such a container is
 * removed; the engine either refuses, because it is running by now, or drops the start.
 * @param podman whether Podman answers to the host's words; unknown, the host finds out
 */
export function dockerStartScript(
	job: Job,
	host: Host,
	{version, podman, waitsForTurn}: {version: string; podman?: boolean; waitsForTurn?: boolean},
): string {
	const runPath = `${job.workFolder}/${job.runFolder}`;
	const {server} = job;
	return startScript(
		job,
		`${engineFunctions(host, server, podman)}
${server ? serverFunctions(server, job, host, version) : ''}
${provenanceFunction(job, server?.isForeign ? 'image' : {docker: host.docker, image: server?.image ?? host.image, server: server && serverContainer(server.key)})}
run_job() {
	${server ? 'start_server || return 125' : ''}
	set -- run ${quoteWords(['--name', containerName(job.runId), ...runFlags(job, version)])} --label "${labels.gpus}=$mine/$uuids"
	case $client in
	*[Pp]odman*) set -- "$@" ${quoteWords(['--log-driver', 'k8s-file', ...(server ? [] : podmanGpus(host))])} ;;
	*) set -- "$@" ${quoteWords([...dockerLog, ...(server ? [] : dockerGpus(host))])} ;;
	esac
	${server ? '' : mountCache(job)}
	engine "$@" ${quoteWords([...ownImage(job), ...argsOf(job, host), host.image, 'sh', `${job.runFolder}/${jobFile}`])}
	code=$?
	# A job that has begun has emptied it.
	env=${quoteWords([`${runPath}/${envFile}`])}
	[ ! -s "$env" ] || rm -f "$env"
	# Its client may have died before it: then its GPUs stay claimed until it ends.
	if [ "$code" -ge 125 ] && [ "$(engine container inspect -f '{{.State.Running}}' ${containerName(job.runId)} 2>/dev/null)" = true ]; then
		(engine wait ${containerName(job.runId)}; rm -f "$claim") >/dev/null 2>&1 &
		claim=
	fi
	${
		server
			? `case $code in 12[567]) [ -e ${quoteWords([`${runPath}/${begunFile}`])} ] || explain_refusal "$code" || return ;; esac`
			: ''
	}
	return "$code"
}`,
		waitsForTurn,
	);
}

/**
 * What a start knows of the engine: who has the GPUs, and how to wait for them.
 * @param own the server that the start is for: it need not wait for that one
 */
export function engineFunctions(
	host: Host,
	own: ServerPlace | undefined,
	podman: boolean | undefined,
): string {
	return `engine() { ${quoteWords(host.docker)} "$@"; }
own_server=${own ? quoteWords([own.key]) : '-'}
list() { engine ps --no-trunc --filter "label=${labels.lane}" "$@" --format '${listFormat}'; }
# Of these containers, those that share a GPU with us: ID|STATUS|RUN BY STATUS
sharing() {
	while IFS='|' read -r id its_slot its_gpus status who; do
		[ "\${who%% *}" != "$own_server" ] || continue
		gpus_of "$its_slot"
		known=-
		case $its_gpus in */*) gpus=\${its_gpus%%/*} known=\${its_gpus#*/} ;; esac
		! shares "$gpus" "$known" || printf '%s|%s|%s\\n' "$id" "$status" "$who"
	done
}
holders() {
	all=$(list) || return
	printf '%s\\n' "$all" | sharing | sed 's/|.*//'
}
holder() { list | sharing | sed -n '1s/^[^|]*|[^|]*|//p'; }
# A server makes way as soon as its jobs have ended.
await() {
	for server in $(engine ps -q --no-trunc --filter label=${labels.server}); do
		case " $* " in *" $server "*) engine kill -s USR1 "$server" >/dev/null 2>&1 ;; esac
	done
	exec ${quoteWords(host.docker)} wait "$@"
}
settle_slot() {
	all=$(list -a ${quoteWords(notEnded)}) || return
	all=$(printf '%s\\n' "$all" | sharing)
	[ -n "$all" ] || return 0
	made=$(printf '%s\\n' "$all" | sed -n 's/|Created.*//p')
	if [ -z "$made" ]; then
		printf '%s\\n' "$all" | sed 's/|.*//'
	else
		engine rm $made >/dev/null 2>&1
		holders
	fi
}
client=${podman === undefined ? '$(engine --version 2>/dev/null)' : podman ? 'podman' : 'docker'}`;
}

/** A helper is in the network of its server, whatever the other containers are in. */
function argsOf({server}: Job, {dockerArgs}: Host): string[] {
	return server ? [...withoutNetwork(dockerArgs), '--network', networkOf(server)] : [...dockerArgs];
}

/** The entrypoint of an image that is not the host's may treat our arguments in unknown ways. */
export function ownImage({image}: Job): string[] {
	return image === undefined ? [] : ['--entrypoint', ''];
}

/** Whose a container is, and which GPUs it has. */
const listFormat = [
	'.ID',
	`.Label "${labels.lane}"`,
	`.Label "${labels.gpus}"`,
	'.Status',
	`.Label "${labels.run}"`,
]
	.map(field => `{{${field}}}`)
	.join('|')
	.concat(`{{.Label "${labels.server}"}} {{.Label "${labels.startedBy}"}} {{.Status}}`);

/** One query for both: what holds the slot, and what was created but is not running. */
const notEnded = ['created', 'running', 'paused', 'restarting'].flatMap(state => [
	'--filter',
	`status=${state}`,
]);

function runFlags(job: Job, version: string): string[] {
	return [
		...commonFlags,
		// A dying session's signals must not stop the job.
		'--sig-proxy=false',
		...Object.entries({
			[labels.run]: job.runId,
			// The GPUs of a server that somebody else runs are not ours.
			...(!job.server?.isForeign && {[labels.lane]: job.slot}),
			[labels.startedBy]: job.startedBy,
			[labels.folder]: job.runFolder,
			[labels.version]: version,
		}).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
		'-v',
		`${job.workFolder}:/workspace`,
		// Anonymous volumes: the engine fills them with what the image has there.
		...(job.container?.imageFolders ?? []).flatMap(folder => ['-v', folder]),
		'-w',
		'/workspace',
		'--env-file',
		`${job.workFolder}/${job.runFolder}/${envFile}`,
	];
}

/**
 * Prints the state of a run's start (`waiting`, `starting`, `begun` when its command was
 * started, or `-`), then its container as JSON.
 */
export function findScript(runId: string, host: Host, remoteDir: string): string {
	return `${tokenFunctions(runId)}
if lives "$token.waiting"; then echo waiting
elif lives "$token.starting"; then echo starting
elif [ -e ${quoteWords([`${remoteDir}/${runFolderOf(runId)}/${begunFile}`])} ]; then echo begun
else echo -; fi
${quoteWords([...host.docker, 'container', 'inspect', containerName(runId)])}`;
}

/** The container's output from a byte on, until it has ended; `broken` when it was cut before. */
export function followScript(runId: string, offset: number, host: Host): string {
	return `{ ${quoteWords([...host.docker, 'logs', '--follow', containerName(runId)])} 2>/dev/null ||
	echo broken >&2; } | tail -c +${offset + 1}`;
}

/**
 * Ends a run at whatever point it is: waiting, being started, running. TERM, grace, then USR1,
 * at which the job's script kills the command and still hands its folder back, then KILL.
 * Exit code 3 says that there was nothing to end.
 */
export function stopScript(runId: string, grace: number, host: Host): string {
	return `${tokenFunctions(runId)}
engine() { ${quoteWords(host.docker)} "$@"; }
name=${containerName(runId)}
running() { [ "$(engine container inspect -f '{{.State.Running}}' "$name" 2>/dev/null)" = true ]; }
seconds() { read -r up rest </proc/uptime && echo "\${up%.*}"; }
ends_within() {
	end=$(($(seconds) + $1))
	while running; do
		[ "$(seconds)" -lt "$end" ] || return 1
		sleep 0.1
	done
}
if end_waiter; then exit 0; fi
until running; do
	lives "$token.starting" || { running && break; exit 3; }
	sleep 0.1
done
engine kill -s TERM "$name" >/dev/null
if ! ends_within ${Math.ceil(grace)}; then
	engine kill -s USR1 "$name" >/dev/null
	ends_within 5 || engine kill "$name" >/dev/null
fi
engine wait "$name" >/dev/null`;
}

/**
 * Removes an ended container and the traces of an interrupted start. A container that was
 * killed could not hand its folder back: then a short second one does, or the user could not remove
 * what root wrote there.
 */
export function removeScript(runId: string, host: Host, remoteDir: string): string {
	const name = containerName(runId);
	const chown = ['sh', host.image, '-c', 'chown -R "$(stat -c %u:%g "$0")" "$0"'];
	return `${tokenFunctions(runId)}
engine() { ${quoteWords(host.docker)} "$@"; }
for kind in waiting starting ended; do
	[ ! -e "$token.$kind" ] || lives "$token.$kind" || rm -f "$token.$kind"
done
lives "$token.waiting" || lives "$token.starting" || rm -f "$token".*.gpus "$token".*.early
folder=${runFolderOf(runId)}
hand_back() {
	cd ${quoteWords([remoteDir])} && [ -d "$folder" ] &&
		[ -n "$(find "$folder" ! -user "$(stat -c %u "$folder")" 2>/dev/null)" ] &&
		engine run --rm --pull=never --network none -v ${quoteWords([`${remoteDir}:/workspace`])} \
			-w /workspace --entrypoint ${quoteWords(chown)} "$folder"
}
hand_back &
said=$(engine rm -v ${name} 2>&1)
code=$?
wait
[ "$code" -ne 0 ] || exit 0
case $said in
*"o such container"* | *"o such object"* | *"o container with name"*) exit 0 ;;
*"already in progress"*)
	# Somebody who has died since had asked for it.
	tries=0
	while [ "$tries" -lt 100 ]; do
		engine container inspect ${name} >/dev/null 2>&1 || exit 0
		tries=$((tries + 1))
		sleep 0.1
	done ;;
esac
echo "$said" >&2
exit 1`;
}
