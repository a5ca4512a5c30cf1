/**
 * One launch setting. The form, the command line's flags, `--help`, the spec files and the store
 * read the tables below. Defaults and ranges are those of Cosmos-Transfer1, where it has them; its
 * `num_steps`, `guidance` and `fps` have no upper bound, ours keep typing errors from costing GPU
 * hours.
 */
export type Setting = {
	key: string;
	label: string;
	help: string;
	/** Shown with the first settings of the form; the others are under "more". */
	main: boolean;
} & (
	| {
			kind: 'number' | 'integer';
			default: number;
			min: number;
			max: number;
			step: number;
			unit?: string;
	  }
	| {kind: 'choice'; default: string; choices: readonly string[]}
	| {kind: 'switch'; default: boolean}
);

/** The controls that a user's folder can have, in the order of `--weights`. */
export const controlNames = ['vis', 'edge', 'depth', 'seg'] as const;
export type ControlName = (typeof controlNames)[number];

const strengths = ['very_low', 'low', 'medium', 'high', 'very_high'] as const;

function weight<K extends ControlName>(key: K, help: string) {
	return {
		key,
		label: key,
		help,
		main: true,
		kind: 'number',
		default: 0.25,
		min: 0,
		max: 1,
		step: 0.05,
	} as const;
}

function timeLimit<S extends number>(seconds: S) {
	return {
		key: 'timeLimit',
		label: 'time limit',
		help: 'seconds after which the host ends the job',
		main: true,
		kind: 'integer',
		default: seconds,
		min: 10,
		max: 172_800,
		step: 60,
		unit: 's',
	} as const;
}

/** The settings of a transfer, which is what a launch without another word is. */
export const settingsTable = [
	weight('vis', 'weight of the blurred input'),
	weight('edge', 'weight of the edges'),
	weight('depth', 'weight of the depth'),
	weight('seg', 'weight of the segmentation'),
	{
		key: 'steps',
		label: 'steps',
		help: 'denoising steps',
		main: true,
		kind: 'integer',
		default: 35,
		min: 1,
		max: 100,
		step: 1,
	},
	{
		key: 'guidance',
		label: 'guidance',
		help: 'how strictly the text is followed',
		main: true,
		kind: 'number',
		default: 5,
		min: 0,
		max: 20,
		step: 0.5,
	},
	{
		key: 'seed',
		label: 'seed',
		help: 'the same seed and inputs give the same video',
		main: true,
		kind: 'integer',
		default: 1,
		min: 0,
		max: 4_294_967_295,
		step: 1,
	},
	{
		key: 'fps',
		label: 'fps',
		help: 'frames per second of the result',
		main: true,
		kind: 'integer',
		default: 24,
		min: 1,
		max: 60,
		step: 1,
	},
	{
		key: 'sigmaMax',
		label: 'sigma max',
		help: 'how much of the input is forgotten; 80 ignores it',
		main: true,
		kind: 'number',
		default: 70,
		min: 0,
		max: 80,
		step: 1,
	},
	{
		key: 'blur',
		label: 'blur',
		help: 'strength of the blur for vis',
		main: false,
		kind: 'choice',
		default: 'medium',
		choices: strengths,
	},
	{
		key: 'canny',
		label: 'canny',
		help: 'threshold of the edge detector for edge',
		main: false,
		kind: 'choice',
		default: 'medium',
		choices: strengths,
	},
	{
		key: 'distilled',
		label: 'distilled',
		help: 'the one-step model; edge only',
		main: false,
		kind: 'switch',
		default: false,
	},
	{
		key: 'offloadTextEncoder',
		label: 'offload text encoder',
		help: 'saves GPU memory, costs time',
		main: false,
		kind: 'switch',
		default: false,
	},
	{
		key: 'offloadGuardrails',
		label: 'offload guardrails',
		help: 'saves GPU memory, costs time',
		main: false,
		kind: 'switch',
		default: false,
	},
	{
		key: 'offloadTransformer',
		label: 'offload transformer',
		help: 'saves GPU memory, costs time',
		main: false,
		kind: 'switch',
		default: false,
	},
	timeLimit(3600),
] as const satisfies readonly Setting[];

const upscaleTable = [
	{
		key: 'weight',
		label: 'weight',
		help: 'how closely the result keeps to the video',
		main: true,
		kind: 'number',
		default: 0.5,
		min: 0,
		max: 1,
		step: 0.05,
	},
	timeLimit(3600),
] as const satisfies readonly Setting[];

const enhanceTable = [
	{
		key: 'createNew',
		label: 'create new',
		help: 'a new prompt gets the text; off replaces the text of the same prompt',
		main: true,
		kind: 'switch',
		default: true,
	},
	{
		key: 'force',
		label: 'force',
		help: 'replace the text although finished runs used it',
		main: true,
		kind: 'switch',
		default: false,
	},
	timeLimit(1800),
] as const satisfies readonly Setting[];

/** The settings of each operation. Every one has a time limit. */
export const settingsTables = {
	transfer: settingsTable,
	upscale: upscaleTable,
	enhance: enhanceTable,
} as const;

export type Operation = keyof typeof settingsTables;

type RowOf<O extends Operation> = (typeof settingsTables)[O][number];
export type SettingKey = RowOf<'transfer'>['key'];
type ValueOf<R> = R extends {kind: 'switch'}
	? boolean
	: R extends {kind: 'choice'; choices: readonly (infer C)[]}
		? C
		: number;

/** Every setting of an operation with its value: what a run is launched with. */
export type SettingsOf<O extends Operation> = {[R in RowOf<O> as R['key']]: ValueOf<R>};
export type Settings = SettingsOf<'transfer'>;

/** Settings of one operation, whichever it is. */
export type OperationSettings = {
	[O in Operation]: {operation: O; settings: SettingsOf<O>};
}[Operation];

export function defaultsOf<O extends Operation>(operation: O): SettingsOf<O> {
	return Object.fromEntries(
		settingsTables[operation].map(row => [row.key, row.default]),
	) as SettingsOf<O>;
}

export const defaultSettings = defaultsOf('transfer');

/** Every setting of a run in the order of its table, for a person to read. */
export function settingValues({operation, settings}: OperationSettings) {
	const values: Readonly<Record<string, string | number | boolean>> = settings;
	return (settingsTables[operation] as readonly Setting[]).map(row => {
		const value = values[row.key] as string | number | boolean;
		return {row, value, changed: value !== row.default};
	});
}

/** The flag of a setting on the command line: `sigmaMax` is `--sigma-max`. */
export function flagName(key: string): string {
	return `--${key.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
}
