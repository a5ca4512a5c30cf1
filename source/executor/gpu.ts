import {CosmosError} from '../domain/errors.js';
import {cleanText} from '../domain/log-lines.js';
import type {GpuFacts} from '../domain/types.js';
import type {Transport} from './transport/transport.js';

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
];

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
			'host',
			`nvidia-smi on ${transport.host} fails: ${said || `code ${code}`}`,
			{
				hint: 'Its NVIDIA driver needs attention; often a restart of the host helps.',
			},
		);
	}

	return parseGpus(stdout);
}

/** Reads the rows of the query; a line that is none is left out. */
export function parseGpus(csv: string): GpuFacts[] {
	return csv
		.split('\n')
		.map(parseRow)
		.filter(gpu => gpu !== undefined);
}

function parseRow(line: string): GpuFacts | undefined {
	const fields = line.split(',').map(field => field.trim());
	if (fields.length < columns.length || !/^\d+$/.test(fields[0] as string)) {
		return undefined;
	}

	// Only the name can hold a comma.
	const rest = fields.slice(2 - columns.length);
	const name = fields.slice(1, fields.length - rest.length).join(', ');
	const [memoryTotal, memoryUsed, utilization, temperature, power, powerLimit] = rest.map(toNumber);
	return {
		index: Number(fields[0]),
		name: cleanText(name),
		memoryTotal,
		memoryUsed,
		utilization,
		temperature,
		power,
		powerLimit,
		driver: toText(rest.at(-1) as string),
	};
}

/** `[N/A]`, `[Not Supported]`, `[Unknown Error]`: the driver does not say. */
function toNumber(field: string): number | undefined {
	return /^\d+(?:\.\d+)?$/.test(field) ? Number(field) : undefined;
}

function toText(field: string): string | undefined {
	return field === '' || field.startsWith('[') ? undefined : cleanText(field);
}
