import {once} from 'node:events';
import {createServer} from 'node:net';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {PromptRequest} from '../../source/enhancer/request.js';
import {writePrompt} from '../../source/enhancer/write-prompt.js';
import {
	answering,
	failing,
	type Reply,
	silent,
	startEndpoint,
	structured,
	type TestEndpoint,
	wellAnswered,
} from './endpoint.js';

const key = 'sk-secret-of-the-test';
const prompt: PromptRequest = {
	id: 'ps_1',
	is_image: false,
	instructions: 'Write a prompt.',
	text: 'The text: a fox',
	time_limit: 1000,
};

let endpoint: TestEndpoint;
let log: string[];
let waits: number[];

beforeEach(async () => {
	endpoint = await startEndpoint(wellAnswered);
	log = [];
	waits = [];
});

afterEach(() => endpoint.stop());

/** Time passes only while it waits. */
function write(more: {url?: string; limit?: number; prompt?: Partial<PromptRequest>} = {}) {
	return writePrompt(
		{
			url: more.url ?? endpoint.url,
			model: 'writer-1',
			key_env: 'WRITER_KEY',
			answer_limit: more.limit ?? 100,
		},
		{...prompt, ...more.prompt},
		{
			key,
			wait: async seconds => {
				waits.push(seconds);
			},
			clock: () => waits.reduce((sum, one) => sum + one, 0),
			log: line => log.push(line),
			readImage: async file => `data:image/png;base64,${file}`,
		},
	);
}

const place = () => `${endpoint.url}/chat/completions`;

async function expectFailure(reason: string, message: string | RegExp, tries: number) {
	const written = await write();
	expect(written).toMatchObject({
		failure: {
			reason,
			message: typeof message === 'string' ? message : expect.stringMatching(message),
		},
	});
	expect(endpoint.received).toHaveLength(tries);
	expect(JSON.stringify([written, log])).not.toContain(key);
	return written as Extract<typeof written, {failure: unknown}>;
}

describe('a request', () => {
	it('has the instructions, the text, the model and the key in a header', async () => {
		expect(await write()).toEqual({text: JSON.stringify(structured)});
		const [{url, headers, body}] = endpoint.received as [(typeof endpoint.received)[0]];
		expect(url).toBe('/v1/chat/completions');
		expect(headers.authorization).toBe(`Bearer ${key}`);
		expect(JSON.parse(body)).toEqual({
			model: 'writer-1',
			messages: [
				{role: 'system', content: 'Write a prompt.'},
				{role: 'user', content: 'The text: a fox'},
			],
		});
	});

	it('has the image where there is one', async () => {
		await write({prompt: {image: 'AAAA'}});
		expect(JSON.parse(endpoint.received[0]?.body ?? '').messages[1].content).toEqual([
			{type: 'text', text: 'The text: a fox'},
			{type: 'image_url', image_url: {url: 'data:image/png;base64,AAAA'}},
		]);
	});
});

describe('an answer', () => {
	it.each<[string, Reply]>([
		['in a code fence', answering(`\`\`\`json\n${JSON.stringify(structured)}\n\`\`\``)],
		['after thoughts', answering(`<think>{"a": 1}?</think>${JSON.stringify(structured)}`)],
		['in parts', answering([{type: 'text', text: JSON.stringify(structured)}])],
		[
			'with what the generator itself measures',
			answering(JSON.stringify({...structured, fps: 30, resolution: {W: 1, H: 1}})),
		],
	])('is read %s', async (_, reply) => {
		endpoint.replyWith(reply);
		expect(await write()).toEqual({text: JSON.stringify(structured)});
	});

	it.each<[string, Reply, RegExp]>([
		['prose', answering('A fox!'), /no JSON object/],
		['empty', answering(''), /it is empty/],
		['broken JSON', answering('{"subjects": [}'), /not valid/],
		['another object', answering('{"answer": "a fox"}'), /"subjects" is missing/],
		['a wrong part', answering(JSON.stringify({...structured, lighting: 'soft'})), /"lighting"/],
		['cut off', answering('{"subjects"', {finish_reason: 'length'}), /cut off/],
		['no chat', response => response.end('{"text": "a fox"}'), /not the JSON of a chat/],
		['no JSON', response => response.end('<html>'), /not the JSON of a chat/],
		[
			'too large',
			response => response.end(`{"choices": ["${'x'.repeat(2 * 1024 * 1024)}`),
			/larger than 1 MiB/,
		],
		[
			'nested too deeply',
			answering(`{"subjects": ${'['.repeat(50)}${']'.repeat(50)}}`),
			/deeper than 16/,
		],
	])('that is %s is asked for again, four times in all', async (_, reply, problem) => {
		endpoint.replyWith(reply);
		const {concernsAll} = await expectFailure('bad-answer', problem, 4);
		expect(concernsAll).toBe(false);
		const last = JSON.parse(endpoint.received[3]?.body ?? '').messages[1].content;
		expect(last).toMatch(/^The text: a fox\n\nAn earlier answer could not be used: /);
	});

	it('that is good after a bad one is taken', async () => {
		endpoint.replyWith(answering('A fox!'), wellAnswered);
		expect(await write()).toEqual({text: JSON.stringify(structured)});
	});

	it('of an image has nothing that passes in time', async () => {
		const written = await write({prompt: {is_image: true}});
		const {temporal_caption: _, ...rest} = structured;
		expect(written).toEqual({text: JSON.stringify(rest)});
	});
});

describe('an endpoint', () => {
	it.each([401, 403])('that refuses the key with %i is asked once', async status => {
		endpoint.replyWith(failing(status, `wrong key ${key}`));
		const end = await expectFailure(
			'endpoint-refused',
			/refused the request: 40[13] .*wrong key \*\*\*/,
			1,
		);
		expect(end).toMatchObject({
			concernsAll: true,
			failure: {hint: 'Put a valid key for it into WRITER_KEY.'},
		});
	});

	it.each([404, 405])('that knows no such address or model (%i) is asked once', async status => {
		endpoint.replyWith(failing(status, 'no model writer-1'));
		const end = await expectFailure(
			'endpoint-not-found',
			/has no such address or model writer-1: 40[45] .*no model writer-1/,
			1,
		);
		expect(end.concernsAll).toBe(true);
	});

	it.each([400, 413, 422])('that rejects the text with %i is asked once', async status => {
		endpoint.replyWith(failing(status, 'too long'));
		const end = await expectFailure(
			'endpoint-rejected',
			/rejected the request: 4\d\d .*too long/,
			1,
		);
		expect(end.concernsAll).toBe(false);
	});

	it('that is busy gets the time that it asks for', async () => {
		endpoint.replyWith(failing(429, 'slow down', {'retry-after': '7'}), wellAnswered);
		expect(await write()).toEqual({text: JSON.stringify(structured)});
		expect(waits).toEqual([7]);
		expect(log).toEqual([
			`${place()} takes no more requests now: 429 Too Many Requests: slow down; trying again in 7 s`,
		]);
	});

	it('that asks for more time than that is not waited for', async () => {
		endpoint.replyWith(failing(429, 'come back', {'retry-after': '3600'}));
		await expectFailure('endpoint-busy', /429 Too Many Requests: come back/, 1);
		expect(waits).toEqual([]);
	});

	it('may name a date', async () => {
		const date = new Date(Date.now() - 5000).toUTCString();
		endpoint.replyWith(failing(503, '', {'retry-after': date}), wellAnswered);
		expect(await write()).toHaveProperty('text');
		expect(waits).toEqual([0]);
	});

	it.each([500, 502, 503, 504])('that fails with %i is tried four times', async status => {
		endpoint.replyWith(failing(status, 'oh no'));
		await expectFailure('endpoint-failed', /failed: 50\d .*oh no/, 4);
		expect(waits).toEqual([1, 2, 4]);
	});

	it('that says nothing is tried four times', async () => {
		endpoint.replyWith(silent);
		const written = await write({limit: 0.05});
		expect(written).toMatchObject({failure: {reason: 'endpoint-timed-out'}});
		expect(endpoint.received).toHaveLength(4);
	});

	it('is not asked beyond the time of the prompt', async () => {
		endpoint.replyWith(failing(500));
		await write({prompt: {time_limit: 2.5}});
		expect(endpoint.received).toHaveLength(2);
	});

	it('that ends the connection is tried again', async () => {
		endpoint.replyWith(response => response.destroy(), wellAnswered);
		expect(await write()).toHaveProperty('text');
	});

	it('that is not there is tried four times', async () => {
		const server = createServer().listen(0, '127.0.0.1');
		await once(server, 'listening');
		const {port} = server.address() as {port: number};
		await new Promise(resolve => server.close(resolve));
		const written = await write({url: `http://127.0.0.1:${port}`});
		expect(written).toMatchObject({
			concernsAll: true,
			failure: {
				reason: 'endpoint-unreachable',
				message: expect.stringContaining(`127.0.0.1:${port}/v1/chat/completions cannot be reached`),
			},
		});
		expect(waits).toEqual([1, 2, 4]);
	});

	it('that refuses the text by its filter is asked once', async () => {
		endpoint.replyWith(answering('', {finish_reason: 'content_filter'}));
		await expectFailure('guardrail', /the filter of .* refused the text/, 1);
	});
});

describe('a redirect', () => {
	const to = (location: string, status = 307): Reply => failing(status, '', {location});

	it('within the server is followed with the text', async () => {
		endpoint.replyWith(to('/v2/chat/completions'), wellAnswered);
		expect(await write()).toHaveProperty('text');
		expect(endpoint.received.map(({url}) => url)).toEqual([
			'/v1/chat/completions',
			'/v2/chat/completions',
		]);
		expect(endpoint.received[1]?.body).toBe(endpoint.received[0]?.body);
	});

	it('to another server gets neither key nor text', async () => {
		const other = await startEndpoint(wellAnswered);
		endpoint.replyWith(to(`${other.url}/chat/completions`));
		await expectFailure('endpoint-redirected', /redirects to http.*, to which nothing was sent/, 1);
		expect(other.received).toEqual([]);
		await other.stop();
	});

	it('in a circle ends', async () => {
		endpoint.replyWith(to('/v1/chat/completions'));
		await expectFailure('endpoint-not-found', /more than 3 redirects/, 4);
	});
});
