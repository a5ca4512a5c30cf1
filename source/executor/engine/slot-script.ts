import {CosmosError} from '../../domain/errors.js';
import type {ExecOptions, ExecResult, Transport} from '../transport/transport.js';
import type {Job} from './engine.js';
import {gpuClaimFunctions, lockUnusable} from './gpu-claim-script.js';

/**
 * Runs a script of several lines on a host. It goes through standard input: the remote login shell
 * never sees it, it leaves no file, and the process list shows none of it. Braces make the shell
 * read all of it before it begins.
 */
export async function runScript(
	transport: Transport,
	script: string,
	options: Pick<ExecOptions, 'onOutput' | 'timeLimit' | 'moreInput'> = {},
): Promise<ExecResult> {
	const input = `{\n${script}\nexit\n} ${options.moreInput ? '3<&0 ' : ''}</dev/null\n`;
	return transport.exec(['sh', '-s'], {...options, input});
}

/** What a start that waits for its turn is sent: `moreInput` of its script. */
export const turnLine = 'turn\n';

/** Whether something can be the id of a run or the name of a slot. */
export function isName(name: string): boolean {
	return /^[A-Za-z0-9][\w.-]*$/.test(name);
}

/** Ids and slots become names of files, labels and containers on the host. */
export function checkName(name: string): string {
	if (!isName(name)) {
		throw new CosmosError('usage', `not a valid name for a run or a slot: ${JSON.stringify(name)}`);
	}

	return name;
}

/**
 * Shell functions about a run that waits to start. `$token.waiting` says that it waits; whoever
 * renames that file decides: to `.starting` the run itself, to `.ended` the one who stops it, or
 * starts it again after a lost connection. So a stopped run can never start after all, nor one start twice.
 *
 * The folder is one that all users of the host share, because all of them share its GPUs.
 */
export function tokenFunctions(runId: string): string {
	return `run=${checkName(runId)}
lock_dir=\${COSMOS_LOCK_DIR:-}
if [ -z "$lock_dir" ]; then
	lock_dir=/tmp
	if [ -k /run/lock ] && [ -w /run/lock ]; then lock_dir=/run/lock; fi
fi
token=$lock_dir/cosmos-$run

started() {
	read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
	set -- \${stat##*) }
	[ "$1" != Z ] && echo "\${20}"
}
write_token() { echo "$$ $(started $$) $slot $by" >"$token.$1"; }
lives() {
	[ -f "$1" ] && read -r pid start rest 2>/dev/null <"$1" && [ -n "$start" ] && [ "$(started "$pid")" = "$start" ]
}
end_waiter() {
	[ -e "$token.waiting" ] && mv "$token.waiting" "$token.ended" 2>/dev/null || return 1
	ended=1
	while lives "$token.ended"; do
		if [ "$ended" -lt 50 ]; then kill -TERM "$pid"; else kill -KILL "$pid"; fi
		ended=$((ended + 1))
		sleep 0.1
	done
	rm -f "$token.ended" "$token.$pid.gpus" "$token.$pid.early"
	[ "$ended" -gt 1 ]
}
`;
}

/**
 * A start script: claims the job's GPUs, waits until nobody else uses them, then runs the job. The claim's
 * lock is on an open file, so it lives as long as this shell or the job's client does. Files of locks are
 * opened for reading only: in a folder with the sticky bit a user may not open another one's for
 * writing (fs.protected_regular).
 *
 * @param functions what the engine knows, as shell functions: `holders` prints what `await` waits for on
 * our GPUs (`shares`), nothing when they are free, and fails when it cannot look; `settle_slot`, if given,
 * does the same for the first time with the GPUs claimed, and makes it certain; `holder` prints
 * `RUN BY STATE`; `provenance`, if given, says what makes the job's result; `await IDS` blocks until these have ended
 * and must `exec`; `take_slot`, if given, replaces `take_gpus`, for a job that may need none; `run_job` runs the job and returns its code
 * @param waitsForTurn it claims nothing before it is sent `turnLine`; when its input ends instead, it ends too
 */
export function startScript(
	job: Pick<Job, 'runId' | 'slot' | 'gpus' | 'startedBy'>,
	functions: string,
	waitsForTurn = false,
): string {
	return `${tokenFunctions(job.runId)}
slot=${checkName(job.slot)}
by='${job.startedBy.replaceAll(/[^\w.@-]/g, '_')}'
settle_slot() { holders; }
${gpuClaimFunctions(job)}
announcer=
child=
report_holder() {
	line=$(holder)
	[ -n "$line" ] || line=$waits_for
	if [ -n "$line" ] && [ "\${line%% *}" != "$reported" ]; then
		reported=\${line%% *}
		echo "wait $line"
	fi
}
await_quietly() { (await "$@") >/dev/null 2>&1 5<&- 7<&- & child=$!; wait "$child"; child=; }
cannot_look() {
	echo "cannot look for jobs on slot $slot" >&2
	leave 125
}
announce() {
	trap 'kill $child 2>/dev/null; exit' TERM
	while kill -0 $$ 2>/dev/null; do
		report_holder
		ids=$(holders)
		if [ -n "$ids" ]; then await_quietly $ids; else sleep 1 & child=$!; wait "$child"; fi
	done
}

take_gpus() {
	claim_gpus
	await_gpus
	lock_old_slots
	ids=$(settle_slot) || cannot_look
	while [ -n "$ids" ]; do
		report_holder
		await_quietly $ids
		ids=$(holders) || cannot_look
	done
}
take_slot() { take_gpus; }
provenance() { :; }
${functions}

reported=
end_waiter
refusal=$( (set -C; write_token waiting) 2>&1) || {
	case $refusal in
	*exist*) refusal="$run is already waiting for its slot" ;;
	*)
		rm -f "$token.waiting"
		full_disk
		;;
	esac
	echo "cannot write $token.waiting: $refusal" >&2
	exit 125
}
trap '' PIPE
trap 'leave 143' TERM HUP INT
echo ready
${
	waitsForTurn
		? `find_uuids
hold_old_slots_early
read -r turn <&3 || leave 143
exec 3<&-`
		: ''
}
provenance 5<&- &
describer=$!
take_slot
${(job.gpus?.length ?? 0) > 0 ? 'made_gpus' : ''}
wait "$describer"
mv "$token.waiting" "$token.starting" 2>/dev/null || leave 143
trap - TERM HUP INT
echo start
trap - PIPE
run_job
code=$?
rm -f "$token.starting" "$claim" "$early"
exit "$code"`;
}

/** Why a start script ended before the job began, where that is the script's own doing. */
export function explainWait(
	hostName: string,
	{code, stderr}: Pick<ExecResult, 'code' | 'stderr'>,
): CosmosError | undefined {
	if (code === 143) {
		return new CosmosError('cancelled', `stopped while waiting for a slot on ${hostName}`);
	}

	const [, folder] = /^disk full: (.+)$/m.exec(stderr) ?? [];
	if (folder !== undefined) {
		return new CosmosError('host-disk-full', `${hostName}: disk full: ${folder}`, {
			hint: 'Free some space there.',
		});
	}

	return code === lockUnusable
		? new CosmosError('gpu-lock-unusable', `${hostName}: ${stderr.trim().split('\n').at(-1)}`, {
				hint: 'Ask its owner or an administrator of the host to remove it.',
			})
		: undefined;
}
