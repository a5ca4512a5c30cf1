import type {FailureReason} from '../../source/domain/failures/failure.js';
import type {Moment} from './plan.js';

/** What a fault means for the runs that it hits. */
type FaultFacts = {
	/** It hits everything that happens at that moment, so all runs of a scene have the same one. */
	shared?: true;
	/** It takes so long that its runs stand side by side, or they would take all of the time. */
	long?: true;
	/** Moments at which there is something to hit. @default all */
	moments?: readonly Moment[];
	/** A run may fail by it before its command begins; without it nothing may do that. */
	preventsStart?: true;
	/** It ends the job from outside; such a run has failed with one of these. */
	ends?: {
		codes: readonly number[];
		reasons: readonly FailureReason[];
		/** An end that the job comes to by itself meanwhile is noted by nobody: such a run fails as well. */
		losesEnd?: true;
	};
};

const whileThere: readonly Moment[] = ['starting', 'running', 'running'];

/** What may go wrong around a run; which of it an engine knows is said by that. */
export const faultFacts = {
	'cosmos-killed': {},
	/** The server's side of the run's own connection is killed. */
	'sshd-killed': {},
	/** The SSH server with all connections is killed, and started again; nothing starts without it. */
	'sshd-restart': {shared: true, moments: ['uploading', 'starting', 'running', 'running']},
	'silent-3s': {},
	'silent-30s': {long: true},
	'clock-step': {},
	'disk-full-home': {shared: true},
	'disk-full-there': {shared: true, preventsStart: true},
	/** The process that streams the job's output to `cosmos`. Before the job there is none. */
	'client-killed': {moments: whileThere},
	/** The engine's daemon: dockerd. */
	'engine-restart': {shared: true, preventsStart: true},
	/** The model itself, by SIGKILL. */
	'job-killed': {moments: ['running']},
	/** The process that waits for the job's end in the engine's place, by SIGKILL. */
	'supervisor-killed': {
		moments: whileThere,
		preventsStart: true,
		ends: {codes: [137], reasons: ['killed'], losesEnd: true},
	},
	/** Somebody's `scancel`. */
	cancelled: {
		moments: whileThere,
		preventsStart: true,
		ends: {codes: [143], reasons: ['killed']},
	},
	/** slurmctld is killed, and started again. */
	'controller-restart': {shared: true},
	/** slurmd of the run's node is killed, and started again; its jobs live on. */
	'node-restart': {shared: true},
	/** The run's node dies with all that runs there, is declared down, and comes back. */
	'node-lost': {
		shared: true,
		moments: ['running'],
		preventsStart: true,
		ends: {codes: [137], reasons: ['node-failed'], losesEnd: true},
	},
	/** Slurm ends the job at a limit of its own. */
	'time-limit': {long: true, moments: ['running'], ends: {codes: [124], reasons: ['timed-out']}},
} satisfies Record<string, FaultFacts>;

export type Fault = keyof typeof faultFacts;

export const factsOf = (fault: Fault): FaultFacts => faultFacts[fault];
