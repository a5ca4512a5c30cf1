import {spawnSync} from 'node:child_process';
import {cpus, release, totalmem} from 'node:os';
import {figureOf, type Measure} from './measure.js';

export type Result = {
	/** The case's name. */
	name: string;
	about: string;
	measures: readonly Measure[];
	/** The machine's load average over a minute when the case began. */
	load: number;
	rounds: number;
};

const head = ['what', 'beside', 'cosmos', 'the other', 'compared', 'goal', 'met'];

/** The cells of one measure: both medians in seconds, how they compare, whether that is enough. */
export function row({name, beside, ours, theirs, figure, goal}: Measure): string[] {
	const [us, them] = [figureOf(ours, figure), figureOf(theirs, figure)];
	if (theirs.length === 0) {
		return [name, beside, `${us.toFixed(3)} s`, 'absent', '', '', ''];
	}

	return [
		name,
		figure ? `${beside}, ${figure}` : beside,
		`${us.toFixed(3)} s`,
		`${them.toFixed(3)} s`,
		...comparison(us, them, goal),
	];
}

function comparison(us: number, them: number, goal: Measure['goal']): string[] {
	if (goal.kind === 'extra') {
		const extra = `${us >= them ? '+' : ''}${(us - them).toFixed(3)} s`;
		return [extra, `at most +${goal.most} s`, us - them <= goal.most ? 'yes' : 'no'];
	}

	const speed = `${(them / us).toFixed(2)} of its speed`;
	return goal.kind === 'none'
		? [speed, '', '']
		: [speed, `at least ${Number(goal.least.toFixed(2))}`, them / us >= goal.least ? 'yes' : 'no'];
}

/** The page `docs/benchmarks.md`. */
export function benchmarkPage(results: readonly Result[]): string {
	const rows = results.flatMap(({measures}) => measures.map(row));
	return `# Benchmarks

Written by \`npm run bench -- --write\`; \`npm run bench -- NAME… --rounds N\` repeats some of it. Each case does
the same thing with \`cosmos\` and with the usual tool, in turn in one run, and compares the medians.
It needs what the laboratory tests need: Linux, root, Docker, an OpenSSH server.

${table([head, head.map(() => '---'), ...rows])}
${results.map(({name, about, rounds, load}) => `- **${name}**, ${rounds} rounds each, load ${load.toFixed(1)} at the start: ${about}`).join('\n')}

Machine: ${machine()}.
Versions: ${versions()}.
`;
}

function table(rows: ReadonlyArray<readonly string[]>): string {
	return rows.map(cells => `| ${cells.join(' | ')} |\n`).join('');
}

function machine(): string {
	const all = cpus();
	const memory = Math.round(totalmem() / 1024 ** 3);
	return `${all[0]?.model.trim()}, ${all.length} cores, ${memory} GiB, Linux ${release()}; everything on this one machine, over loopback`;
}

function versions(): string {
	const ssh = spawnSync('ssh', ['-V'], {encoding: 'utf8'}).stderr.split(',')[0];
	const docker = spawnSync('dockerd', ['--version'], {encoding: 'utf8'}).stdout.split(',')[0];
	return [`Node ${process.versions.node}`, ssh, docker].filter(Boolean).join(', ');
}
