/** Has a model write one structured prompt: several tries, each of which is logged. */

import {
	type EndpointFailure,
	endpointFailure,
	rowOf,
} from '../domain/failures/endpoint-failures.js';
import type {Failure} from '../domain/failures/failure.js';
import {chatUrl, formatPlace} from '../domain/hosts/endpoint.js';
import {readJsonPrompt} from '../domain/models/cosmos3/json-prompt.js';
import type {EnhancerRequest, PromptRequest} from './request.js';
import {type ChatEnd, type Fetch, sendChat} from './send-chat.js';

/** What the work needs of its surroundings. */
export type Surroundings = {
	key?: string;
	send?: Fetch;
	/** Resolves after so many seconds. */
	wait: (seconds: number) => Promise<void>;
	/** Seconds by a clock that only goes on. */
	clock: () => number;
	log: (line: string) => void;
	/** The data URL of an image's file. */
	readImage: (file: string) => Promise<string>;
};

export type WrittenPrompt = {text: string} | {failure: Failure; concernsAll: boolean};

/** Requests for one prompt, at most. */
const mostTries = 4;
/** Seconds that an endpoint may ask to wait; of one that asks for more nothing is expected. */
const longestWait = 60;

/** Resolves with the prompt, or with what went wrong; it does not throw for an endpoint. */
export async function writePrompt(
	request: Pick<EnhancerRequest, 'url' | 'model' | 'key_env' | 'answer_limit'>,
	prompt: PromptRequest,
	{key, send, wait, clock, log, readImage}: Surroundings,
): Promise<WrittenPrompt> {
	const {url, model, key_env: keyEnv, answer_limit: answerLimit} = request;
	const place = chatUrl(url);
	const end = clock() + prompt.time_limit;
	const image = prompt.image === undefined ? undefined : await readImage(prompt.image);
	let text = prompt.text;
	for (let count = 1; ; count++) {
		const patience = Math.min(answerLimit, end - clock()) * 1000;
		const {instructions, is_image: isImage} = prompt;
		const sent = await sendChat({place, model, key, instructions, text, image, patience}, send);
		const ended = 'answer' in sent ? readAnswer(sent.answer, isImage) : sent;
		if ('text' in ended) {
			return ended;
		}

		const {failure, detail} = ended;
		const known = {place: formatPlace(place), model, keyEnv, detail};
		const {message} = endpointFailure(failure, known);
		const pause = pauseAfter(ended, count, end - clock());
		if (pause === undefined) {
			log(message);
			return {
				failure: endpointFailure(failure, known),
				concernsAll: rowOf(failure).concernsAll ?? false,
			};
		}

		log(`${message}; trying again in ${formatSeconds(pause)}`);
		await wait(pause);
		// A model does better when it knows what was wrong.
		text =
			failure === 'unusable'
				? `${prompt.text}\n\nAn earlier answer could not be used: ${detail}. Answer with the whole JSON object alone.`
				: text;
	}
}

function readAnswer(
	answer: string,
	isImage: boolean,
): {text: string} | {failure: EndpointFailure; detail: string} {
	const read = readJsonPrompt(answer, isImage);
	return 'text' in read ? read : {failure: 'unusable', detail: read.problem};
}

/** Seconds until the next try; undefined for none. */
function pauseAfter(
	{failure, ...found}: Extract<ChatEnd, {failure: EndpointFailure}>,
	count: number,
	left: number,
): number | undefined {
	if (!rowOf(failure).retries || found.isLasting || count >= mostTries) {
		return undefined;
	}

	// A model that is slow or wrong needs no rest.
	const own = failure === 'unusable' || failure === 'timedOut' ? 0 : 2 ** (count - 1);
	const pause = found.retryAfter ?? own;
	return pause > longestWait || pause >= left ? undefined : pause;
}

const formatSeconds = (seconds: number) => `${Math.ceil(seconds)} s`;
