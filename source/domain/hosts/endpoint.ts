/**
 * A chat endpoint that writes prompts: `[enhancer]` of the configuration. What is stored with a run has
 * the name of the variable with the key, never the key.
 */
export type Endpoint = {
	/** As it is configured: the address of the API, or of its `chat/completions`. */
	url: string;
	/** What the endpoint calls its model. */
	model: string;
	/** The environment variable of this machine with the key. @default none is sent */
	keyEnv?: string;
	/** Whether the model sees images: then those of prompts are sent. */
	images: boolean;
	/** Seconds that one answer may take. */
	answerLimit: number;
};

/** The name of the host that stands for the endpoint. */
export const enhancerName = 'enhancer';

/** The last part of the address to which chats are sent. */
const chatPath = '/chat/completions';

/**
 * Where chats are sent: `https://api.example.com/v1` and `http://localhost:8000` are completed.
 * @param url one without a problem
 */
export function chatUrl(url: string): URL {
	const place = new URL(url);
	const path = place.pathname.replace(/\/+$/, '');
	if (!path.endsWith(chatPath)) {
		place.pathname = `${path === '' ? '/v1' : path}${chatPath}`;
	}

	return place;
}

/** An address for people, without its query: `https://api.example.com/v1/chat/completions`. */
export function formatPlace({origin, pathname}: URL): string {
	return `${origin}${pathname}`;
}

/** What is wrong with the address of an endpoint; undefined when it can be used. */
export function endpointUrlProblem(text: string): string | undefined {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (!url || !/^https?:$/.test(url.protocol)) {
		return 'must be an address such as "https://api.example.com/v1"';
	}

	return url.username || url.password || [...url.searchParams.keys()].some(isSecretName)
		? 'must not contain a key: put the key into a variable and name that with key_env'
		: undefined;
}

const isSecretName = (name: string) => /key|token|secret|password|^sig/i.test(name);

/** Whether what is sent there can be read on the way. */
export function isReadable({protocol, hostname}: URL): boolean {
	return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** One line of what leaves this machine, and to where. */
export function sendingNotice({url, model}: Endpoint, images: boolean): string {
	const place = chatUrl(url);
	const what = images ? 'texts and images' : 'texts';
	return `prompt ${what} are sent to ${formatPlace(place)} (model ${model})${isReadable(place) ? ', unencrypted' : ''}`;
}
