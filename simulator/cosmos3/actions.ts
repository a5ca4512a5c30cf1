import {parseJson} from '../python/json.js';
import {PythonError, repr} from '../python/python-error.js';
import type {PythonValue} from '../python/values.js';
import type {Sample} from './build-sample.js';
import {readText} from './sample-files.js';

/** How many numbers an action of each domain has; undefined where that differs among data sets. */
const widths: Readonly<Record<string, number | undefined>> = {
	agibotworld: 29,
	av: 9,
	behavior1k_lerobot: 23,
	bridge_orig_lerobot: 10,
	camera_pose: 9,
	droid_lerobot: 10,
	fractal: 10,
	hand_pose: undefined,
	libero: undefined,
	pusht: 2,
	'robomind-franka': 10,
	'robomind-franka-dual': 20,
	'robomind-ur': 10,
	robotwin: 14,
	umi: 10,
	xdof_yam: 20,
};

/**
 * The actions of a sample: forward dynamics reads them from a file and makes none; the other modes
 * make them, and all of them are zero here.
 * @throws PythonError for an unknown domain, and for a file that does not fit it
 */
export function readActions({args, mode}: Sample): PythonValue | undefined {
	const name = String(args.domain_name).toLowerCase().trim();
	if (!Object.hasOwn(widths, name)) {
		const known = Object.keys(widths).map(repr).join(', ');
		const message = `invalid domain_name ${repr(name)}; expected one of [${known}]`;
		throw new PythonError('ValueError', message);
	}

	const width = widths[name];
	if (mode === 'forward_dynamics') {
		checkFile(String(args.action_path), width);
		return undefined;
	}

	if (width === undefined) {
		throw new PythonError(
			'ValueError',
			`domain_name ${repr(name)} sizes its raw action per dataset, so ${mode} inference is unsupported for it; only forward_dynamics can resolve the width, from the action file it is given`,
		);
	}

	return Array.from({length: Number(args.action_chunk_size)}, () =>
		new Array<number>(width).fill(0),
	);
}

function checkFile(file: string, width: number | undefined): void {
	const rows = parseJson(readText(file, file));
	const [first] = Array.isArray(rows) ? rows : [];
	const found = Array.isArray(first) ? first.length : 0;
	if (width !== undefined && found !== width) {
		const message = `Raw action dimension from file (${found}) does not match expected dimension (${width})`;
		throw new PythonError('AssertionError', message);
	}
}
