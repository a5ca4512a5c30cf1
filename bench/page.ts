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
	/** Why it could not be measured. */
	failure?: string;
};

const head = ['what', 'beside', 'cosmos', 'the other', 'compared', 'goal', 'met'];

/** The cells of one measure: both figures, how they compare, whether that is enough. */
export function row({name, beside, ours, theirs, unit = 's', figure, goal}: Measure): string[] {
	const [us, them] = [figureOf(ours, figure), figureOf(theirs, figure)];
	const told = (value: number) => `${value.toFixed(unit === 's' ? 3 : 1)} ${unit}`;
	const first = [name, figure ? `${beside}, ${figure}` : beside, told(us)];
	if (theirs.length === 0) {
		const alone = goal.kind === 'below' ? compared(us, 0, goal, unit) : ['', '', ''];
		return [...first, 'absent', ...alone];
	}

	return [...first, told(them), ...compared(us, them, goal, unit)];
}

/** How the sides compare, the goal, and whether it is met. */
function compared(us: number, them: number, goal: Measure['goal'], unit: string): string[] {
	const isMet = (met: boolean) => (met ? 'yes' : 'no');
	switch (goal.kind) {
		case 'speed': {
			const speed = `${(them / us).toFixed(2)} of its speed`;
			return [speed, `at least ${goal.least}`, isMet(them / us >= goal.least)];
		}

		case 'times': {
			const times = `${(us / them).toFixed(2)} times`;
			return [times, `at most ${goal.most}`, isMet(us / them <= goal.most)];
		}

		case 'extra': {
			const extra = `${us >= them ? '+' : ''}${(us - them).toFixed(3)} ${unit}`;
			return [extra, `at most +${goal.most} ${unit}`, isMet(us - them <= goal.most)];
		}

		case 'below':
			return ['', `at most ${goal.most} ${unit}`, isMet(us <= goal.most)];
		case 'none':
			return [`${(us / them).toFixed(2)} times`, '', ''];
	}
}

/** The page `docs/benchmarks.md`. */
export function benchmarkPage(results: readonly Result[]): string {
	const rows = results.flatMap(({measures}) => measures.map(row));
	return `# Benchmarks

Written by \`npm run bench -- --write\`; \`npm run bench -- NAME… --rounds N\` repeats some of it. Each case does
the same thing with \`cosmos\` and with the usual tool, in turn in one run, and compares the medians.
It needs what the laboratory tests need: Linux, root, Docker, an OpenSSH server.

${table([head, head.map(() => '---'), ...rows])}
${remarks(results)}## The cases

${results.map(caseLine).join('\n')}

Machine: ${machine()}.
Versions: ${versions()}.
`;
}

function caseLine({name, about, rounds, load, failure}: Result): string {
	const how = `${rounds} ${rounds === 1 ? 'round' : 'rounds'} each, load ${load.toFixed(1)} at the start`;
	return `- **${name}**, ${how}: ${about}${failure ? ` NOT MEASURED: ${failure}` : ''}`;
}

/** What is to be said of single rows: why a goal is missed, what a figure leads to. */
function remarks(results: readonly Result[]): string {
	const lines = results.flatMap(({measures}) =>
		measures.flatMap(measure => {
			const {name, beside, limit, note} = measure;
			const isMissed = row(measure).at(-1) === 'no';
			const said = [isMissed && `missed: ${limit ?? 'not explained yet'}`, note].filter(Boolean);
			return said.map(text => `- ${name}, beside ${beside}: ${text}`);
		}),
	);
	return lines.length > 0 ? `## What the figures say\n\n${lines.join('\n')}\n\n` : '';
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
