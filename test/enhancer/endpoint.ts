/** A chat endpoint on loopback that answers as a test wants it to. */
import {once} from 'node:events';
import {createServer, type IncomingHttpHeaders, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {text} from 'node:stream/consumers';

export type Received = {url: string; headers: IncomingHttpHeaders; body: string};

/** How a request is answered. */
export type Reply = (response: ServerResponse, received: Received) => void;

export type TestEndpoint = {
	url: string;
	/** Every request, in the order in which they came. */
	received: Received[];
	/** The replies to the next requests; the last one is for all that follow. */
	replyWith: (...replies: Reply[]) => void;
	stop: () => Promise<void>;
};

/** A prompt that has all it needs. */
export const structured = {
	subjects: [{description: 'A red fox', location: 'in the middle'}],
	background_setting: 'A field under snow.',
	lighting: {conditions: 'soft daylight'},
	aesthetics: {composition: 'centred'},
	cinematography: {framing: 'wide shot', camera_motion: 'follows'},
	style_medium: 'film',
	temporal_caption: 'A fox runs over the snow from left to right.',
};

/** A chat with this answer. */
export const answering =
	(content: unknown, more: object = {}): Reply =>
	response => {
		const choice = {
			index: 0,
			finish_reason: 'stop',
			message: {role: 'assistant', content},
			...more,
		};
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify({id: 'chat-1', object: 'chat.completion', choices: [choice]}));
	};

export const wellAnswered = answering(JSON.stringify(structured));

/** An error with the body that such servers send. */
export const failing =
	(status: number, message = '', headers: Record<string, string> = {}): Reply =>
	response => {
		response.writeHead(status, {'content-type': 'application/json', ...headers});
		response.end(message === '' ? '' : JSON.stringify({error: {message}}));
	};

/** Says nothing until the other side gives up. */
export const silent: Reply = () => undefined;

export async function startEndpoint(...first: Reply[]): Promise<TestEndpoint> {
	let replies = first;
	const received: Received[] = [];
	const server: Server = createServer(async (request, response) => {
		const one = {url: request.url ?? '', headers: request.headers, body: await text(request)};
		received.push(one);
		const [reply = wellAnswered] = replies;
		replies = replies.length > 1 ? replies.slice(1) : replies;
		reply(response, one);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/v1`,
		received,
		replyWith(...next) {
			replies = next;
		},
		async stop() {
			server.close();
			server.closeAllConnections();
			await once(server, 'close').catch(() => undefined);
		},
	};
}
