import {createHash} from 'node:crypto';
import {existsSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {uptime} from 'node:os';
import path from 'node:path';
import {simulatorFile} from '../../source/package-root.js';

/** When one job's program ran: seconds since the machine's boot. */
export type Execution = {
	start: number;
	end?: number;
	code?: number;
	/** When it was last seen to print: of one that was killed nobody notes the end. */
	lastPrint: number;
	/** It did not end by itself but by TERM. */
	told?: boolean;
};

/** What really happened in the jobs, written down by themselves, beside all of `cosmos`. */
export type Witness = {
	/** Where it keeps what it saw. */
	folder: string;
	/**
	 * Writes the program that stands in for the model, and gives its path.
	 * @param options.folder the witness's folder as the program sees it. @default as it is here
	 * @param options.command what it runs with its own words. @default the simulator on this machine
	 */
	writeProgram: (options?: {name?: string; folder?: string; command?: string}) => string;
	/** Every start of a run's program; a run of which there is none never started. */
	executions: (runId: string) => Execution[];
	runIds: () => string[];
	/** Every byte that the run's program wrote. */
	log: (runId: string) => Buffer;
	/** File name -> SHA-256 of the files in the run's output folder when its program ended. */
	outputs: (runId: string) => Map<string, string>;
};

/**
 * Stands in for the model: notes the start, runs the simulator, keeps a copy of
 * all that it prints, notes hashes of its outputs and its end. A second start would double the log.
 * TERM reaches every process of the job; the shell handles it when the others have ended.
 */
const script = (folder: string, command: string) => `#!/bin/sh
for word; do
	case $word in
	cosmos-runs/*/outputs) folder=$word ;;
	esac
done
run=\${folder#cosmos-runs/}
run=\${run%/outputs}
now() { read -r up rest </proc/uptime && echo "$up"; }
echo "start $run $(now)" >>${folder}/journal
trap 'echo "told $run $(now) 143" >>${folder}/journal; exit 143' TERM
{
	${command} "$@"
	echo $? >"${folder}/$run.code"
} 2>&1 | tee -a "${folder}/$run.log"
read -r code <"${folder}/$run.code"
(cd "$folder" && find . -type f -exec sha256sum {} +) >"${folder}/$run.sums"
echo "end $run $(now) $code" >>${folder}/journal
exit "$code"
`;

/** @param folder where the evidence is kept; no disk that gets full */
export function createWitness(folder: string): Witness {
	const journal = path.join(folder, 'journal');
	writeFileSync(journal, '');
	const lines = () =>
		readFileSync(journal, 'utf8')
			.split('\n')
			.filter(line => line !== '')
			.map(line => line.split(' ') as [string, string, string, string?]);
	const file = (runId: string, suffix: string) => path.join(folder, `${runId}.${suffix}`);
	/** Seconds since the machine's boot. */
	function lastPrint(runId: string): number | undefined {
		const log = file(runId, 'log');
		const age = () => (Date.now() - statSync(log).mtimeMs) / 1000;
		return existsSync(log) ? uptime() - age() : undefined;
	}

	return {
		folder,
		writeProgram(options = {}) {
			const file = path.join(folder, options.name ?? 'model');
			const command = options.command ?? `${process.execPath} ${simulatorFile()}`;
			writeFileSync(file, script(options.folder ?? folder, command), {mode: 0o755});
			return file;
		},
		executions(runId) {
			const found: Execution[] = [];
			for (const [what, run, time, code] of lines()) {
				const last = found.at(-1);
				if (run === runId && what === 'start') {
					found.push({start: Number(time), lastPrint: lastPrint(runId) ?? Number(time)});
				} else if (run === runId && last) {
					Object.assign(last, {end: Number(time), code: Number(code), told: what === 'told'});
				}
			}

			return found;
		},
		runIds: () => [...new Set(lines().map(([, run]) => run))],
		log: runId =>
			existsSync(file(runId, 'log')) ? readFileSync(file(runId, 'log')) : Buffer.alloc(0),
		outputs(runId) {
			const text = existsSync(file(runId, 'sums')) ? readFileSync(file(runId, 'sums'), 'utf8') : '';
			const sums = text.split('\n').filter(line => line !== '');
			return new Map(
				sums.map(line => [line.slice(66).replace(/^\.\//, ''), line.slice(0, 64)] as const),
			);
		},
	};
}

export function sha256(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}
