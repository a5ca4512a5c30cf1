/** What is measured of a run's result, and what can be wrong with its picture. */

/** One number that is measured. Values are kept by `key`. */
export type MeasureRow = {
	key: string;
	/** What stands behind the number. */
	unit: '' | '%' | 'dB' | 'levels' | 's' | 'px';
	/** Digits after the point. */
	digits: number;
	/** Which values are better; absent where none is. */
	better?: 'high' | 'low';
	/** One line for the help and the documentation. */
	help: string;
};

const facts = [
	{key: 'frames', unit: '', digits: 0, help: 'frames of the video'},
	{key: 'seconds', unit: 's', digits: 2, help: 'length of the video'},
	{key: 'fps', unit: '', digits: 2, help: 'frames per second'},
	{key: 'width', unit: 'px', digits: 0, help: 'width of the picture'},
	{key: 'height', unit: 'px', digits: 0, help: 'height of the picture'},
	{key: 'black', unit: '%', digits: 1, better: 'low', help: 'frames that are black'},
	{
		...{key: 'blank', unit: '%', digits: 1, better: 'low'},
		help: 'frames of one colour, without any detail',
	},
	{key: 'frozen', unit: '%', digits: 1, better: 'low', help: 'frames that equal the one before'},
	{
		...{key: 'flicker', unit: 'levels', digits: 2, better: 'low'},
		help: 'how much the brightness jumps from frame to frame, of 255; a steady change is none',
	},
] as const satisfies readonly MeasureRow[];

const comparisons = [
	{
		...{key: 'psnr', unit: 'dB', digits: 2, better: 'high'},
		help: 'peak signal-to-noise ratio of all planes against the reference; 100 for equal pictures',
	},
	{
		...{key: 'ssim', unit: '', digits: 4, better: 'high'},
		help: 'structural similarity to the reference, at most 1',
	},
	{
		...{key: 'vmaf', unit: '', digits: 1, better: 'high'},
		help: 'VMAF against the reference, at most 100; only where ffmpeg has libvmaf',
	},
] as const satisfies readonly MeasureRow[];

const fidelities = [
	{
		...{key: 'edge-fit', unit: '', digits: 3, better: 'high'},
		help: 'F1 of the edges of the result and of the edge control, within 2 pixels, at most 1',
	},
	{
		...{key: 'blur-fit', unit: '', digits: 4, better: 'high'},
		help: 'structural similarity to the blur control, both blurred',
	},
	{
		...{key: 'depth-fit', unit: '', digits: 3, better: 'high'},
		help: 'share of the outlines in the depth control that the result has too, within 2 pixels',
	},
	{
		...{key: 'seg-fit', unit: '', digits: 3, better: 'high'},
		help: 'share of the outlines in the segmentation that the result has too, within 2 pixels',
	},
] as const satisfies readonly MeasureRow[];

export const measureRows = [...facts, ...comparisons, ...fidelities] as const;
/** The measures that say how good a result is; the others are facts that settings name too. */
export const qualityRows: readonly MeasureRow[] = measureRows.filter(row => 'better' in row);
/** Numbers by their measure; those of a check of one's own are `NAME.FIELD`. */
export type MeasureValues = Readonly<Record<string, number>>;

/** What can be wrong with a picture, with the words for it. */
export const flagWords = {
	unreadable: 'cannot be decoded',
	black: 'is black',
	blank: 'is one colour',
	frozen: 'does not move',
} as const;
export type Flag = keyof typeof flagWords;
export const flags = Object.keys(flagWords) as readonly Flag[];

/** What a run's flag can be: what is wrong with a picture, or a limit of the configuration. */
export const shownFlags = [...flags, 'limit'] as const;

/** A limit of `[measures]` that a run has reached: what it does, and the filter that found the run. */
export type ReachedLimit = {action: 'flag' | 'reject'; filter: string};

/** A result whose picture is wrong. */
export type FlaggedFile = {flag: Flag /** As among the outputs. */; name: string};

/** What was measured of a run. */
export type Measures = {
	/** ISO 8601, this machine's clock. */
	at: string;
	values: MeasureValues;
	/** Absent when nothing is wrong. */
	flagged?: FlaggedFile[];
	/** Absent when none is reached. */
	limits?: ReachedLimit[];
	/** What `psnr`, `ssim` and `vmaf` compare with: `input`, a run's id, or a file. */
	against?: string;
};

/** Percent of the frames from which on a video is flagged. */
const limits = {black: 50, blank: 50, frozen: 90} as const;

/** What is wrong with a video or an image of these values. */
export function findFlag(values: MeasureValues): Flag | undefined {
	return (['black', 'blank', 'frozen'] as const).find(key => (values[key] ?? 0) >= limits[key]);
}

/** The flags of a run as lists and filters name them. */
export const flagsOf = ({flagged = [], limits = []}: Pick<Measures, 'flagged' | 'limits'>) => [
	...flagged.map(({flag}) => flag),
	...(limits.length > 0 ? (['limit'] as const) : []),
];

/** `output.mp4 is black`, `rejected by psnr<20`, one for each. */
export function describeFlags({
	flagged = [],
	limits = [],
}: Pick<Measures, 'flagged' | 'limits'>): string[] {
	return [
		...flagged.map(({flag, name}) => `${name} ${flagWords[flag]}`),
		...limits.map(
			({action, filter}) => `${action === 'flag' ? 'flagged' : 'rejected'} by ${filter}`,
		),
	];
}

/** `31.20 dB`; a number of another name as it is. */
export function formatMeasure(key: string, value: number): string {
	const row: MeasureRow | undefined = measureRows.find(one => one.key === key);
	if (!row) {
		return String(Number(value.toFixed(4)));
	}

	const space = row.unit === '' ? '' : ' ';
	return `${value.toFixed(row.digits)}${space}${row.unit}`;
}
