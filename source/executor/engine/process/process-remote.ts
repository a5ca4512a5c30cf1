import {CosmosError} from '../../../domain/errors.js';
import {parseExitCode, unknownExit} from '../../../domain/exit-code.js';
import type {Host} from '../../../domain/hosts/host.js';
import {readProvenance} from '../../../domain/runs/provenance.js';
import type {JobExit} from '../../../domain/runs/run-status.js';
import {installedProgram, notInstalled} from '../../diagnose/model-on-host.js';
import {quoteWords} from '../../transport/quote-words.js';
import {stopTime, type Transport, workTime} from '../../transport/transport.js';
import {
	type Engine,
	type EngineFacts,
	type Job,
	type JobState,
	liveJob,
	type RunJobOptions,
} from '../engine.js';
import {commandOf, envFile, jobFile, jobScript} from '../job-script.js';
import {explainWait, runScript} from '../slot-script.js';
import {readStart} from '../start-protocol.js';
import {createStarts} from '../starts.js';
import {processDoctor} from './process-doctor.js';
import {
	noteSession,
	processFindScript,
	processFollowScript,
	processListScript,
	processRemoveScript,
	processStartScript,
	processStopScript,
} from './process-scripts.js';

/** Jobs as plain processes on a Linux host that is reached by a connection. */
export function remoteProcessEngine(host: Host, remoteDir: string, transport: Transport): Engine {
	const starts = createStarts(host.name);

	async function run(job: Job, options: RunJobOptions): Promise<JobExit> {
		return starts.during(job.runId, async start => {
			await writeScripts(job, {...host, gpus: job.gpus ?? host.gpus}, transport);
			start.throwIfStopped();
			const reader = readStart({
				onReady: start.ready,
				onWait: holder => options.onWait?.(holder),
				onStart: made => options.onStart?.(readProvenance(made, {engine: 'process'})),
				onOutput: options.onOutput,
			});
			const result = await runScript(transport, processStartScript(job), {onOutput: reader.push});
			if (!reader.started()) {
				start.throwIfStopped();
				throw (
					explainWait(host.name, result) ??
					new CosmosError('host', `${host.name} could not start the job: ${result.stderr.trim()}`)
				);
			}

			// A killed follower says nothing about the job itself.
			const {state} = await look(job.runId);
			if (state === 'running' || state === 'exited') {
				return attach(job.runId, reader.received(), options);
			}

			return result.code === 0
				? unknownExit(`${host.name} has no record of it`)
				: {code: result.code, oomKilled: false, engineMessage: result.stderr.trim()};
		});
	}

	async function attach(
		runId: string,
		offset: number,
		{onOutput}: Pick<RunJobOptions, 'onOutput'>,
	): Promise<JobExit> {
		let received = offset;
		const count = (chunk: Buffer) => {
			received += chunk.length;
			return onOutput(chunk);
		};

		for (;;) {
			await runScript(transport, processFollowScript(runId, received), {onOutput: count});
			const {state, code} = await look(runId);
			if (state === 'exited') {
				await runScript(transport, processFollowScript(runId, received), {onOutput: count});
				return code === undefined
					? unknownExit(`its record on ${host.name} cannot be read`)
					: {code, oomKilled: false, engineMessage: ''};
			}

			if (state !== 'running') {
				throw new CosmosError('container-missing', `${host.name} has no process for ${runId}`, {
					hint: 'It never started, or the host was restarted.',
				});
			}
		}
	}

	/** The code is absent when the job runs, or when its record is damaged. */
	async function look(runId: string): Promise<JobState & {code?: number}> {
		const {stdout, stderr} = await runScript(transport, processFindScript(runId));
		const [state, code] = stdout.trim().split(' ');
		switch (state) {
			case 'waiting':
			case 'running':
			case 'gone':
				return {state};
			case 'exited':
				return {state, code: parseExitCode(code)};
			default:
				throw failed(`look for ${runId}`, stderr);
		}
	}

	function failed(what: string, stderr: string): CosmosError {
		return new CosmosError('host', `cannot ${what} on ${host.name}: ${stderr.trim()}`);
	}

	const checkFor: Engine['check'] = needs =>
		check(
			host,
			needs?.program ?? host.prefix[0] ?? installedProgram(host, remoteDir) ?? 'torchrun',
			remoteDir,
			transport,
		);

	return {
		check: checkFor,
		doctor: processDoctor(host, transport, checkFor),
		run,
		attach,
		find: look,
		async stop(runId, grace) {
			await starts.stop(runId);
			const {code, stderr} = await runScript(transport, processStopScript(runId, grace), {
				timeLimit: stopTime(grace),
			});
			if (code !== 0 && code !== 3) {
				throw failed(`stop ${runId}`, stderr);
			}

			return code === 0;
		},
		async remove(runId) {
			const {code, stderr} = await runScript(transport, processRemoveScript(runId), {
				timeLimit: workTime,
			});
			if (code !== 0) {
				throw failed(`remove what is left of ${runId}`, stderr);
			}
		},
		async list() {
			const {stdout} = await runScript(transport, processListScript());
			const lines = stdout.split('\n').filter(line => line !== '');
			return lines.flatMap(line => {
				const [runId = '', lane = '', startedBy = '', elapsed = ''] = line.split(' ');
				return liveJob({runId, lane, startedBy, state: `for ${elapsed}`});
			});
		},
	};
}

async function writeScripts(job: Job, host: Host, transport: Transport): Promise<void> {
	const folder = `${job.workFolder}/${job.runFolder}`;
	const env: Record<string, string> = {
		PYTHONPATH: job.workFolder,
		...(host.gpus.length > 0 && {CUDA_VISIBLE_DEVICES: host.gpus.join(',')}),
		...job.env,
	};
	const exports = Object.entries(env).map(
		([name, value]) => `export ${name}=${quoteWords([value])}\n`,
	);
	const file = quoteWords([`${folder}/${envFile}`]);
	await Promise.all([
		transport.writeFile(`${folder}/${envFile}`, exports.join('')),
		transport.writeFile(
			`${folder}/${jobFile}`,
			jobScript({
				command: commandOf(job, host),
				timeLimit: job.timeLimit,
				before: `. ${file}\nrm -f ${file}`,
				begun: noteSession(folder),
			}),
		),
	]);
}

async function check(
	host: Host,
	program: string,
	remoteDir: string,
	transport: Transport,
): Promise<EngineFacts> {
	if (!(await transport.isFolder(remoteDir))) {
		throw new CosmosError('host-folder-missing', `${host.name} has no folder ${remoteDir}`, {
			hint: `Clone the model there, or set remote_dir under [hosts.${host.name}].`,
		});
	}

	// A path that begins in the checkout is seen from there alone.
	const programs = /^[^/]+\/|[{}]/.test(program) ? [] : [program];
	const needed = ['flock', 'setsid', 'timeout', 'tail', ...programs];
	const {stdout} = await runScript(
		transport,
		`for name in ${quoteWords(needed)}; do command -v "$name" >/dev/null || echo "$name"; done`,
	);
	const missing = stdout.split('\n').filter(name => name !== '');
	const [first] = missing;
	if (first !== undefined && first === installedProgram(host, remoteDir)) {
		throw notInstalled(host, first, remoteDir);
	}

	if (missing.length > 0) {
		throw new CosmosError(
			'host-program-missing',
			`${host.name} has no \`${missing.join('`, `')}\``,
			{
				hint: 'Install it there (util-linux, coreutils, the model), or add it to PATH.',
			},
		);
	}

	return {version: 'process', image: '', imageCreated: ''};
}
