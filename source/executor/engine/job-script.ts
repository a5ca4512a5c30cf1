import type {Host} from '../../domain/hosts/host.js';
import {timedOutCode, timeLimitLine} from '../../domain/runs/run-status.js';
import {quoteWords} from '../transport/quote-words.js';
import type {Job} from './engine.js';

export type JobScript = {
	command: readonly string[];
	/** Seconds. */
	timeLimit: number;
	/** Shell lines before the command starts, and after it has ended. */
	before?: string;
	after?: string;
	/** Shell lines when the command's process is there; it is `$child`. */
	begun?: string;
};

/**
 * What a job runs without an image of the model: after the host's prefix, or by the programs that are
 * installed in the checkout.
 */
export function commandOf(job: Job, {prefix, simulated}: Host): readonly string[] {
	const {command, isWhole = false, container: {programs} = {}} = job;
	if (isWhole) {
		return command;
	}

	const [program = '', ...words] = command;
	return prefix.length === 0 && programs !== undefined && !simulated
		? [`${programs}/${program}`, ...words]
		: [...prefix, ...command];
}

/** The file with the job's environment, in the run's folder; empty once the job has begun. */
export const envFile = 'env';
export const jobFile = 'job.sh';
/** Made in the run's folder, just before the command: with it the command is never started again. */
export const begunFile = 'begun';

/** Seconds between TERM and KILL when the time limit is over. */
const limitGrace = 10;

/**
 * The script that runs a job's command (inside the container), watched or not: one
 * stream of output, the time limit, stop signals passed on (TERM; USR1 stands for KILL, which
 * could not be followed by cleaning up), the command's own exit code.
 *
 * `timeout` answers 124 when TERM sufficed, but 137 when it had to KILL, and BusyBox's answers
 * 143: so the clock decides what was the limit's doing, and a last line says it. A session of its own makes the command's
 * whole group reachable. A signal interrupts `wait`, which then has to wait again; it answers 127
 * when it had already recorded the end.
 */
export function jobScript({
	command,
	timeLimit,
	before = '',
	after = '',
	begun = '',
}: JobScript): string {
	const limit = Math.ceil(timeLimit);
	return `exec 2>&1
${before}
uptime() { read -r up rest </proc/uptime && echo "\${up%.*}\${up#*.}"; }
begun=$(uptime)
session=
command -v setsid >/dev/null && session=setsid
child=
interrupted=
trap 'interrupted=1; kill -TERM "$child" 2>/dev/null' TERM
trap 'interrupted=1; kill -KILL -"$child" 2>/dev/null || kill -KILL "$child" 2>/dev/null' USR1
$session timeout -k ${limitGrace} ${limit} ${quoteWords(command)} &
child=$!
${begun}
[ -z "$interrupted" ] || kill -TERM "$child" 2>/dev/null
code=
while :; do
	interrupted=
	wait "$child"
	answer=$?
	[ "$answer" -eq 127 ] && [ -n "$code" ] || code=$answer
	[ -n "$interrupted" ] || break
done

if [ "$code" -ne 0 ] && [ $(($(uptime) - begun)) -ge ${limit * 100 - 1} ]; then
	code=${timedOutCode}
	printf '\\n%s\\n' ${quoteWords([timeLimitLine(limit)])}
fi
${after}
exit "$code"
`;
}
