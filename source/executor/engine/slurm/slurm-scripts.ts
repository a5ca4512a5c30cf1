import {runsFolder} from '../../run-folder.js';
import {quoteWords} from '../../transport/quote-words.js';
import {begunFile, envFile, jobFile} from '../job-script.js';
import {arrayFile, exitFile, jobName, jobNameStart, lockFile, numberFile} from './slurm-job.js';

/** Codes with which the scripts say what their words cannot. */
export const scriptCodes = {
	/** There was no job to end. */
	nothing: 3,
	/** Slurm did not answer: nothing is known. */
	silent: 4,
	/** The cluster takes no arrays. */
	noArrays: 5,
	/** Nothing was submitted; each job is to be tried alone. */
	eachAlone: 6,
} as const;

/** A shell function: whether a job in a state is over. */
export const overFunction = `is_over() {
	case $1 in
	BOOT_FAIL | CANCELLED | COMPLETED | DEADLINE | FAILED | NODE_FAIL | OUT_OF_MEMORY | PREEMPTED | TIMEOUT | '') ;;
	*) return 1 ;;
	esac
}`;

/** What the names of arrays begin with, after `jobNameStart`; the id of their first run follows. */
export const arrayStart = 'array_';

/**
 * Shell functions about the array that a run's job is an element of. `read_array FOLDER` sets `array` and `index`,
 * empty for a job of its own. `leave_array` removes the element's link, and the array's folder with the last one; it
 * is called where that folder is.
 */
export const arrayFunctions = `read_array() {
	array= index=
	read -r array index rest 2>/dev/null <"$1/${arrayFile}"
	case $array:$index in
	*[!A-Za-z0-9_:]* | *: | *:*[!0-9]*) array= ;;
	${arrayStart}run_*) return ;;
	esac
	array= index=
}
leave_array() {
	[ -n "$array" ] || return 0
	rm -f "$array/$index"
	for link in "$array"/[0-9]*; do break; done
	[ -h "$link" ] || rm -rf "$array"
}`;

/**
 * Shell functions about one run's job. `look` sets `id` and `state` to what Slurm has of it: the job
 * whose number the folder keeps, or another one of the run's name when an answer was lost between. An element of
 * an array has the array's name, and its index in the number: `7_3`.
 * Slurm reuses ids after it was set up again, so an id alone proves nothing: only a
 * job of this user with the run's own name is the run's. The locks keep a look from missing a
 * submission that is in progress; where the file system has no locks, the name and the file `begun` still
 * keep the command from being started twice.
 */
function aboutJob(runId: string, folder: string): string {
	return `trap '' PIPE
folder=${quoteWords([folder])}
name=${jobName(runId)}
me=$(id -un)
take_lock() { [ -d "$folder" ] && exec 9>"$folder/${lockFile}" && flock 9 2>/dev/null; :; }
${arrayFunctions}
look() {
	id= state=
	read_array "$folder"
	# The array may be about to be submitted.
	[ -z "$array" ] || { flock -s 8; } 2>/dev/null 8<"\${folder%/*}/$array/lock"
	# It is an error to ask for a job that Slurm has forgotten; for none in a list it is not.
	found=$(squeue -h -r -t all -u "$me" -n "$name\${array:+,${jobNameStart}$array}" -o '%i %T %j' 2>/dev/null) || exit ${scriptCodes.silent}
	found=$(echo "$found" | sed -n -e "s/ $name$//p" -e "/^[0-9]*_$index /s/ ${jobNameStart}$array$//p")
	read -r id rest 2>/dev/null <"$folder/${numberFile}"
	case $id in '' | *[!0-9_]*) id= ;; esac
	[ -z "$id" ] || state=$(echo "$found" | sed -n "s/^$id //p")
	if [ -z "$state" ] && [ -n "$found" ]; then
		set -- $(alive) \${found%% *}
		id=$1
		state=$(echo "$found" | sed -n "s/^$id //p")
		keep_number
	fi
}
keep_number() {
	if [ -d "$folder" ]; then
		echo "$id" >"$folder/${numberFile}.new" && mv "$folder/${numberFile}.new" "$folder/${numberFile}"
	fi
}
${overFunction}
alive() { echo "$found" | while read -r one word; do is_over "$word" || echo "$one"; done; }
take_lock
`;
}

/** Submits the job to Slurm unless it is already there; prints its id. */
export function submitScript(runId: string, folder: string, words: readonly string[]): string {
	return `${aboutJob(runId, folder)}
look
if [ -z "$id" ]; then
	# What is left of an array that was never submitted, or has been forgotten.
	[ -z "$array" ] || { (cd "\${folder%/*}" && leave_array); rm -f "$folder/${arrayFile}"; }
	id=$(sbatch ${quoteWords([...words, `${folder}/${jobFile}`])} 9>&-)
	code=$?
	id=\${id%%;*}
	if [ "$code" -eq 0 ]; then
		keep_number
	else
		# An answer that came too late is no refusal: the name tells whether the job is there. Slurm
		# also keeps a job that it has refused, as one that has failed.
		look
		if is_over "$state" && [ ! -s "$folder/${begunFile}" ]; then
			rm -f "$folder/${numberFile}"
			exit "$code"
		fi
	fi
fi
# A job that has begun has read it; one that was there before would find it too late.
[ ! -e "$folder/${begunFile}" ] || rm -f "$folder/${envFile}"
echo "job $id"`;
}

/** Prints `waiting`, `running`, `exited`, `removed` or `unstarted`. */
export function slurmFindScript(runId: string, folder: string): string {
	return `${aboutJob(runId, folder)}
if read -r code rest 2>/dev/null <"$folder/${exitFile}" && [ -n "$code" ]; then
	echo exited
	exit
fi
look
if [ -z "$id" ]; then
	if [ -s "$folder/${begunFile}" ]; then echo removed; else echo unstarted; fi
	exit
fi
# One that waits again after it has begun was requeued: its end is that.
if is_over "$state" || { [ "$state" = PENDING ] && [ -s "$folder/${begunFile}" ]; }; then echo exited
elif [ "$state" = PENDING ] || [ "$state" = CONFIGURING ]; then echo waiting
else echo running; fi`;
}

/**
 * Ends a job wherever it is: TERM to all of it, KILL when the cluster's KillWait is over. Returns when
 * Slurm has seen its end. Only jobs of this user with the run's own name are cancelled, and all of them,
 * whatever number the folder keeps.
 */
export function slurmStopScript(runId: string, folder: string): string {
	return `${aboutJob(runId, folder)}
look
ids=$(alive)
if [ -z "$ids" ]; then
	(cd "\${folder%/*}" 2>/dev/null && leave_array)
	whose=$(squeue -h -n "$name" -o %u 2>/dev/null | head -n 1)
	[ -n "$whose" ] || exit ${scriptCodes.nothing}
	echo "it belongs to the user $whose" >&2
	exit 1
fi
for id in $ids; do
	case $id in
	# With a name or a user it would cancel all of the array while its elements wait.
	*_*) scancel "$id" || exit ;;
	*) scancel --user="$me" --name="$name" "$id" || exit ;;
	esac
done
while [ -n "$(alive)" ]; do
	sleep 0.5
	look
done
(cd "\${folder%/*}" && leave_array)`;
}

/**
 * Prints a line `STATE|TIME|NODE|NAME|COMMENT` for each job that may be this product's and is not over. An element
 * of an array is given the name of its run; where that cannot be read, all of the array are one line with its first run.
 */
export const slurmListScript = `jobs=$(squeue -h -r -o '%T|%M|%N|%j|%i|%Z|%k') || exit ${scriptCodes.silent}
last=
echo "$jobs" | grep -E '[|]${jobNameStart}(${arrayStart})?run_' | while IFS='|' read -r state time node name id work comment; do
	array=\${name#${jobNameStart}}
	case $array in
	${arrayStart}*)
		if read -r known index run slot rest 2>/dev/null <"$work/${runsFolder}/$array/\${id##*_}/${arrayFile}" && [ "$known" = "$array" ]; then
			name=${jobNameStart}$run comment="\${comment%% *} $slot"
		elif [ "$last" != "$name" ]; then
			last=$name name=${jobNameStart}\${array#${arrayStart}}
		else
			continue
		fi
		;;
	esac
	echo "$state|$time|$node|$name|$comment"
done`;
