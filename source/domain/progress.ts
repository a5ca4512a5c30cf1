/** How far a step is, as a tqdm bar tells it. */
export type Progress = {
	/** What the bar is for; empty when it does not say. */
	label: string;
	/** 0 to 100. */
	percent: number;
	/** Steps. */
	done: number;
	total: number;
	/** Seconds. */
	secondsPerStep?: number;
	etaSeconds?: number;
};

// tqdm's default bar: `label:  46%|████▌     | 16/35 [00:54<01:04,  3.40s/it]`
const bar =
	/(?:^|\s)(?:([^|]*?):\s*)?(\d{1,3})%\|[^|]*\|\s*([\d.]+)([kMG]?)\/([\d.]+)([kMG]?)\s*\[[\d:]+<([\d:]+|\?)(?:,\s*([\d.]+|\?)(s\/|\s?\w*\/s))?/;

const units: Record<string, number> = {'': 1, k: 1e3, M: 1e6, G: 1e9};

/** Reads a tqdm progress bar; undefined when the text holds none. */
export function parseProgress(text: string): Progress | undefined {
	const found = bar.exec(text);
	if (!found) {
		return undefined;
	}

	const [, label, percent, done, doneUnit, total, totalUnit, eta, rate, rateUnit] = found;
	return {
		label: (label ?? '').trim(),
		percent: Math.min(100, Number(percent)),
		done: Number(done) * (units[doneUnit ?? ''] ?? 1),
		total: Number(total) * (units[totalUnit ?? ''] ?? 1),
		secondsPerStep: secondsPerStep(rate, rateUnit),
		etaSeconds: eta === undefined || eta === '?' ? undefined : clockSeconds(eta),
	};
}

/** tqdm turns the unit round when a step takes less than a second: `3.40s/it`, `12.5it/s`. */
function secondsPerStep(rate?: string, unit?: string): number | undefined {
	const number = Number(rate);
	if (!rate || !(number > 0)) {
		return undefined;
	}

	return unit === 's/' ? number : 1 / number;
}

/** `1:02:03` and `02:03` in seconds. */
function clockSeconds(clock: string): number {
	return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
