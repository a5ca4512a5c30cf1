import {createHash} from 'node:crypto';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';

/** When one container's program ran: seconds since the machine's boot. */
export type Execution = {
	start: number;
	end?: number;
	code?: number;
	/** It did not end by itself: it was told to, by TERM. */
	told?: boolean;
};

/** What really happened in the containers, written down by themselves, beside all of `cosmos`. */
export type Witness = {
	/** `docker run` arguments that put it into every container. */
	dockerArgs: string[];
	/** Every start of a run's program; a run of which there is none never started. */
	executions: (runId: string) => Execution[];
	runIds: () => string[];
	/** Every byte that the run's program wrote. */
	log: (runId: string) => Buffer;
	/** File name -> SHA-256 of what lay in the run's output folder when its program ended. */
	outputs: (runId: string) => Map<string, string>;
};

/**
 * Stands in for `torchrun` in the container: notes the start, runs the simulator, keeps a copy of
 * all that it prints, notes hashes of its outputs and its end. A second start would double the log.
 * TERM reaches every process in the container; the shell obeys it when the others have ended.
 */
const script = `#!/bin/sh
for word; do
	case $word in
	cosmos-runs/*/outputs) folder=$word ;;
	esac
done
run=\${folder#cosmos-runs/}
run=\${run%/outputs}
now() { read -r up rest </proc/uptime && echo "$up"; }
echo "start $run $(now)" >>/witness/journal
trap 'echo "told $run $(now) 143" >>/witness/journal; exit 143' TERM
{
	/opt/cosmos/node /opt/cosmos/dist/simulator.js torchrun "$@" 2>&1
	echo $? >"/witness/$run.code"
} | tee -a "/witness/$run.log"
read -r code <"/witness/$run.code"
(cd "$folder" && find . -type f -exec sha256sum {} +) >"/witness/$run.sums"
echo "end $run $(now) $code" >>/witness/journal
exit "$code"
`;

/** @param folder where the evidence is kept; no disk that gets full */
export function createWitness(folder: string): Witness {
	const torchrun = path.join(folder, 'torchrun');
	const journal = path.join(folder, 'journal');
	writeFileSync(torchrun, script, {mode: 0o755});
	writeFileSync(journal, '');
	const lines = () =>
		readFileSync(journal, 'utf8')
			.split('\n')
			.filter(line => line !== '')
			.map(line => line.split(' ') as [string, string, string, string?]);
	const file = (runId: string, suffix: string) => path.join(folder, `${runId}.${suffix}`);
	return {
		dockerArgs: ['-v', `${folder}:/witness`, '-v', `${torchrun}:/opt/cosmos/bin/torchrun:ro`],
		executions(runId) {
			const found: Execution[] = [];
			for (const [what, run, time, code] of lines()) {
				const last = found.at(-1);
				if (run === runId && what === 'start') {
					found.push({start: Number(time)});
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
