import {CosmosError} from '../../../domain/errors.js';
import type {Host} from '../../../domain/hosts/host.js';
import {gpusInGres, requestedGres, type SlurmSettings} from './slurm-settings.js';

/** A kind of node of a partition, as `sinfo -N` and `scontrol` word it. */
type Node = {cpus: number; memory: number; gres: string; features: readonly string[]};

/** What a partition allows one job, and what its nodes have. */
export type Partition = {
	name: string;
	/** `up`, `down`, `drain` or `inact`. */
	state: string;
	/** Seconds; absent when there is no limit. */
	maxTime?: number;
	nodes: readonly Node[];
};

/** Seconds that Slurm gives a job beyond its own limit, which so ends it first. */
const spareTime = 120;

/** Slurm's `--time` for a job, in its own words: minutes, where the configuration has none. */
export function slurmTime({time}: SlurmSettings, timeLimit: number): string {
	return time ?? String(Math.ceil((timeLimit + spareTime) / 60));
}

/** Seconds of a time as Slurm words it: `90`, `1:30:00`, `1-12`; undefined for none. */
export function secondsOfSlurmTime(text: string): number | undefined {
	const [, days, first, second, third] =
		/^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$/.exec(text.trim()) ?? [];
	if (first === undefined) {
		return undefined;
	}

	const parts = [first, second, third].map(part => Number(part ?? 0)) as [number, number, number];
	const [hours, minutes, seconds] =
		days !== undefined || third !== undefined ? parts : [0, parts[0], parts[1]];
	return ((Number(days ?? 0) * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/** Megabytes of an amount of memory as Slurm words it: `64G`, `500M`, `4000`. */
export function megabytesOf(text: string): number | undefined {
	const [, count, unit = 'M'] = /^(\d+)([KMGT])?$/i.exec(text.trim()) ?? [];
	const factors: Readonly<Record<string, number>> = {K: 1 / 1024, M: 1, G: 1024, T: 1024 ** 2};
	return count === undefined ? undefined : Number(count) * (factors[unit.toUpperCase()] as number);
}

function formatLimit(seconds: number): string {
	return seconds >= 7200 && seconds % 3600 === 0
		? `${seconds / 3600} hours`
		: `${Math.ceil(seconds / 60)} minutes`;
}

/** Whether the user's own words for `sbatch` say one of these, which then counts in our place. */
function isOverridden({options}: SlurmSettings, ...names: readonly string[]): boolean {
	return options.some(word =>
		names.some(name =>
			name.startsWith('--')
				? word === name || word.startsWith(`${name}=`)
				: word.startsWith(name) && !word.startsWith('--'),
		),
	);
}

/**
 * Compares what a job asks for with what its partition allows and its nodes have. Slurm takes some of
 * these jobs, and never starts them.
 * @param timeLimit seconds of the run, when it is known
 * @throws CosmosError (host) that names both numbers
 */
export function checkLimits(
	host: Host,
	slurm: SlurmSettings,
	{name, maxTime, nodes}: Partition,
	timeLimit?: number,
): void {
	if (isOverridden(slurm, '--partition', '-p')) {
		return;
	}

	const table = `[hosts.${host.name}.slurm]`;
	const refuse = (what: string, hint: string) => {
		throw new CosmosError('slurm-limits', `${what} on ${host.name}`, {hint});
	};

	const asked = slurm.time ?? (timeLimit === undefined ? undefined : slurmTime(slurm, timeLimit));
	const time = asked === undefined ? undefined : secondsOfSlurmTime(asked);
	if (time !== undefined && maxTime !== undefined && time > maxTime) {
		if (!isOverridden(slurm, '--time', '-t')) {
			refuse(
				`a job of ${formatLimit(time)} is longer than the ${formatLimit(maxTime)} that partition ${name} allows`,
				slurm.time === undefined
					? `Set a lower --time-limit (two minutes are added to it), or another partition under ${table}.`
					: `Set a lower time, or another partition, under ${table}.`,
			);
		}
	}

	const needs = [
		need('CPUs', slurm.cpus, node => node.cpus, isOverridden(slurm, '--cpus-per-task', '-c')),
		need(
			'MB of memory',
			slurm.memory === undefined ? undefined : megabytesOf(slurm.memory),
			node => node.memory,
			isOverridden(slurm, '--mem', '--mem-per-cpu', '--mem-per-gpu'),
		),
		...gresNeeds(host, slurm),
	].filter(one => one !== undefined);
	if (nodes.length === 0) {
		return;
	}

	for (const {unit, count, of} of needs) {
		const most = Math.max(...nodes.map(of));
		if (count > most) {
			refuse(
				`${count} ${unit} for a job are more than the ${most} of a node of partition ${name}`,
				`Ask for less, or for another partition, under ${table}; \`scontrol show node\` there shows what nodes have.`,
			);
		}
	}

	const {constraint} = slurm;
	if (constraint !== undefined && /^[\w.-]+$/.test(constraint)) {
		if (!nodes.some(({features}) => features.includes(constraint))) {
			refuse(
				`no node of partition ${name} has the feature ${constraint}`,
				`Set another constraint under ${table}; \`sinfo -o '%N %f'\` there lists the features.`,
			);
		}
	}

	if (!nodes.some(node => needs.every(({count, of}) => of(node) >= count))) {
		const all = needs.map(({unit, count}) => `${count} ${unit}`).join(', ');
		refuse(
			`no single node of partition ${name} has ${all}`,
			`Ask for less under ${table}; \`scontrol show node\` there shows what nodes have.`,
		);
	}
}

type Need = {unit: string; count: number; of: (node: Node) => number};

function need(
	unit: string,
	count: number | undefined,
	of: (node: Node) => number,
	isOthers: boolean,
): Need | undefined {
	return count === undefined || isOthers ? undefined : {unit, count, of};
}

/** The GPUs, by their type where one is asked for. */
function gresNeeds(host: Host, slurm: SlurmSettings): Array<Need | undefined> {
	const gres = requestedGres(host, slurm) ?? '';
	const count = gpusInGres(gres);
	const [, type] = /(?:^|[,/:])gpu:([A-Za-z][\w.-]*)/.exec(gres) ?? [];
	const isOthers = isOverridden(slurm, '--gres', '--gpus', '-G', '--gpus-per-node');
	const unit = type === undefined ? 'GPUs' : `GPUs (${type})`;
	return [need(unit, count, node => gpusOfNode(node.gres, type), isOthers)];
}

/** `gpu:h100:4(S:0-1),gpu:a100:2` has 4 of h100 and 6 in all. */
function gpusOfNode(gres: string, type: string | undefined): number {
	return gres
		.replaceAll(/\([^)]*\)/g, '')
		.split(',')
		.filter(part => /^gpu(?::|$)/.test(part) && (type === undefined || part.includes(`:${type}:`)))
		.reduce((sum, part) => sum + Number(/:(\d+)$/.exec(part)?.[1] ?? 1), 0);
}

/**
 * Reads a partition from a line `PARTITION|AVAIL|TIMELIMIT|CPUS|MEMORY|GRES|FEATURES` of `sinfo` for each
 * kind of its nodes. Undefined when there is none.
 */
export function readPartition(lines: readonly string[]): Partition | undefined {
	const rows = lines.map(line => line.split('|'));
	const [name = '', state = '', limit = ''] = rows[0] ?? [];
	if (name === '') {
		return undefined;
	}

	const nodes = rows
		.filter(row => row[0] === name)
		.map(([, , , cpus = '', memory = '', gres = '', features = '']) => ({
			cpus: Number.parseInt(cpus, 10) || 0,
			memory: Number.parseInt(memory, 10) || 0,
			gres,
			features: features.split(','),
		}));
	return {name: name.replace(/\*$/, ''), state, maxTime: secondsOfSlurmTime(limit), nodes};
}

/** What a job may have there, for `cosmos doctor`. */
export function describePartition({name, state, maxTime, nodes}: Partition): string {
	const most = (of: (node: Node) => number) => Math.max(0, ...nodes.map(of));
	const open = state === 'up' ? '' : ` (${state}: jobs wait until it opens)`;
	const time = maxTime === undefined ? 'no time limit' : `up to ${formatLimit(maxTime)}`;
	return `partition ${name}${open}: ${time}, ${most(node => node.cpus)} CPUs and ${most(node => node.memory)} MB a node`;
}
