import type {Host} from '../../../domain/hosts/host.js';
import type {ContainerNeeds} from '../../../domain/models/container.js';
import {quoteWords} from '../../transport/quote-words.js';

/** Labels that distinguish this product's containers from all others. */
export const labels = {
	run: 'cosmos.run',
	lane: 'cosmos.lane',
	/** Its GPUs and their UUIDs, `0-1/GPU-…,GPU-…`; since version 0.2. */
	gpus: 'cosmos.gpus',
	startedBy: 'cosmos.by',
	/** The run's folder, relative to the checkout. */
	folder: 'cosmos.folder',
	version: 'cosmos.version',
	/** A model server: its key. */
	server: 'cosmos.server',
} as const;

/** What every container of this product has. */
export const commonFlags = [
	// A missing image is rejected immediately: a pull of many gigabytes is the user's decision.
	'--pull=never',
	// PID 1 ignores TERM unless it handles it.
	'--init',
	'--ipc=host',
] as const;

/** What is downloaded must outlive the container, from the first run on. */
export function mountCache({container: {cache} = {}}: {container?: ContainerNeeds}): string {
	return cache === undefined
		? `cache=$HOME/.cache/huggingface
	[ -d "$cache" ] && set -- "$@" -v "$cache:/root/.cache/huggingface"`
		: `mkdir -p "$HOME"/${quoteWords([cache])}
	set -- "$@" -v "$HOME"/${quoteWords([`${cache}:/root/${cache}`])}`;
}

/**
 * Docker's `local` log keeps every byte; its usual one, `json-file`, replaces what is no UTF-8, also
 * the halves of a character that it cuts at each 16 KiB of a line (measured with Docker 20.10). A
 * daemon-wide limit or mode would lose output; options given with the run win over it. There is no
 * word for "no limit" (`-1`, the documented default, is refused), so it is a petabyte.
 */
export const dockerLog = [
	'--log-driver',
	'local',
	...['max-size=1p', 'max-file=1', 'compress=false', 'mode=blocking'].flatMap(option => [
		'--log-opt',
		option,
	]),
];

/** Docker reads the value as CSV, hence the inner quotes. */
export function dockerGpus({gpus}: Pick<Host, 'gpus'>): string[] {
	return gpus.length === 0 ? [] : ['--gpus', `"device=${gpus.join(',')}"`];
}

/** Podman knows GPUs by their CDI names. */
export function podmanGpus({gpus}: Pick<Host, 'gpus'>): string[] {
	return gpus.flatMap(gpu => ['--device', `nvidia.com/gpu=${gpu}`]);
}
