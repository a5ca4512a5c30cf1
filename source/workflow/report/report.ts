/** What a report holds: facts as its page shows them. This file and `card.ts` run in browsers too. */

/** A file beside the page. */
export type ReportFile = {
	/** Relative to the page, `/` between parts, encoded for an address. */
	src: string;
	/** As among the outputs, or an input's role. */
	name: string;
	kind: 'video' | 'image' | 'other';
	/** Bytes. */
	size: number;
	/** Hex; empty where it is not known. */
	sha256: string;
	/** A still of a video, relative to the page. */
	poster?: string;
};

/** A label and a text; `sort` is what the values are compared by. */
export type ReportValue = {key: string; text: string; sort: number | string};

export type ReportRun = {
	id: string;
	name: string;
	text: string;
	negative: string;
	/** What it does, e.g. `transfer`. */
	kind: string;
	model: string;
	host: string;
	status: string;
	/** Why it failed; empty when it has not. */
	failure: string;
	/** ISO 8601. */
	createdAt: string;
	/** From the first step to the last; absent while it runs. */
	seconds?: number;
	simulated: boolean;
	/** The run or prompt that it was made of. */
	parent?: string;
	/** 0 for none. */
	rating: number;
	pick: 'yes' | 'no' | '';
	tags: readonly string[];
	note: string;
	settings: readonly ReportValue[];
	measures: readonly ReportValue[];
	/** What is wrong with the picture, in words. */
	flags: readonly string[];
	outputs: readonly ReportFile[];
	/** The inputs that can be shown; those that have changed since are left out. */
	inputs: readonly ReportFile[];
};

export type Report = {
	title: string;
	/** ISO 8601. */
	madeAt: string;
	/** Of this product. */
	version: string;
	/** Settings in which the runs differ, by their keys. */
	differing: readonly string[];
	runs: readonly ReportRun[];
};
