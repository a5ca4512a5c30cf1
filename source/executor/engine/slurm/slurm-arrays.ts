import {setTimeout as pause} from 'node:timers/promises';
import type {Host} from '../../../domain/hosts/host.js';
import {runsFolder} from '../../run-folder.js';
import {quoteWords} from '../../transport/quote-words.js';
import {type ExecResult, type Transport, workTime} from '../../transport/transport.js';
import type {Job} from '../engine.js';
import {begunFile, jobFile} from '../job-script.js';
import {checkName, isName} from '../slot-script.js';
import {
	arrayFile,
	guardCodes,
	jobNameStart,
	literalPath,
	lockFile,
	numberFile,
	outputFile,
	sbatchWords,
} from './slurm-job.js';
import {arrayStart, overFunction, scriptCodes} from './slurm-scripts.js';
import type {SlurmSettings} from './slurm-settings.js';
import {runSlurm} from './slurm-shell.js';

/** Milliseconds in which the jobs come that are submitted together. */
const moment = 50;
/** Elements of an array at most: as many as a cluster takes that says nothing else. */
const mostElements = 1000;

/** Words of `sbatch` that an array, or a job of its own, has already. */
const notInArrays = /^-(?:[aJoeW]|-(?:array|job-name|output|error|wait)(?:=|$))/;

type Waiting = {
	job: Job;
	/** What jobs of one array have in common. */
	shared: string;
	throwIfStopped: () => void;
	resolve: (isGiven: boolean) => void;
	reject: (error: unknown) => void;
};

export type SlurmArrays = {
	/**
	 * Gives a job to Slurm with others that come at the same time and ask for the same, as one array.
	 * @param prepare writes what Slurm will start
	 * @param throwIfStopped asked when the others have come
	 * @returns false when it is to be submitted alone: there is no other, Slurm refuses arrays, or may have the job
	 */
	join: (job: Job, prepare: () => Promise<void>, throwIfStopped: () => void) => Promise<boolean>;
};

/** @param ask checks an answer of Slurm; throws when it did not give one */
export function createArrays(
	host: Host,
	slurm: SlurmSettings,
	transport: Transport,
	ask: (result: ExecResult, what: string) => string,
): SlurmArrays {
	const waiting: Waiting[] = [];
	/** Jobs whose files are being written: those that have begun with others come with them. */
	const preparing = new Set<Promise<void>>();
	let isAtWork = false;
	let hasArrays = !slurm.options.some(word => notInArrays.test(word));

	/** While some are submitted, the next ones come. */
	async function submitAll(): Promise<void> {
		isAtWork = true;
		while (waiting.length > 0) {
			await pause(moment);
			await Promise.allSettled(preparing);
			const groups = new Map<string, Waiting[]>();
			for (const one of waiting.splice(0)) {
				groups.set(one.shared, [...(groups.get(one.shared) ?? []), one]);
			}

			await Promise.all([...groups.values()].map(submitGroup));
		}

		isAtWork = false;
	}

	async function submitGroup(group: readonly Waiting[]): Promise<void> {
		for (let start = 0; start < group.length; start += mostElements) {
			const part = group.slice(start, start + mostElements).filter(isWanted);
			try {
				const said = part.length > 1 && hasArrays ? await submitArray(part) : new Map();
				for (const one of part) {
					const word = said.get(one.job.runId);
					if (word === 'later') {
						waiting.push(one);
					} else {
						one.resolve(word === 'given');
					}
				}
			} catch (error) {
				for (const one of part) {
					one.reject(error);
				}
			}
		}
	}

	/** Says of runs that Slurm has them, or that the array was full. */
	async function submitArray(part: readonly Waiting[]): Promise<Map<string, string>> {
		const jobs = part.map(({job}) => job) as [Job, ...Job[]];
		const script = arrayScript(jobs, host, slurm);
		const result = await runSlurm(transport, script, {timeLimit: workTime});
		if (result.code === scriptCodes.silent) {
			ask(result, 'start');
		}

		hasArrays &&= result.code !== scriptCodes.noArrays;
		const lines = result.code === 0 ? result.stdout.split('\n') : [];
		return new Map(
			lines.map(line => {
				const [word = '', runId = ''] = line.split(' ');
				return [runId, word];
			}),
		);
	}

	return {
		async join(job, prepare, throwIfStopped) {
			const prepared = prepare();
			preparing.add(prepared);
			await prepared.finally(() => preparing.delete(prepared));
			throwIfStopped();
			if (!(hasArrays && isName(job.slot))) {
				return false;
			}

			const like = {...job, slot: ''};
			const shared = sbatchWords(like, host, slurm, {name: '', output: ''}).join('\0');
			const given = new Promise<boolean>((resolve, reject) => {
				waiting.push({job, shared, throwIfStopped, resolve, reject});
			});
			if (!isAtWork) {
				void submitAll();
			}

			return given;
		},
	};
}

function isWanted({throwIfStopped, reject}: Waiting): boolean {
	try {
		throwIfStopped();
		return true;
	} catch (error) {
		reject(error);
		return false;
	}
}

/**
 * Submits jobs as one array and prints `given RUN` for each that it has, `later RUN` for those beyond its greatest size. The array's folder has a link to the folder of
 * each run, by the index of its element: by it an element finds its script, and Slurm its output. Before Slurm has
 * the array, each run's folder names it, and whoever looks at such a run waits for the lock of the array. So an
 * answer that is lost, or a connection, starts nothing twice. A run that may have been submitted before is left out.
 */
export function arrayScript(
	jobs: readonly [Job, ...Job[]],
	host: Host,
	slurm: SlurmSettings,
): string {
	const [first] = jobs;
	const folder = `${first.workFolder}/${runsFolder}`;
	const array = `${arrayStart}${checkName(first.runId)}`;
	const words = sbatchWords(first, host, slurm, {
		name: `${jobNameStart}${array}`,
		output: `${literalPath(`${folder}/${array}`)}/%a/${outputFile}`,
	});
	const rows = jobs.map(({runId, slot}) => `${checkName(runId)} ${checkName(slot)}`);
	return `trap '' PIPE
cd ${quoteWords([folder])} || exit ${scriptCodes.eachAlone}
me=$(id -un)
${overFunction}
config=$(scontrol show config 2>/dev/null) || exit ${scriptCodes.silent}
most=$(echo "$config" | sed -n 's/^MaxArraySize *= *//p')
case $most in '' | *[!0-9]*) most=0 ;; esac
[ "$most" -ge 2 ] || exit ${scriptCodes.noArrays}
array=${array} count=0 runs=
mkdir "$array" 2>/dev/null && true 2>/dev/null >"$array/lock" || exit ${scriptCodes.eachAlone}
exec 8>"$array/lock"
flock 8 2>/dev/null
take() {
	flock -n 9 2>/dev/null
	[ $? -ne 1 ] || return
	for file in ${numberFile} ${arrayFile} ${begunFile}; do [ ! -e "$run/$file" ] || return; done
	echo "$array $count $run $slot" >"$run/${arrayFile}" && ln -s "../$run" "$array/$count" && return
	rm -f "$run/${arrayFile}" "$array/$count"
	return 1
}
while read -r run slot; do
	[ "$count" -lt "$most" ] || { echo "later $run"; continue; }
	{ take; } 9>"$run/${lockFile}" || continue
	runs="$runs $run" count=$((count + 1))
done <<RUNS
${rows.join('\n')}
RUNS
give_up() {
	set --
	for run in $runs; do set -- "$@" "$run/${arrayFile}"; done
	rm -rf "$array" "$@"
	exit ${scriptCodes.eachAlone}
}
[ "$count" -gt 1 ] || give_up
id=$(sbatch --array=0-$((count - 1)) ${quoteWords(words)} 8>&- <<'JOB'
#!/bin/sh
job=${quoteWords([`${folder}/${array}`])}/$SLURM_ARRAY_TASK_ID/${jobFile}
[ -r "$job" ] || exit ${guardCodes.noFolder}
exec /bin/sh "$job"
JOB
)
code=$?
id=\${id%%;*}
if [ "$code" -ne 0 ]; then
	# An answer that came too late is no refusal.
	found=$(squeue -h -r -t all -u "$me" -n "${jobNameStart}$array" -o '%F %T' 2>/dev/null) || exit ${scriptCodes.silent}
	id=\${found%% *}
	there=$(echo "$found" | while read -r one word; do is_over "$word" || echo there; done)
	for run in $runs; do [ ! -s "$run/${begunFile}" ] || there=there; done
	[ -n "$there" ] || give_up
fi
index=0
for run in $runs; do
	[ -z "$id" ] || echo "\${id}_$index" >"$run/${numberFile}"
	echo "given $run"
	index=$((index + 1))
done`;
}
