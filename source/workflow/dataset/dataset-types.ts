import type {
	Dataset,
	DatasetRow,
	FailureLimit,
	OutputRow,
	RowCounts,
} from '../../domain/dataset/dataset.js';
import type {SettingValue} from '../../domain/settings/settings.js';
import type {Axis, SweepShape} from '../../domain/sweep/combine.js';
import type {QueueWatcher} from '../../queue/queue-watcher.js';
import type {Input} from '../prompts/read-text.js';

/** What to make of a manifest, and where the output rows go. */
export type DatasetRequest = {
	/** A JSONL or CSV file, a folder of clips, or `-` for standard input. */
	manifest: string;
	/** The file of output rows: `.jsonl` or `.csv`. The same file again resumes its dataset. */
	out: string;
	/** Default: the name of the output file without its ending. */
	name?: string;
	/** A host, a group of hosts, or `any`. @default the configuration's default host */
	host?: string;
	/** The name of a recipe; without one the clips are transfers. */
	recipe?: string;
	/** For rows that do not say it. */
	model?: string;
	mode?: string;
	text?: string;
	negative?: string;
	/** Settings for rows that do not have them. */
	settings?: Readonly<Record<string, SettingValue>>;
	/** Settings with several values: each row becomes a clip for each combination. */
	axes?: readonly Axis[];
	shape?: SweepShape;
	/** The manifest's column for a field, a setting or a role. */
	map?: Readonly<Record<string, string>>;
	/** Run the other rows if some cannot be used. @default false: nothing starts */
	skipBad?: boolean;
	/** How many failed rows stop it. @default none */
	maxFailures?: FailureLimit;
	/** Minutes without new output after which a run is stopped and tried again. @default its time limit alone */
	stuckAfter?: number;
	/** Launch clips whose inputs do not fit each other. */
	force?: boolean;
	/** Standard input, for the manifest `-`. */
	context?: Input;
	/** Called with the plan before the first job is added. */
	onPlan?: (plan: DatasetPlan) => void;
	/** Called with a message that is not about one row. */
	onNotice?: (text: string) => void;
	/** Observes the queue, which this process runs meanwhile. */
	watcher?: QueueWatcher;
};

/** What a run of a manifest would do. */
export type DatasetPlan = {
	/** Absent before its first run. */
	id?: string;
	name: string;
	out: string;
	/** All clips. */
	rows: number;
	/** Completed before, with the same inputs, settings and model. */
	finished: number;
	/** Failed before for a reason that stays as long as the clip is the same: `guardrail`, `rejected-input`. */
	refused: number;
	/** Of those that are to run: clips that had another content before. */
	changed: number;
	/** Those that are to run, the changed ones too. */
	run: number;
	/** Clips with the content of another one, which has its result. */
	repeated: number;
	/** What is wrong with the others, a line each: file, line, column and rule. */
	bad: readonly string[];
	/** Seconds until all have run, judging by earlier runs; undefined without such runs. */
	seconds?: number;
	/** How many can run at the same time. */
	slots: number;
};

export type ShownDataset = {
	dataset: Dataset;
	counts: RowCounts;
	/** The process that works on it now. */
	owner?: {pid: number; machine: string};
};

export type DatasetActions = {
	/**
	 * Reads and checks a manifest, and says how many of its clips are finished. Starts nothing.
	 * @throws CosmosError (usage) when the manifest cannot be read
	 */
	planDataset: (request: DatasetRequest) => Promise<DatasetPlan>;
	/**
	 * Makes the clips of a manifest and yields each output row when its clip has ended; the output file has the
	 * rows of all clips, in the order of the manifest. Clips that are finished are not run again, and not yielded.
	 * This process runs the queue meanwhile. Leaving the loop, or aborting the signal, adds no more jobs and
	 * cancels those that wait; runs that have started go on, and the next run of the manifest has their results.
	 * @throws CosmosError (usage) before anything starts: for rows that cannot be used, unless `skipBad`
	 * is set; (home) when the disk is full
	 */
	runDataset: (
		request: DatasetRequest,
		signal?: AbortSignal,
	) => AsyncGenerator<OutputRow, DatasetEnd>;
	/** Newest first. */
	listDatasets: () => Promise<ShownDataset[]>;
	/** @param reference an id, a unique beginning, a name, or `latest` */
	findDataset: (reference: string) => Promise<ShownDataset>;
	/** Its clips, in the order of the manifest. */
	datasetRows: (id: string) => Promise<DatasetRow[]>;
	/** The output rows, in the order of the manifest. */
	outputRows: (id: string) => Promise<OutputRow[]>;
	/**
	 * Writes the output rows to a file for people: in CSV a text that a spreadsheet would run as a formula begins with
	 * an apostrophe. Resolves with the number of rows, and of such texts.
	 * @throws CosmosError (usage) for a file that exists, unless `force` is set
	 */
	exportRows: (
		id: string,
		file: string,
		force?: boolean,
	) => Promise<{rows: number; asTexts: number}>;
	/** Adds no more jobs, in whichever process, and cancels those that wait; resolves with their number. */
	stopDataset: (id: string) => Promise<number>;
};

/** How a run of a manifest ended. */
export type DatasetEnd = {
	id: string;
	counts: RowCounts;
	/** Why it ended before all clips had ended. */
	stopped?: 'max-failures' | 'stop' | 'signal';
	/** The manifest has changed since it was read. */
	manifestChanged?: boolean;
};
