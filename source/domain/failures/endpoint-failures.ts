/** What can go wrong with a chat endpoint: the table that the enhancer and `docs/failures.md` use. */
import type {Failure, FailureReason} from './failure.js';

/** What is known of a failed request. */
export type FailedRequest = {
	/** Where it was sent, without a query. */
	place: string;
	model: string;
	keyEnv?: string;
	/** What the endpoint, the network or the check of the answer says; one line. */
	detail: string;
};

type Row = {
	reason: FailureReason;
	/** When it is that, for the docs. */
	when: string;
	message: (request: FailedRequest) => string;
	hint: (request: FailedRequest) => string;
	/** Whether another try may do better. */
	retries?: true;
	/** Whether every other prompt would fail in the same way: the rest is not sent. */
	concernsAll?: true;
};

export const endpointFailures = {
	refused: {
		reason: 'endpoint-refused',
		when: '401, 403',
		message: ({place, detail}) => `${place} refused the request: ${detail}`,
		hint: ({keyEnv}) =>
			keyEnv
				? `Put a valid key for it into ${keyEnv}.`
				: 'It wants a key: name the variable that has it with key_env under [enhancer].',
		concernsAll: true,
	},
	notFound: {
		reason: 'endpoint-not-found',
		when: '404, 405, 410',
		message: ({place, model, detail}) =>
			`${place} has no such address or model ${model}: ${detail}`,
		hint: () => 'Correct url and model under [enhancer].',
		concernsAll: true,
	},
	redirected: {
		reason: 'endpoint-redirected',
		when: 'a redirect to another server',
		message: ({place, detail}) => `${place} redirects to ${detail}, to which nothing was sent`,
		hint: () => 'If that is the right place, give its address as url under [enhancer].',
		concernsAll: true,
	},
	rejected: {
		reason: 'endpoint-rejected',
		when: 'another 4xx',
		message: ({place, detail}) => `${place} rejected the request: ${detail}`,
		hint: () =>
			'Shorten the text; if the model sees no images, set images = false under [enhancer].',
	},
	busy: {
		reason: 'endpoint-busy',
		when: '429, after several tries',
		message: ({place, detail}) => `${place} takes no more requests now: ${detail}`,
		hint: () => 'Try again later, or raise the limit of your account there.',
		retries: true,
	},
	failed: {
		reason: 'endpoint-failed',
		when: '5xx, after several tries',
		message: ({place, detail}) => `${place} failed: ${detail}`,
		hint: () => 'Try again later; if it is your own server, look at its log.',
		retries: true,
	},
	timedOut: {
		reason: 'endpoint-timed-out',
		when: 'no answer in time, after several tries',
		message: ({place, detail}) => `${place} gave no answer in ${detail}`,
		hint: () => 'Raise time_limit under [enhancer], or use a quicker model.',
		retries: true,
	},
	unreachable: {
		reason: 'endpoint-unreachable',
		when: 'no connection, after several tries',
		message: ({place, detail}) => `${place} cannot be reached: ${detail}`,
		hint: () =>
			'Check url under [enhancer], that the server runs, and the network; HTTPS_PROXY and NO_PROXY count.',
		retries: true,
		concernsAll: true,
	},
	unusable: {
		reason: 'bad-answer',
		when: 'an answer that is too large, cut off, not JSON, or not such a prompt, several times',
		message: ({model, detail}) => `the answer of ${model} cannot be used: ${detail}`,
		hint: () => 'The prompt was not changed. Try again, or use another model.',
		retries: true,
	},
	filtered: {
		reason: 'guardrail',
		when: 'a refusal by the filter of the endpoint',
		message: ({place, detail}) => `the filter of ${place} refused the text: ${detail}`,
		hint: () => 'Reword the prompt.',
	},
} as const satisfies Record<string, Row>;

export type EndpointFailure = keyof typeof endpointFailures;

export const rowOf = (name: EndpointFailure): Row => endpointFailures[name];

/** The failure of a run whose request has failed. */
export function endpointFailure(name: EndpointFailure, request: FailedRequest): Failure {
	const {reason, message, hint} = rowOf(name);
	return {reason, message: message(request), hint: hint(request)};
}
