import {CosmosError} from '../../domain/errors.js';
import {parseUnsigned, parseWhole} from '../../domain/reported-number.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import type {GpuFacts, GpuProcess} from '../../domain/types.js';
import type {Transport} from '../transport/transport.js';

/** Names of `nvidia-smi --help-query-gpu`, in the order that `parseRow` takes them. */
const columns = [
	'index',
	'name',
	'memory.total',
	'memory.used',
	'utilization.gpu',
	'temperature.gpu',
	'power.draw',
	'power.limit',
	'driver_version',
	'uuid',
];

/** Names of `nvidia-smi --help-query-compute-apps`; only the last one can hold a comma. */
const processColumns = ['gpu_uuid', 'pid', 'used_gpu_memory', 'process_name'];

/** What `nvidia-smi` ends with when it works but finds no card. */
const noDevices = 6;

/**
 * The host's GPUs as the NVIDIA driver sees them; none when there is no `nvidia-smi`.
 * @throws CosmosError (host) when `nvidia-smi` is there but fails, e.g. for a broken driver
 */
export async function queryGpus(transport: Transport): Promise<GpuFacts[]> {
	const {code, stdout, stderr} = await transport.exec([
		'nvidia-smi',
		`--query-gpu=${columns.join(',')}`,
		'--format=csv,noheader,nounits',
	]);
	if (code === 127 || code === noDevices) {
		return [];
	}

	if (code !== 0) {
		const said = cleanText(`${stdout}\n${stderr}`.trim().split('\n')[0] ?? '');
		throw new CosmosError(
			'gpu-missing',
			`nvidia-smi on ${transport.host} fails: ${said || `code ${code}`}`,
			{
				hint: 'Its NVIDIA driver needs attention; restarting the host often helps.',
			},
		);
	}

	return parseGpus(stdout);
}

/** Reads the rows of the query; other lines are skipped. */
export function parseGpus(csv: string): GpuFacts[] {
	return csv
		.split('\n')
		.map(parseRow)
		.filter(gpu => gpu !== undefined);
}

function parseRow(line: string): GpuFacts | undefined {
	const fields = line.split(',').map(field => field.trim());
	const index = parseWhole(fields[0]);
	if (fields.length < columns.length || index === undefined) {
		return undefined;
	}

	// Only the name can hold a comma.
	const rest = fields.slice(2 - columns.length);
	const name = fields.slice(1, fields.length - rest.length).join(', ');
	const [memoryTotal, memoryUsed, utilization, temperature, power, powerLimit] =
		rest.map(parseUnsigned);
	return {
		index,
		name: cleanText(name),
		memoryTotal,
		memoryUsed,
		utilization,
		temperature,
		power,
		powerLimit,
		driver: toText(rest.at(-2) as string),
		uuid: toText(rest.at(-1) as string),
	};
}

/**
 * The processes on the host's GPUs, of any user; undefined if the driver does not report them.
 * @param gpus as the driver lists them
 */
export async function queryGpuProcesses(
	transport: Transport,
	gpus: readonly GpuFacts[],
): Promise<GpuProcess[] | undefined> {
	const {code, stdout} = await transport.exec([
		'nvidia-smi',
		`--query-compute-apps=${processColumns.join(',')}`,
		'--format=csv,noheader,nounits',
	]);
	if (code !== 0) {
		return undefined;
	}

	const processes = parseProcesses(stdout, gpus);
	const pids = [...new Set(processes.map(({pid}) => pid))];
	if (pids.length === 0) {
		return [];
	}

	// If `ps` on the host does not support these options, only the users are missing.
	const users = await transport.exec(['ps', '-o', 'pid=,user:32=', '-p', pids.join(',')]);
	const named = new Map(
		[...users.stdout.matchAll(/^\s*(\d+)\s+(\S+)/gm)].map(([, pid, user]) => [
			parseWhole(pid),
			user,
		]),
	);
	return processes.map(process => {
		const user = named.get(process.pid);
		return {...process, user: user === undefined ? undefined : cleanText(user)};
	});
}

/** Reads the rows of the query for processes; other lines are skipped. */
function parseProcesses(csv: string, gpus: readonly GpuFacts[]): GpuProcess[] {
	return csv.split('\n').flatMap(line => {
		const [uuid = '', given, memory, ...name] = line.split(',').map(field => field.trim());
		const pid = parseWhole(given);
		return pid !== undefined && name.length > 0
			? [
					{
						pid,
						name: cleanText(name.join(', ')),
						gpu: gpus.find(gpu => gpu.uuid === uuid)?.index,
						memory: parseUnsigned(memory),
					},
				]
			: [];
	});
}

/** `[N/A]`, `[Not Supported]`, `[Unknown Error]`: the driver does not say. */
function toText(field: string): string | undefined {
	return field === '' || field.startsWith('[') ? undefined : cleanText(field);
}
