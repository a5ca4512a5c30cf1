import type {LabPart} from '../../lab/available.js';
import type {Fault} from '../fault.js';
import type {Strike} from '../faults.js';
import type {Witness} from '../witness.js';

export type EngineName = 'docker' | 'remote' | 'local' | 'slurm';

/** What is an engine's own in the play. */
export type ChaosEngine = {
	name: EngineName;
	/** What it needs on this machine. */
	needs: readonly LabPart[];
	/** What may go wrong around its runs. */
	faults: readonly Fault[];
	/** Whether runs of one GPU take turns; else the engine decides what runs beside what. */
	hasSlots: boolean;
	/** Starts it on a host. */
	start: (ground: Ground) => Promise<Site>;
};

/** The host's places, on a disk that can be filled. */
export type Ground = {
	/** The tests' own folder; no disk of it gets full. */
	folder: string;
	checkout: string;
	locks: string;
	witness: Witness;
};

/** An engine at work on a host. */
export type Site = {
	/** Environment of every SSH session there; none where the host is this machine itself. */
	sessions?: Readonly<Record<string, string>>;
	/** The lines of a host's table in the configuration, and tables below it. */
	entryOf: (gpu: 0 | 1, host: string) => string;
	/** The faults that are its own. */
	strikes: Partial<Record<Fault, Strike>>;
	/** What it still has of jobs of ours. */
	leftovers: () => string[];
	/** What a host may still have for some seconds after a run's end, but not for ever. */
	lastLeftovers?: () => Promise<string[]>;
	/** What it has at work and in which state, in its own words. */
	state?: () => string[];
	/** Changes of files that belong to others. */
	strangers: () => string[];
	stop: () => Promise<void>;
};

/** Both lines of an entry that every host of the play has. */
export const simulated = `env = ["COSMOS_SIMULATE", "COSMOS_SIMULATE_STEP"]
simulated = true`;
