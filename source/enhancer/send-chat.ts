/** One request to a chat endpoint, and what comes of it. */
import * as z from 'zod';
import {messageOf} from '../domain/errors.js';
import type {EndpointFailure} from '../domain/failures/endpoint-failures.js';
import {formatPlace} from '../domain/hosts/endpoint.js';
import {measureJson} from '../domain/json-size.js';
import {cleanText} from '../domain/runs/log-lines.js';

/** A chat of one question; the image is a data URL. */
export type Chat = {
	place: URL;
	model: string;
	/** The secret for this place alone. */
	key?: string;
	instructions: string;
	text: string;
	image?: string;
	/** Milliseconds until it is given up. */
	patience: number;
};

export type ChatEnd =
	| {answer: string}
	| {failure: EndpointFailure; detail: string; isLasting?: true; retryAfter?: number};

export type Fetch = (place: string, request: RequestInit) => Promise<Response>;

/** Bytes of an answer, at most: a prompt has some thousands. */
const longestAnswer = 1024 * 1024;
/** Characters of what an endpoint says of a failure that are shown. */
const longestDetail = 300;
/** Redirects within the same server that are followed. */
const mostRedirects = 3;
/** How deep the answer's JSON is nested at most. */
const deepest = 32;

const chatSchema = z.object({
	choices: z
		.array(
			z.object({
				finish_reason: z.string().nullish(),
				message: z.object({
					content: z
						.union([z.string(), z.array(z.object({text: z.string().optional()}))])
						.nullish(),
					refusal: z.string().nullish(),
				}),
			}),
		)
		.min(1),
});

/** Sends a chat once. It never throws: what goes wrong is its end. */
export async function sendChat(chat: Chat, send: Fetch = fetch): Promise<ChatEnd> {
	const signal = AbortSignal.timeout(Math.max(1, Math.ceil(chat.patience)));
	try {
		const response = await follow(chat, send, signal);
		if ('failure' in response) {
			return response;
		}

		const body = await readBody(response);
		return response.ok
			? readChat(body, chat)
			: {...kindOfStatus(response), detail: describe(response, body, chat)};
	} catch (error) {
		return signal.aborted
			? {failure: 'timedOut', detail: `${Math.round(chat.patience / 1000)} s`}
			: describeLoss(error, chat);
	}
}

/** Follows redirects on the same server; key and text go to no other. */
async function follow(
	{place, model, key, instructions, text, image}: Chat,
	send: Fetch,
	signal: AbortSignal,
): Promise<Response | Extract<ChatEnd, {failure: EndpointFailure}>> {
	const content =
		image === undefined
			? text
			: [
					{type: 'text', text},
					{type: 'image_url', image_url: {url: image}},
				];
	const body = JSON.stringify({
		model,
		messages: [
			{role: 'system', content: instructions},
			{role: 'user', content},
		],
	});
	let target = place;
	for (let count = 0; count <= mostRedirects; count++) {
		const response = await send(target.href, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				accept: 'application/json',
				...(key !== undefined && {authorization: `Bearer ${key}`}),
			},
			body,
			redirect: 'manual',
			signal,
		});
		const to = response.status >= 300 && response.status < 400 && response.headers.get('location');
		if (!to) {
			return response;
		}

		await response.body?.cancel();
		const next = URL.canParse(to, target.href) ? new URL(to, target.href) : undefined;
		if (next?.origin !== place.origin) {
			return {
				failure: 'redirected',
				detail: cleanText(next ? formatPlace(next) : 'no address').slice(0, longestDetail),
			};
		}

		target = next;
	}

	return {failure: 'notFound', detail: `more than ${mostRedirects} redirects`};
}

/** The body as text; undefined when it is larger than any answer, and then the rest is not read. */
async function readBody(response: Response): Promise<string | undefined> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of response.body ?? []) {
		size += chunk.length;
		if (size > longestAnswer) {
			return undefined;
		}

		chunks.push(chunk);
	}

	return Buffer.concat(chunks).toString('utf8');
}

function kindOfStatus({status, headers}: Response) {
	const failure: EndpointFailure =
		status === 401 || status === 403
			? 'refused'
			: status === 404 || status === 405 || status === 410
				? 'notFound'
				: status === 429
					? 'busy'
					: status === 408 || status >= 500
						? 'failed'
						: 'rejected';
	const retryAfter = secondsOf(headers.get('retry-after'));
	return {failure, ...(retryAfter !== undefined && {retryAfter})};
}

/** Seconds, or a date. */
function secondsOf(text: string | null): number | undefined {
	if (text === null) {
		return undefined;
	}

	const seconds = /^\d+$/.test(text.trim()) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
	return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** `429 Too Many Requests: slow down`, on one line and without the key. */
function describe(response: Response, body: string | undefined, chat: Chat): string {
	const said = body === undefined ? '' : errorIn(body);
	const status = [response.status, response.statusText].filter(Boolean).join(' ');
	return shorten(said === '' ? status : `${status}: ${said}`, chat);
}

function errorIn(body: string): string {
	const schema = z.object({
		error: z.union([z.string(), z.object({message: z.string()})]).optional(),
		message: z.string().optional(),
		detail: z.string().optional(),
	});
	const {data} = schema.safeParse(parseJson(body));
	const {error, message, detail} = data ?? {};
	const found = (typeof error === 'string' ? error : error?.message) ?? message ?? detail;
	// A web page says nothing in a line.
	return found ?? (/^\s*</.test(body) ? '' : body);
}

/** An endpoint may repeat what it was sent. */
function shorten(text: string, {key}: Chat): string {
	const hidden = key === undefined ? text : text.replaceAll(key, '***');
	const line = cleanText(hidden.replaceAll(/\s+/g, ' ').trim());
	return line.length > longestDetail ? `${line.slice(0, longestDetail)}…` : line;
}

function parseJson(text: string): unknown {
	try {
		return measureJson(text).depth > deepest ? undefined : JSON.parse(text);
	} catch {
		return undefined;
	}
}

function readChat(body: string | undefined, chat: Chat): ChatEnd {
	if (body === undefined) {
		return {failure: 'unusable', detail: `it is larger than ${longestAnswer / 1024 ** 2} MiB`};
	}

	const {data} = chatSchema.safeParse(parseJson(body));
	const choice = data?.choices[0];
	if (!choice) {
		return {failure: 'unusable', detail: 'it is not the JSON of a chat'};
	}

	const {
		finish_reason: end,
		message: {content, refusal},
	} = choice;
	if (end === 'content_filter' || refusal) {
		return {failure: 'filtered', detail: shorten(refusal || 'content_filter', chat)};
	}

	if (end === 'length') {
		return {failure: 'unusable', detail: 'it is cut off at the longest answer of the model'};
	}

	const answer = Array.isArray(content) ? content.map(({text = ''}) => text).join('') : content;
	return {answer: answer ?? ''};
}

/** Connections that may come about a moment later; a wrong name or certificate stays as it is. */
const passing = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'EAI_AGAIN'];

function describeLoss(error: unknown, chat: Chat): ChatEnd {
	const cause = error instanceof Error && error.cause ? error.cause : error;
	const {code, errors} = cause as {code?: string; errors?: Array<{message: string}>};
	const detail = shorten(errors?.[0]?.message || messageOf(cause) || String(code), chat);
	return {
		failure: 'unreachable',
		detail,
		...(!passing.includes(code ?? '') && {isLasting: true as const}),
	};
}
