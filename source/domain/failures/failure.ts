/** Why a run failed, as the store keeps it. */
export const failureReasons = [
	'guardrail',
	'gpu-out-of-memory',
	'host-out-of-memory',
	'killed',
	'timed-out',
	'rejected-input',
	'no-output',
	'program-error',
	'engine',
	'upload',
	'collect',
	'check',
	'container-lost',
	'node-failed',
	'endpoint-refused',
	'endpoint-not-found',
	'endpoint-redirected',
	'endpoint-rejected',
	'endpoint-busy',
	'endpoint-failed',
	'endpoint-timed-out',
	'endpoint-unreachable',
	'bad-answer',
] as const;

export type FailureReason = (typeof failureReasons)[number];

export type Failure = {
	reason: FailureReason;
	/** One line: what happened, naming the thing. */
	message: string;
	/** One line: what to do; may be empty. */
	hint: string;
};
