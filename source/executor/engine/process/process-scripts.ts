import {quoteWords} from '../../transport/quote-words.js';
import type {Job} from '../engine.js';
import {jobFile} from '../job-script.js';
import {provenanceFunction} from '../provenance-script.js';
import {startScript, tokenFunctions} from '../slot-script.js';

/** A job's output, in the run's folder on the host. */
export const outputFile = 'output';

/** `PID START` of the process that leads the command's session, in the run's folder on the host. */
const sessionFile = 'session';

/** The shell lines by which a job's script notes its command's session. */
export function noteSession(folder: string): string {
	return `read -r stat <"/proc/$child/stat" && set -- \${stat##*) } &&
	echo "$child \${20}" >${quoteWords([`${folder}/${sessionFile}`])}`;
}

/**
 * A supervisor that was killed has lost its job's end. \`bury TOKEN\` ends what it left running, which
 * nobody could stop or distinguish from the next job on the slot, and notes that end; it fails when there is
 * nothing to bury. The job's script gets to its command within moments, or has died as well.
 */
const buryFunction = `bury() (
	[ -O "$1.running" ] && read -r pid start other who folder 2>/dev/null <"$1.running" || exit
	if lives "$1.running"; then exit 1; fi
	if [ ! -e "$1.exited" ]; then
		tries=0
		while [ -d "$folder" ] && [ ! -s "$folder/${sessionFile}" ] && [ "$tries" -lt 20 ]; do
			tries=$((tries + 1))
			sleep 0.1
		done
		while lives "$folder/${sessionFile}"; do
			kill -KILL -"$pid" 2>/dev/null || exit
			sleep 0.1
		done
		echo "137 $folder" >"$1.exited.new" && mv "$1.exited.new" "$1.exited"
	fi
	rm -f "$1.running"
)
`;

/** What uses GPUs: running jobs of all users, by the slots that their notes name. */
export const slotFunctions = `${buryFunction}
shares_slot() {
	gpus_of "\${rest%% *}"
	shares "$gpus" -
}
holders() {
	for file in "$lock_dir"/cosmos-*.running; do
		if ! lives "$file"; then
			bury "\${file%.running}"
		elif shares_slot; then
			echo "$pid"
		fi
	done
	:
}
holder() {
	for file in "$lock_dir"/cosmos-*.running; do
		if lives "$file" && shares_slot; then
			held=\${file##*/cosmos-}
			rest=\${rest#* }
			echo "\${held%.running} \${rest%% *} for" $(ps -o etime= -p "$pid")
			return
		fi
	done
}
await() { exec tail -s 0.2 --pid="$1" -f /dev/null; }`;

/**
 * Starts a job without a container. Its output goes to a file and we follow that, so that the job
 * does not depend on the connection; its supervisor notes the exit code when it ends. `trap :`
 * keeps signals for the whole group from ending the supervisor before that.
 */
export function processStartScript(job: Job): string {
	const folder = `${job.workFolder}/${job.runFolder}`;
	return startScript(
		job,
		`${slotFunctions}
${provenanceFunction(job, 'host')}
run_job() {
	folder=${quoteWords([folder])}
	cd ${quoteWords([job.workFolder])} || return
	setsid sh -c 'trap : TERM USR1
		sh "$1/${jobFile}"
		code=$?
		# What the command left behind must not go on writing, nor use the slot.
		! read -r session start <"$1/${sessionFile}" || kill -KILL -"$session" 2>/dev/null
		printf "%s %s\\n" "$code" "$1" >"$2.exited.new" && mv "$2.exited.new" "$2.exited"
		rm -f "$2.running"
		exit "$code"' sh "$folder" "$token" >"$folder/${outputFile}" 2>&1 &
	job=$!
	echo "$job $(started "$job") $slot $by $folder" >"$token.running.new"
	mv "$token.running.new" "$token.running"
	rm -f "$token.starting"
	tail -c +1 -s 0.1 --pid="$job" -f "$folder/${outputFile}" 2>/dev/null
	wait "$job"
	code=$?
	bury "$token"
	return "$code"
}`,
	);
}

/** Prints `waiting`, `running`, `exited CODE` or `gone`. */
export function processFindScript(runId: string): string {
	return `${tokenFunctions(runId)}
${buryFunction}
bury "$token"
if lives "$token.waiting" || lives "$token.starting"; then echo waiting
elif lives "$token.running"; then echo running
elif read -r code folder 2>/dev/null <"$token.exited"; then echo "exited $code"
elif [ -e "$token.exited" ]; then echo exited
else echo gone; fi`;
}

/** The output from a byte on until the job's end. Exit code 3 says that there is no such job. */
export function processFollowScript(runId: string, offset: number): string {
	return `${tokenFunctions(runId)}
if lives "$token.running"; then
	rest=\${rest#* }
	tail -c +${offset + 1} -s 0.1 --pid="$pid" -f "\${rest#* }/${outputFile}" 2>/dev/null
elif read -r code folder 2>/dev/null <"$token.exited"; then
	tail -c +${offset + 1} "$folder/${outputFile}"
else
	exit 3
fi`;
}

/** As the one for containers. Exit code 3 says that there was nothing to end. */
export function processStopScript(runId: string, grace: number): string {
	return `${tokenFunctions(runId)}
seconds() { read -r up other </proc/uptime && echo "\${up%.*}"; }
ends_within() {
	end=$(($(seconds) + $1))
	while lives "$token.running"; do
		[ "$(seconds)" -lt "$end" ] || return 1
		sleep 0.1
	done
}
${buryFunction}
if end_waiter; then exit 0; fi
while lives "$token.starting"; do sleep 0.1; done
if bury "$token"; then exit 0; fi
lives "$token.running" || exit 3
kill -TERM -"$pid"
if ! ends_within ${Math.ceil(grace)}; then
	kill -USR1 -"$pid"
	ends_within 5 || kill -KILL -"$pid"
fi`;
}

/** Removes the claims on GPUs of a run that has ended. */
export function removeClaimsScript(runId: string): string {
	return `${tokenFunctions(runId)}
rm -f "$token".*.gpus`;
}

export function processRemoveScript(runId: string): string {
	return `${tokenFunctions(runId)}
for kind in starting running; do
	lives "$token.$kind" || rm -f "$token.$kind"
done
lives "$token.running" || rm -f "$token".*.gpus
rm -f "$token.exited"`;
}

/** Prints a line `RUN SLOT BY ELAPSED` for each running job. */
export function processListScript(): string {
	return `${tokenFunctions('none')}
for file in "$lock_dir"/cosmos-*.running; do
	if lives "$file"; then
		held=\${file##*/cosmos-}
		set -- $rest
		echo "\${held%.running} $1 $2" $(ps -o etime= -p "$pid")
	fi
done`;
}
