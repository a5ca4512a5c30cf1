import {setTimeout} from 'node:timers/promises';
import {ConnectionLostError, CosmosError} from '../../../domain/errors.js';
import type {Host} from '../../../domain/hosts/host.js';
import {readProvenance} from '../../../domain/runs/provenance.js';
import type {JobExit} from '../../../domain/runs/run-status.js';
import {packageVersion} from '../../../package-root.js';
import {quoteWords} from '../../transport/quote-words.js';
import {type ExecResult, stopTime, type Transport, workTime} from '../../transport/transport.js';
import type {Engine, EngineFacts, Job, JobState, RunJobOptions} from '../engine.js';
import {environmentText} from '../environment-file.js';
import {begunFile, envFile, jobFile, jobScript} from '../job-script.js';
import {runScript, turnLine} from '../slot-script.js';
import {readStart} from '../start-protocol.js';
import {createStarts} from '../starts.js';
import {checkDocker} from './docker-check.js';
import {listEndedContainers} from './docker-ended.js';
import {isMissing, liveContainers} from './docker-list.js';
import {dockerDoctor} from './docker-looks.js';
import {engineWords, explainRefusal, isEngineDown, isNameTaken} from './docker-refusal.js';
import {
	containerName,
	dockerStartScript,
	findScript,
	followScript,
	removeScript,
	stopScript,
} from './docker-scripts.js';
import {dockerServers} from './docker-servers.js';
import {neverStarted, notStarted} from './docker-start-errors.js';
import {type Container, exitOf, isOver, parseContainers} from './docker-state.js';

/** What the word of the host about a start means when there is no container. */
const withoutContainer: Readonly<Record<string, 'waiting' | 'removed'>> = {
	waiting: 'waiting',
	starting: 'waiting',
	begun: 'removed',
};

/** Milliseconds before another attempt if the engine cut off a container's output. */
const followPause = 1000;

/** Jobs in containers, by Docker or a compatible command (Podman, `sudo docker`). */
export function dockerEngine(host: Host, remoteDir: string, transport: Transport): Engine {
	const starts = createStarts(host.name);
	let podman: boolean | undefined;
	/** As the last check found it. */
	let version: string | undefined;

	async function check(needs?: Parameters<Engine['check']>[0]): Promise<EngineFacts> {
		const facts = await checkDocker(host, needs, remoteDir, transport, podman);
		podman = facts.version.startsWith('Podman');
		version = facts.version;
		return facts;
	}

	async function run(job: Job, options: RunJobOptions): Promise<JobExit> {
		return starts.during(job.runId, async start => {
			const slotHost = {...host, gpus: job.gpus ?? host.gpus, image: job.image ?? host.image};
			await writeScripts(job, slotHost, transport);
			start.throwIfStopped();
			const {turn} = options;
			const {promise: isListening, resolve: listens} = Promise.withResolvers<void>();
			// Nothing is known about a server that somebody else runs.
			const image = job.server?.isForeign ? undefined : (job.server?.image ?? slotHost.image);
			const reader = readStart({
				onReady() {
					start.ready();
					listens();
				},
				onWait: holder => options.onWait?.(holder),
				onStart: made => options.onStart?.(readProvenance(made, {engine: version, image})),
				onOutput: options.onOutput,
			});
			const how = {version: await packageVersion(), podman, waitsForTurn: turn !== undefined};
			const result = await runScript(transport, dockerStartScript(job, slotHost, how), {
				onOutput: reader.push,
				// Sent earlier, the shell could read it as part of the script.
				moreInput: turn && Promise.all([turn, isListening]).then(() => turnLine),
			});
			if (!reader.started()) {
				start.throwIfStopped();
				// If its turn was refused, report that as the reason.
				await Promise.race([turn, undefined]);
				throw neverStarted(slotHost, result);
			}

			if (result.code < 125) {
				options.onEnd?.();
			}

			return settle(job.runId, reader.received(), options, result, slotHost);
		});
	}

	/**
	 * The client ended with a code, but the client is not the container: it may have been killed,
	 * or cut off by a restarted engine. The container's own state is the truth, also about a success.
	 */
	async function settle(
		runId: string,
		received: number,
		options: Pick<RunJobOptions, 'onOutput'>,
		client: ExecResult,
		slotHost: Host,
	): Promise<JobExit> {
		const {start, container} = await inspect(runId);
		const engineMessage = engineWords(client.stderr);
		if (container && isNameTaken(client.stderr)) {
			// Another start of this run came first: there is one container, and it is this run's.
			return attach(runId, received, options);
		}

		if (!container) {
			const refusal = explainRefusal(client.stderr, slotHost);
			const {code, stderr} = client;
			if (start !== 'begun' && (code >= 128 || isEngineDown(stderr) || isNameTaken(stderr))) {
				// Killed, or the engine was gone, before the job started: that is not its end.
				throw new ConnectionLostError(host.name, refusal);
			}

			if (refusal) {
				throw refusal;
			}

			if (start === 'begun' && code >= 128) {
				// Somebody removed it while it ran: the next look reports that.
				throw new ConnectionLostError(host.name);
			}

			if (code === 125) {
				throw notStarted(host, stderr);
			}

			return {code, oomKilled: false, engineMessage};
		}

		if (isOver(container) && container.exitCode === client.code && client.code < 125) {
			return exitOf(container);
		}

		if (isOver(container) && start !== 'begun' && client.code < 125) {
			// The engine refused it, and the host has seen that its server had ended.
			return {code: client.code, oomKilled: false, engineMessage};
		}

		return {...(await attach(runId, received, options)), engineMessage};
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
			const script = followScript(runId, received, host);
			const followed = await runScript(transport, script, {onOutput: count});
			const {container} = await inspect(runId);
			if (!container) {
				throw new CosmosError('container-missing', `${host.name} has no container of ${runId}`, {
					hint: 'It never started, or somebody removed it.',
				});
			}

			// Cut off before its end there may be more, also when it has exited meanwhile.
			if (isOver(container) && !followed.stderr.includes('broken')) {
				return exitOf(container);
			}

			await setTimeout(followPause);
		}
	}

	/** @throws ConnectionLostError when the engine does not respond: the job may well go on there */
	async function inspect(
		runId: string,
	): Promise<{start: string; container: Container | undefined}> {
		const {code, stdout, stderr} = await runScript(transport, findScript(runId, host, remoteDir));
		if (code !== 0 && !isMissing(stderr)) {
			const refusal = explainRefusal(stderr, host) ?? new Error(engineWords(stderr));
			throw new ConnectionLostError(host.name, refusal);
		}

		const [start = '-', ...json] = stdout.split('\n');
		const container = parseContainers(json.join('\n'))[0];
		// One that is only created has not run, and the process that wanted to start it may be dead.
		const isThere = container && !['created', 'removing'].includes(container.status);
		return {start, container: isThere ? container : undefined};
	}

	async function find(runId: string): Promise<JobState> {
		const {start, container} = await inspect(runId);
		if (!container) {
			return {state: withoutContainer[start] ?? 'unstarted'};
		}

		return {state: isOver(container) ? 'exited' : 'running'};
	}

	async function stop(runId: string, grace: number): Promise<boolean> {
		await starts.stop(runId);
		const {code, stderr} = await runScript(transport, stopScript(runId, grace, host), {
			timeLimit: stopTime(grace),
		});
		if (code !== 0 && code !== 3) {
			throw failedTo('stop', runId, stderr);
		}

		return code === 0;
	}

	async function remove(runId: string): Promise<void> {
		const {code, stderr} = await runScript(transport, removeScript(runId, host, remoteDir), {
			timeLimit: workTime,
		});
		if (code !== 0) {
			throw failedTo('remove', runId, stderr);
		}
	}

	function failedTo(verb: string, runId: string, stderr: string): CosmosError {
		return (
			explainRefusal(stderr, host) ??
			new CosmosError(
				'engine-failed',
				`cannot ${verb} container ${containerName(runId)} on ${host.name}: ${engineWords(stderr)}`,
			)
		);
	}

	return {
		check,
		doctor: dockerDoctor(host, transport),
		run,
		preparesJobs: true,
		attach,
		find,
		stop,
		remove,
		list: () => liveContainers(host, transport),
		servers: dockerServers(host, transport, () => podman),
		ended: () => listEndedContainers(host, transport),
	};
}

/** The two small files that a container needs: its environment, and how to run the command. */
async function writeScripts(job: Job, host: Host, transport: Transport): Promise<void> {
	const env: Record<string, string> = job.server ? {} : {PYTHONPATH: '/workspace'};
	if (host.gpus.length > 0 && !job.server) {
		// The container sees only its own GPUs, numbered from 0.
		env.CUDA_VISIBLE_DEVICES = host.gpus.map((_gpu, index) => index).join(',');
	}

	const script = jobScript({
		command: job.command,
		timeLimit: job.timeLimit,
		// Docker has read the secrets. What must not be there yet is made as a file can be only once.
		before: `folder=${quoteWords([job.runFolder])}
true >"$folder/${envFile}"
set -C
true >"$folder/${begunFile}" || exit 125
set +C`,
		// What root wrote goes to the owner of the folder, who could not remove it otherwise.
		after: '[ -O "$folder" ] || chown -R "$(stat -c %u:%g "$folder")" "$folder" 2>/dev/null',
	});
	const folder = `${job.workFolder}/${job.runFolder}`;
	await Promise.all([
		transport.writeFile(`${folder}/${envFile}`, environmentText({...env, ...job.env})),
		transport.writeFile(`${folder}/${jobFile}`, script),
	]);
}
