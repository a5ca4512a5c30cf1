import {quoteWords} from '../transport/quote-words.js';
import type {Job} from './engine.js';

/** Seconds that one question may take: a start does not wait for a driver that hangs. */
const patience = 10;

/** Where a job's programs come from. */
export type Programs =
	/** @param server a container that does the job itself while it runs */
	| {docker: readonly string[]; image: string; server?: string}
	/** An image of which nothing but its name is known, or somebody else's server. */
	| 'image'
	/** The host itself. */
	| 'host';

/**
 * Shell functions: `ask_gpus` lists the host's GPUs in `$gpu_rows`, once; `made_gpus` says those among `$mine` (`0-1`, or
 * `all`), as `provenance` says the rest.
 */
export const gpuRowFunctions = `gpu_rows= asked_gpus=
ask_gpus() {
	asked_gpus=1
	gpu_rows=$(timeout ${patience} nvidia-smi --query-gpu=index,uuid,driver_version,name --format=csv,noheader 2>/dev/null)
}
made_gpus() {
	[ -n "$asked_gpus" ] || ask_gpus
	while IFS=', ' read -r index uuid version name; do
		case -$mine- in
		*-all-* | *"-$index-"*) [ -z "$name" ] || printf 'made driver %s\\nmade gpu %s\\n' "$version" "$name" ;;
		esac
	done <<GPUS
$gpu_rows
GPUS
}`;

/**
 * The shell function `provenance`: what makes a job's result, as lines `made KEY VALUE`. `domain/runs/provenance.ts` has
 * where each fact comes from. What the host does not know is left out.
 */
export function provenanceFunction(
	{workFolder, checkpoints = [], gpus = []}: Pick<Job, 'workFolder' | 'checkpoints' | 'gpus'>,
	programs: Programs,
): string {
	const folder = quoteWords([workFolder]);
	return `made_checkout() {
	[ -e ${folder}/.git ] || return 0
	own_git() { timeout ${patience} git --no-optional-locks -c core.fsmonitor=false -C ${folder} "$@"; }
	commit=$(own_git rev-parse HEAD) && changed=$(own_git status --porcelain --untracked-files=no) || return 0
	echo "made commit $commit"
	[ -z "$changed" ] || echo 'made changed yes'
}
made_checkpoints() {
	hub=\${HF_HUB_CACHE:-\${HF_HOME:-$HOME/.cache/huggingface}/hub}
	for name; do
		cached=$hub/models--$(echo "$name" | sed 's,/,--,g')
		# Its line has no end.
		revision=$(head -n 1 "$cached/refs/main" || ls -t "$cached/snapshots" | head -n 1)
		if [ -z "$revision" ]; then
			set -- ${folder}/checkpoints/"$name"/.cache/huggingface/download/*.metadata
			revision=$(head -n 1 "$1")
		fi
		[ -z "$revision" ] || echo "made checkpoint $name $revision"
	done
}
provenance() {
	made_checkout
	${checkpoints.length > 0 ? `made_checkpoints ${quoteWords(checkpoints)}` : ''}
	${programs === 'host' ? (gpus.length > 0 ? cudaOfDriver : '') : programs === 'image' ? '' : imageLines(programs)}
} 2>/dev/null`;
}

/** An image's environment is its maker's words: of it only the version of CUDA is passed on. */
function imageLines({docker, image, server}: Exclude<Programs, string>): string {
	const client = `timeout ${patience} ${quoteWords(docker)}`;
	const fields = [
		'{{println "made image-id" .Id}}',
		'{{range .RepoDigests}}{{println "made digest" .}}{{end}}',
		'{{range .Config.Env}}{{println "env" .}}{{end}}',
	];
	const running = quoteWords(['--format', '{{if .State.Running}}{{.Image}}{{end}}', server ?? '']);
	return `image=${server === undefined ? '' : `$(${client} container inspect ${running})`}
	[ -n "$image" ] || image=${quoteWords([image])}
	${client} image inspect --format ${quoteWords([fields.join('')])} "$image" |
		sed -n -e '/^made image-id /p' -e '/^made digest /p' -e 's/^env CUDA_VERSION=/made cuda /p'`;
}

/** The heading has the newest version of CUDA that the driver supports; no query has it. */
const cudaOfDriver = `timeout ${patience} nvidia-smi | sed -n 's/.*CUDA Version: *\\([0-9.]*\\).*/made cuda \\1/p'`;
