import {mostValues} from '../../../domain/runs/provenance.js';
import {quoteWords} from '../../transport/quote-words.js';
import {begunFile} from '../job-script.js';
import {exitFile, guardCodes, jobNameStart, madeFile, numberFile, outputFile} from './slurm-job.js';
import {arrayFunctions, overFunction} from './slurm-scripts.js';

export type WatchOptions = {
	/** The folder that holds the folders of runs, absolute on the host. */
	runsFolder: string;
	/** The partition whose line is counted; absent: all of them. */
	partition?: string;
};

/** Looks at the files in a second. */
const pace = 4;
/** Seconds between two looks at Slurm while nothing hurries. */
const lookPause = 5;
/** Seconds that Slurm may take to see the end of a job that has left its code. */
const endPatience = 30;
/** Seconds between two reports of the same place in the line, and how many may be reported in a second. */
const linePause = 30;
const mostLines = 4;
/** Jobs that have left their code, of which Slurm is asked one by one in a look; of more it is asked at once. */
const mostAsked = 4;

/**
 * The one follower of all jobs that we wait for. Who wants to follow a run writes `OFFSET` into a file
 * of the run's name in the folder that the first line names. It says, each as a line:
 *
 * - `pending RUN AHEAD START REASON`: what Slurm says of a job that waits;
 * - `made RUN KEY VALUE`, what makes its result, and then `begun RUN NODE`;
 * - `out RUN BYTES` and then so many bytes of its output;
 * - `end RUN CODE STATE CODE:SIGNAL NODE JOB BEGUN REQUEUED REASON`, with `-` for what is not known;
 * - `.` now and then: by it a follower that nobody listens to ends.
 *
 * The files show output and ends; on a file system that several machines share only looking can
 * find that out. Slurm is asked about all jobs at once. A job has ended when it has left its code, or when
 * Slurm has twice not had it in its queue; Slurm's own word on the end is always sent beside the code.
 */
export function watchScript({runsFolder, partition}: WatchOptions): string {
	const inPartition = partition === undefined ? '' : quoteWords(['-p', partition]);
	return `cd ${quoteWords([runsFolder])} || exit
place=\${TMPDIR:-/tmp}/cosmos-watch-$(uname -n)
watch=$(mktemp -d "$place-$$-XXXXXX") || exit
trap 'rm -rf "$watch"' EXIT
trap 'exit 0' HUP INT TERM PIPE
me=$(id -un)
echo "ready $watch"
# What a follower has left that was killed.
for old in "$place"-*-*; do
	pid=\${old#"$place"-}
	pid=\${pid%%-*}
	case $pid in '' | *[!0-9]*) continue ;; esac
	[ ! -O "$old" ] || kill -0 "$pid" 2>/dev/null || rm -rf "$old"
done
tick=0 look_at=0 round=0 count=0
${overFunction}
${arrayFunctions}

# An element of an array is known by its index, 7_3, and by a number of its own.
ask_slurm() {
	list=$(squeue -h -r -t all -u "$me" -o '%i|%A|%T|%j|%N|%S|%r' 2>/dev/null) || return
	list=$(echo "$list" | grep '|${jobNameStart}')
	round=$((round + 1))
	pending=
	while IFS='|' read -r id own state name node starts reason; do
		case $id$own in '' | *[!0-9_]*) continue ;; esac
		[ "$own" != "$id" ] || own=
		if is_over "$state"; then
			for one in $id $own; do eval "over_name_$one=\\$name over_state_$one=\\$state"; done
			continue
		fi
		for one in $id $own; do
			eval "seen_$one=$round state_$one=\\$state name_$one=\\$name starts_$one=\\$starts reason_$one=\\$reason"
		done
		[ "$state" != PENDING ] || pending=1
	done <<LIST
$list
LIST
	[ -n "$pending" ] || return 0
	before=0
	# One of priority 0 is held: it goes before nobody.
	for id in $(squeue -h -t PD -S '-p,i' -o '%A/%Q' ${inPartition} 2>/dev/null); do
		priority=\${id#*/} id=\${id%/*}
		case $id in *[!0-9]*) continue ;; esac
		[ "$priority" != 0 ] || continue
		eval "before_$id=$before"
		before=$((before + 1))
	done
}

send_output() {
	parts=0
	while [ "$at" -lt "$1" ] && [ "$parts" -lt 8 ]; do
		tail -c +$((at + 1)) "$run/${outputFile}" | head -c $(($1 - at > 1048576 ? 1048576 : $1 - at)) >"$watch/.part"
		got=$(wc -c <"$watch/.part")
		[ "$got" -gt 0 ] || return
		echo "out $run $((got))"
		cat "$watch/.part"
		at=$((at + got)) parts=$((parts + 1))
	done
	eval "at_$run=$at"
}

# Slurm gives numbers out again when it was set up anew: only a job of the run's name is the run's.
show_job() {
	job_name= job_state= job_code= job_host= job_reason= restarts= info=
	set -f
	for word in $(scontrol -o show job "$number" 2>/dev/null); do
		case $word in
		JobId=*) [ -z "$job_name" ] || break ;;
		JobName=*) job_name=\${word#*=} ;;
		JobState=*) job_state=\${word#*=} ;;
		ExitCode=*) job_code=\${word#*=} ;;
		BatchHost=*) job_host=\${word#*=} ;;
		Reason=*) job_reason=\${word#*=} ;;
		Restarts=*) restarts=\${word#*=} ;;
		esac
	done
	set +f
	[ "$job_name" != "$own" ] || info=1
	[ -n "$info" ]
}

# A job that waits again must not start again, and a held one would stay in the queue.
end_requeued() {
	eval "asked=\\\${requeued_$run:-0}"
	[ "$asked" -lt "$round" ] || return 0
	eval "requeued_$run=$round"
	# With a name or a user it would cancel more of an array than the element.
	if [ -n "$element" ]; then scancel "$element"; else scancel --user="$me" --name="$own" "$number"; fi >/dev/null 2>&1
}

# Whether Slurm has its own word on a job whose script has ended: the two are compared.
slurm_saw_end() {
	[ -n "$number" ] || return 0
	eval "over_name=\\\${over_name_$number:-} over_state=\\\${over_state_$number:-}"
	if [ "$over_name:$over_state" = "$own:COMPLETED" ]; then
		info=1 job_state=COMPLETED job_code=0:0 job_host= job_reason=None restarts=
		return 0
	fi
	[ "$asked" -lt ${mostAsked} ] || { hurry=1; return 1; }
	asked=$((asked + 1))
	show_job || return 0
	case $job_state in PENDING | CONFIGURING | RUNNING | SUSPENDED) return 1 ;; esac
}

finish() {
	state=- ended=- reason=- number=\${number:--}
	eval "requeued=\\\${requeued_$run:+yes}"
	if [ "$number" != - ]; then
		if [ -n "$info" ] || show_job; then
			state=$job_state ended=$job_code place=$job_host reason=$job_reason
			# The guard of a job that was started anew ends it.
			case $code:$ended:\${restarts:-0} in
			*:0 | ${guardCodes.begun}:*) ;;
			*:${guardCodes.begun}:0:*) requeued=yes ;;
			esac
		else
			info=$(sacct -n -P -X -j "$number" -o State,ExitCode,NodeList,JobName 2>/dev/null |
				grep "|$own$" | head -n 1)
			IFS='|' read -r state ended place rest <<INFO
$info
INFO
			state=\${state%% *}
		fi
		[ "$node" != - ] || node=\${place:--}
	fi
	size=$(stat -c %s "$run/${outputFile}" 2>/dev/null) || size=0
	while [ "$at" -lt "$size" ]; do
		from=$at
		send_output "$size"
		[ "$at" -gt "$from" ] || break
	done
	begun=no
	! read -r place rest 2>/dev/null <"$run/${begunFile}" || begun=yes
	# Before the word: whoever hears it may ask for the same run again.
	rm -f "$watch/$run"
	[ "$own" = "${jobNameStart}$run" ] || { read_array "$run" && leave_array; }
	unset "own_$run" "at_$run" "reported_$run" "reported_at_$run" "begun_$run" "gone_$run" "over_$run" "began_$run" "requeued_$run"
	echo "end $run $code \${state:--} \${ended:--} $node \${element:-$number} $begun \${requeued:-no} \${reason:--}"
}

# What has become of one run; \`size\` is that of its output, seen after its code was looked for.
judge() {
	eval "at=\\$at_$run begun=\\$begun_$run code=\\$code_$run own=\\$own_$run"
	if [ -z "$begun" ] && read -r node begun 2>/dev/null <"$run/${begunFile}"; then
		case $begun in '' | *[!0-9]*) begun=- ;; esac
		eval "begun_$run=$begun began_$run=$round"
		sed -n "s/^made /made $run /p" "$run/${madeFile}" 2>/dev/null | head -n ${mostValues}
		echo "begun $run $node"
	fi
	[ "$size" -le "$at" ] || send_output "$size"
	node=- bytes=0 spoilt= info= number=
	read -r number rest 2>/dev/null <"$run/${numberFile}"
	case $number in *_*) element=$number ;; *) element= ;; esac
	# Of two jobs of a run the one that has begun is the run's.
	case $begun in '' | -) ;; *) number=$begun ;; esac
	seen=0
	case $number in
	'' | *[!0-9_]*) number= ;;
	*)
		eval "name=\\\${name_$number:-}"
		[ "$name" != "$own" ] || eval "seen=\\$seen_$number"
		;;
	esac
	if [ "$code" != - ]; then
		code= bytes= node=
		read -r code bytes node 2>/dev/null <"$run/${exitFile}"
		# A record that a full disk has cut off says nothing.
		case $code:$bytes in *[!0-9:]* | :* | *:) code=- bytes=0 node= spoilt=1 ;; esac
		node=\${node:--}
	fi
	if [ "$seen" -eq "$round" ] && [ -n "$begun" ]; then
		eval "state=\\$state_$number began=\\$began_$run"
		# By a list that was made after it had begun.
		[ "$state" != PENDING ] || [ "$round" -le "$began" ] || end_requeued
	fi
	if [ "$code" != - ]; then
		eval "over=\\\${over_$run:-$tick} over_$run=\\\${over_$run:-$tick}"
		if [ "$code" = 0 ]; then
			if [ $((tick - over)) -gt ${endPatience * pace} ] ||
				{ [ "$at" -ge "$bytes" ] && slurm_saw_end; }; then finish; fi
			return
		fi
	elif [ "$round" -eq "$judged" ]; then
		return
	fi
	if [ "$seen" -eq "$round" ]; then
		eval "gone_$run=0"
		if [ "$code" != - ]; then
			if [ $((tick - over)) -gt ${endPatience * pace} ]; then finish; else hurry=1; fi
		else
			eval "state=\\$state_$number"
			[ "$state" != PENDING ] || report_line
		fi
		return
	fi
	[ "$round" -gt "$judged" ] || { hurry=1; return; }
	eval "gone_$run=\\$((gone_$run + 1)) gone=\\$((gone_$run + 1))"
	# Twice in a row: a list that was made just before the job came does not have it.
	if [ "$gone" -ge 2 ] || [ "$code" != - ]; then
		# Lets a file system that remembers what was in a folder look anew.
		ls "$run" >/dev/null 2>&1
		[ "$code" != - ] || [ -n "$spoilt" ] || ! [ -e "$run/${exitFile}" ] || return
		finish
	else
		hurry=1
	fi
}

report_line() {
	eval "starts=\\$starts_$number reason=\\$reason_$number ahead=\\\${before_\${number%%_*}:--} reported=\\$reported_$run reported_at=\\\${reported_at_$run:-0}"
	if [ "$reason" = "\${reported#* }" ]; then
		[ "$ahead" != "\${reported%% *}" ] && [ $((tick - reported_at)) -ge $((${linePause * pace} + count * ${pace} / ${mostLines})) ] || return
	fi
	eval "reported_$run=\\"\\$ahead \\$reason\\" reported_at_$run=$tick"
	echo "pending $run $ahead $starts $reason"
}

judged=0
while [ -d "$watch" ]; do
	tick=$((tick + 1)) hurry= files= runs= asked=0 count=0
	for file in "$watch"/*; do
		run=\${file##*/}
		case $run in *[!A-Za-z0-9_]*) continue ;; esac
		eval "at=\\\${at_$run-}"
		if [ -z "$at" ]; then
			read -r at 2>/dev/null <"$file"
			case $at in '' | *[!0-9]*) continue ;; esac
			read_array "$run"
			own=${jobNameStart}\${array:-$run}
			eval "at_$run=$at own_$run=$own reported_$run= begun_$run= gone_$run=0"
			hurry=1
		fi
		runs="$runs $run" count=$((count + 1))
		if [ -e "$run/${exitFile}" ]; then eval "code_$run=+"; else eval "code_$run=-"; fi
		eval "size_$run=0"
		files="$files $run/${outputFile}"
	done
	if [ -n "$runs" ]; then
		[ "$tick" -lt "$look_at" ] || { ask_slurm; look_at=$((tick + ${lookPause * pace})); }
		while read -r size file; do
			[ -z "$file" ] || eval "size_\${file%%/*}=$size"
		done <<SIZES
$(stat -c '%s %n' $files 2>/dev/null)
SIZES
		for run in $runs; do
			eval "size=\\$size_$run"
			judge
		done
		judged=$round
		[ -z "$hurry" ] || [ "$look_at" -le $((tick + ${pace})) ] || look_at=$((tick + ${pace}))
	fi
	[ $((tick % ${10 * pace})) -ne 0 ] || echo .
	sleep ${1 / pace}
done`;
}
