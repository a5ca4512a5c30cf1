import type {Membership, Recipe} from '../types.js';
import type {Operation, SettingsOf} from './settings.js';

type RequestCommon<O extends Operation> = Membership & {
	/** What differs from the defaults. */
	settings?: Partial<SettingsOf<O>>;
	/**
	 * A host, a group of hosts, or `any`. Default: the configuration's default host; for an upscale of
	 * a run, the host of that run.
	 */
	host?: string;
	/** The chosen slot of those; default: the first free one. */
	on?: {host: string; lane: string};
	/** The queued job of this run; the run refers to it. */
	jobId?: string;
	/** Read inputs that are on the host already, whatever the records of their hashes say. @default false */
	verifyInputs?: boolean;
};

type Requests = {
	transfer: RequestCommon<'transfer'> & {
		operation?: 'transfer';
		promptId: string;
		/** The text that the model gets. @default the prompt's */
		text?: string;
		/** The family; default: the prompt's, then the host's, then the first one. */
		model?: string;
		/** Send inputs that the model would fail or hang with. */
		force?: boolean;
		/** What the family is to do; default: what the inputs of the prompt are for. */
		mode?: string;
		/** Whether a model server is to do it. @default whichever is sooner, a server or a container */
		server?: boolean;
		/** The other launches of the same call, for the same model: they decide alike. @default 0 */
		siblings?: number;
	};
	/** Of a completed transfer run, or of any video file. `text` is only for the upscaler. */
	upscale: RequestCommon<'upscale'> & {operation: 'upscale'; text?: string} & (
			| {runId: string}
			| {video: string}
		);
	enhance: RequestCommon<'enhance'> & {
		operation: 'enhance';
		promptId: string;
		/** The family that the text is for; default: the prompt's, then the host's, then the first one. */
		model?: string;
	};
	/** `recipe`: a name of the configuration, or the recipe itself as it was before. */
	recipe: RequestCommon<'recipe'> & {
		operation: 'recipe';
		promptId: string;
		/** For a check: the run of that prompt whose result it looks at. */
		checks?: string;
		/** The text that the command gets. @default the prompt's, for a check that of the run */
		text?: string;
		recipe: string | Recipe;
		/**
		 * The user has confirmed the command of exactly this recipe. Needed for a recipe that is
		 * neither in the configuration nor that of a run that was launched here.
		 */
		trustCommand?: boolean;
	};
};

export type RequestOf<O extends Operation> = Requests[O];

/** What to launch; without an operation it is a transfer. */
export type LaunchRequest = Requests[Operation];
