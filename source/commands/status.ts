import {formatLocation} from '../domain/hosts/host.js';
import {formatBytes, formatDuration, waitingText} from '../domain/text-format.js';
import type {GpuFacts, GpuProcess} from '../domain/types.js';
import type {HostJob} from '../workflow/hosts/host-types.js';
import {type ShownServer, serverState} from '../workflow/hosts/shown-server.js';
import type {HostReport} from '../workflow/workflow-types.js';
import {chooseHost} from './choose/choose-host.js';
import {jsonText} from './print/json.js';
import {acceptKeyFlag, hostFlag, jsonFlag, type Verb} from './verb.js';

export const status: Verb = {
	name: 'status',
	summary: 'show a host: connection, engine, image, GPUs, disk, running jobs',
	usage: '[flags]',
	endsWithReader: true,
	args: [0, 0],
	flags: [hostFlag, acceptKeyFlag, jsonFlag],
	examples: [
		[
			'cosmos status --host h100',
			'whether h100 can run jobs now, what runs there, and what waits for it',
		],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const report = await workflow.hostReport(await chooseHost(context, words));
		context.out(words.on('json') ? jsonText('host-report', report) : reportText(report));
		if (report.problem) {
			context.problem(`cosmos: ${report.problem.message}\n`);
			context.problem(report.problem.hint ? `  ${report.problem.hint}\n` : '');
		}

		return report.problem?.exitCode ?? 0;
	},
};

function reportText(report: HostReport): string {
	const {host, engine, gpus, freeSpace, jobs, problem} = report;
	const {processes = [], servers = [], waiting = []} = report;
	const lines = [
		`host    ${host.name} (${formatLocation(host)})${host.simulated ? ', simulated' : ''}`,
		`ready   ${problem ? 'no' : 'yes'}`,
		...(engine ? [`engine  ${engine.version}`] : []),
		...(engine?.image ? [`image   ${engine.image}, made ${engine.imageCreated}`] : []),
		`folder  ${host.remoteDir}${freeSpace === undefined ? '' : `, ${formatBytes(freeSpace)} free`}`,
		...gpus.map(gpu => `gpu ${gpu.index}   ${gpuText(gpu)}`),
		...servers.map(server => `server  ${serverText(server)}`),
		...jobs.map(job => `job     ${jobText(job)}`),
		...waiting.map(group => `waiting ${waitingText(group)}`),
		...processes.map(process => `process ${processText(process)}`),
	];
	return lines.map(line => `${line}\n`).join('');
}

function jobText({runId, lane, startedBy, state, dataset}: HostJob): string {
	return [`${runId} on ${lane}`, `by ${startedBy}`, state, dataset && `dataset ${dataset}`]
		.filter(Boolean)
		.join(', ');
}

function serverText(server: ShownServer): string {
	const {name, checkpoint, lane, upFor, gpuMemory, startedBy} = server;
	const known = [
		`${name} (${checkpoint}) on ${lane}`,
		serverState(server),
		upFor !== undefined && `up ${formatDuration(upFor)}`,
		gpuMemory !== undefined && `${gpuMemory} MiB`,
		startedBy !== undefined && `by ${startedBy}`,
	];
	return known.filter(Boolean).join(', ');
}

function gpuText(gpu: GpuFacts): string {
	const memory = gpu.memoryTotal && `${gpu.memoryUsed ?? '?'}/${gpu.memoryTotal} MiB`;
	const known = [
		gpu.name,
		gpu.utilization !== undefined && `${gpu.utilization}%`,
		memory,
		gpu.temperature !== undefined && `${gpu.temperature} °C`,
		gpu.power !== undefined && `${gpu.power} W`,
	];
	return known.filter(Boolean).join('  ');
}

function processText({pid, name, gpu, memory, user}: GpuProcess): string {
	const known = [
		`${pid} ${name}`,
		gpu !== undefined && `on gpu ${gpu}`,
		user !== undefined && `by ${user}`,
		memory !== undefined && `${memory} MiB`,
	];
	return known.filter(Boolean).join(', ');
}
