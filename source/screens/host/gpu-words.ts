import {cleanText} from '../../domain/runs/log-lines.js';
import type {GpuFacts} from '../../domain/types.js';

/** `H100 80GB HBM3`: every card's maker is the same. */
export function gpuName({name}: GpuFacts): string {
	return cleanText(name.replace(/^NVIDIA /, ''));
}

// Each is empty where the driver does not say.

/** `41/80 GB` */
export function memoryWords({memoryTotal, memoryUsed}: GpuFacts): string {
	return memoryTotal === undefined
		? ''
		: `${gigabytes(memoryUsed ?? 0)}/${gigabytes(memoryTotal)} GB`;
}

export function heatWords({temperature}: GpuFacts): string {
	return temperature === undefined ? '' : `${temperature}°C`;
}

/** `410 W`, or `410/700 W` when its limit is wanted too. */
export function powerWords({power, powerLimit}: GpuFacts, withLimit = false): string {
	if (power === undefined) {
		return '';
	}

	const limit = withLimit && powerLimit !== undefined ? `/${Math.round(powerLimit)}` : '';
	return `${Math.round(power)}${limit} W`;
}

const gigabytes = (mebibytes: number) => Math.round(mebibytes / 1024);
