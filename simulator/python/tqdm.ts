import type {Console} from './console.js';

const cells = 10;
const eighths = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
/** tqdm redraws at most this often, seconds. */
const redrawEvery = 0.1;

/** A bar as tqdm 4 draws it, e.g. ` 46%|████▌     | 16/35 [00:54<01:04,  3.40s/it]`. */
export function drawBar(label: string, done: number, total: number, seconds: number): string {
	const share = done / total;
	const filled = Math.floor(share * cells * 8);
	const full = Math.floor(filled / 8);
	const bar =
		full >= cells
			? '█'.repeat(cells)
			: '█'.repeat(full) + eighths[filled % 8] + ' '.repeat(cells - full - 1);
	const percent = String(Math.round(share * 100)).padStart(3);
	const rate = done > 0 && seconds > 0 ? done / seconds : undefined;
	const left = rate === undefined ? '?' : clock((total - done) / rate);
	const head = label === '' ? '' : `${label}: `;
	return `${head}${percent}%|${bar}| ${done}/${total} [${clock(seconds)}<${left}, ${speed(rate)}]`;
}

function speed(rate: number | undefined): string {
	if (rate === undefined) {
		return '?it/s';
	}

	return rate < 1
		? `${(1 / rate).toFixed(2).padStart(5)}s/it`
		: `${rate.toFixed(2).padStart(5)}it/s`;
}

function clock(seconds: number): string {
	const whole = Math.floor(seconds);
	const two = (number: number) => String(number).padStart(2, '0');
	const tail = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
	return whole < 3600 ? tail : `${Math.floor(whole / 3600)}:${tail}`;
}

/**
 * Runs steps under a bar on stderr: parts of one line, each after a carriage return, and a line
 * end when the steps are over or one of them failed.
 * @param step the work of a step, counted from 0
 */
export async function runUnderBar(
	console: Console,
	label: string,
	total: number,
	step: (index: number) => Promise<void>,
): Promise<void> {
	const start = performance.now();
	let drawnAt = 0;
	const draw = async (done: number) => {
		const seconds = (performance.now() - start) / 1000;
		drawnAt = seconds;
		await console.stderr(`\r${drawBar(label, done, total, seconds)}`);
	};

	await draw(0);
	try {
		for (let index = 0; index < total; index++) {
			await step(index);
			const seconds = (performance.now() - start) / 1000;
			if (index + 1 === total || seconds - drawnAt >= redrawEvery) {
				await draw(index + 1);
			}
		}
	} finally {
		await console.stderr('\n');
	}
}

/**
 * Runs rounds under a bar to which the lines of the rounds are glued: it is drawn before a round, and
 * what is printed next follows it on the same line.
 */
export async function runUnderGluedBar(
	console: Console,
	total: number,
	round: (index: number) => Promise<void>,
): Promise<void> {
	const start = performance.now();
	const draw = (done: number) =>
		console.stderr(`\r${drawBar('', done, total, (performance.now() - start) / 1000)}`);
	for (let index = 0; index < total; index++) {
		await draw(index);
		await round(index);
	}

	await draw(total);
	await console.stderr('\n');
}
