import type {Host} from '../../../domain/hosts/host.js';
import {jobLostCode, serverFailedLine} from '../../../domain/servers/server.js';
import {quoteWords} from '../../transport/quote-words.js';
import type {Job, ServerPlace} from '../engine.js';
import {envFile} from '../job-script.js';
import {
	commonFlags,
	dockerGpus,
	dockerLog,
	labels,
	mountCache,
	podmanGpus,
} from './docker-words.js';
import {serverGuardScript, serverStartVariable} from './server-guard-script.js';

export function serverContainer(key: string): string {
	return `cosmos-server-${key}`;
}

/** Labels that only the containers of servers have. */
export const serverLabels = {
	kind: 'cosmos.kind',
	checkpoint: 'cosmos.checkpoint',
	name: 'cosmos.server-name',
} as const;

/** The network in which a job's helper reaches its server: no port is opened to anyone. */
export function networkOf({key, isForeign}: ServerPlace): string {
	return isForeign ? 'host' : `container:${serverContainer(key)}`;
}

/** `docker run` arguments without those about networks and ports. */
export function withoutNetwork(args: readonly string[]): string[] {
	const kept: string[] = [];
	for (let at = 0; at < args.length; at++) {
		const word = args[at] as string;
		if (
			/^(?:--net|--network|-p|--publish|--expose|--ip6?|--hostname|-h|--dns\S*|--add-host|--link)$/.test(
				word,
			)
		) {
			at++;
		} else if (
			!/^(?:--(?:net|network|publish|expose|ip6?|hostname|dns\S*|add-host|link)=|-p\S|-P$|--publish-all)/.test(
				word,
			)
		) {
			kept.push(word);
		}
	}

	return kept;
}

/**
 * Shell functions by which a start makes sure that its server runs. Only one start at a time looks: it takes
 * the GPUs if the server does not run, starts it, and leaves the GPUs' claim to it. If the engine refuses to put the
 * job beside it, `explain_refusal` says whether that is because the server has ended, from its state and never from the
 * engine's words: its code is then the job's.
 */
export function serverFunctions(
	server: ServerPlace,
	job: Pick<Job, 'runFolder' | 'workFolder' | 'startedBy'>,
	host: Host,
	version: string,
): string {
	if (server.isForeign) {
		return `take_slot() { :; }
start_server() { :; }
explain_refusal() { return "$1"; }`;
	}

	const name = serverContainer(server.key);
	const ofServer = {
		[labels.server]: server.key,
		[serverLabels.name]: server.name,
		[serverLabels.kind]: server.kind,
		[serverLabels.checkpoint]: server.checkpoint,
		[labels.lane]: server.lane,
		[labels.startedBy]: job.startedBy,
		[labels.folder]: server.folder,
		[labels.version]: version,
	};
	const flags = [
		...['-d', '--name', name],
		...commonFlags,
		...Object.entries(ofServer).flatMap(([label, value]) => ['--label', `${label}=${value}`]),
		...['-v', `${job.workFolder}:/workspace`, '-w', '/workspace'],
		...['--env-file', `${job.workFolder}/${job.runFolder}/${envFile}`],
	];
	const guard = [
		...['python3', '-u', '-c', serverGuardScript, server.folder],
		...[String(server.idleStop), String(server.startLimit), server.url, server.ready],
		...server.command,
	];
	return `# Which life of the server's container this is, and whether it lasts: true ID STARTED
server_life() { engine container inspect -f '{{.State.Running}} {{.Id}} {{.State.StartedAt}}' ${name} 2>/dev/null; }
server_up() {
	life=$(server_life)
	[ "\${life%% *}" = true ]
}
up=
take_slot() {
	file=$lock_dir/${name}.lock
	open_lock "$file"
	command exec 9<"$file"
	if ! flock -n 9; then
		waits_for="${server.name} $by"
		announce 7<&- 9<&- &
		announcer=$!
		flock 9 &
		child=$!
		wait "$child"
		kill "$announcer" 2>/dev/null
		wait "$announcer"
		announcer= child= waits_for=
	fi
	if server_up; then
		up=1
		exec 9<&-
	else
		take_gpus
	fi
}
start_server() {
	[ -z "$up" ] || return 0
	mkdir -p ${quoteWords([`${job.workFolder}/${server.folder}`])} || return
	engine rm -f ${name} >/dev/null 2>&1
	set -- run ${quoteWords(flags)} --label "${labels.gpus}=$mine/$uuids" --env "${serverStartVariable}=$run-$$-$(started $$)"
	case $client in
	*[Pp]odman*) set -- "$@" ${quoteWords(['--log-driver', 'k8s-file', ...podmanGpus(server)])} ;;
	*) set -- "$@" ${quoteWords([...dockerLog, ...dockerGpus(server)])} ;;
	esac
	${mountCache(server)}
	engine "$@" --entrypoint '' ${quoteWords([...host.dockerArgs, server.image, ...guard])} >/dev/null 7<&- 9<&- || return
	# Its GPUs stay claimed until it ends.
	(engine wait ${name}; rm -f "$claim") >/dev/null 2>&1 9<&- &
	claim=
	exec 7<&- 9<&-
	life=$(server_life)
}
server_ended() {
	[ "$life" = "$(server_life)" ] || return 0
	! engine exec ${name} python3 -c '' >/dev/null 2>&1 || return 1
	# Its process has ended, and the engine has yet to notice.
	timeout 10 ${quoteWords(host.docker)} wait ${name} >/dev/null 2>&1
	return 0
}
explain_refusal() {
	server_ended || return "$1"
	logged=$(engine logs ${name} 2>&1)
	case $logged in *${quoteWords([serverFailedLine])}) ;; *) return ${jobLostCode} ;; esac
	printf '%s\\n' "$logged"
	return 1
}`;
}
