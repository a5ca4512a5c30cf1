import type {ZodObject} from 'zod';
import type {Host} from '../../domain/hosts/host.js';
import type {Transport} from '../transport/transport.js';
import type {Engine, Job, JobPreview} from './engine.js';

/** A kind of engine: all that the rest of the product knows about it. It is a row of `engines.ts`. */
export type EngineKind = {
	/** In a few words, for `cosmos config --help`. */
	summary: string;
	/** Its part of the configuration; loaded only where a file names hosts. */
	config: () => Promise<EngineConfig>;
	/** What makes the engine of one host; loaded with the first host that has it. */
	load: () => Promise<CreateEngine>;
	/** What shows how a job would be handed over, for `--dry-run`. @default nothing is worth showing */
	preview?: () => Promise<PreviewJob>;
	/** Commands at a time over one SSH connection. @default as many as are asked for */
	mostCommands?: number;
};

/** @param remoteDir the checkout's folder on the host, absolute */
export type CreateEngine = (host: Host, remoteDir: string, transport: Transport) => Engine;

/** Texts for people: how a job would be handed to the engine. Contacts no host. */
export type PreviewJob = (job: Job, host: Host) => readonly JobPreview[];

/** The kinds of engines, by the name that `engine = "…"` gives them. */
export type EngineKinds = Readonly<Record<string, EngineKind>>;

/** How an engine takes part in the configuration. */
export type EngineConfig = {
	/** The keys of its own table, `[hosts.NAME.ENGINE]`. @default it has no such table */
	table?: ZodObject;
	/**
	 * What a host's keys mean for this engine.
	 * @throws CosmosError (configuration) when they contradict each other
	 */
	complete: (keys: EngineKeys) => EngineHost;
	/** For `cosmos hosts`. @default the engine's name */
	label?: (host: Host) => string;
};

/** The keys of a host that an engine may look at. */
export type EngineKeys = {
	/** The host's name and the file that names it, for messages. */
	name: string;
	file: string;
	gpus?: ReadonlyArray<number | readonly number[]>;
	/** What its own table says; it has passed the table's check. Absent without one. */
	table?: unknown;
};

/** What follows for the host. */
export type EngineHost = Pick<Host, 'engineSettings' | 'width'> & {
	/** Whether the host must name an image. */
	needsImage: boolean;
	/** The GPUs of a host that names none. @default the first one */
	gpus?: readonly number[];
};
