import {type Check, runCheck} from '../../domain/check.js';
import {CosmosError, messageOf} from '../../domain/errors.js';
import {chatUrl, type Endpoint, formatPlace} from '../../domain/hosts/endpoint.js';
import {checkKey} from '../launch/job-environment.js';

/** Milliseconds until an endpoint that says nothing counts as not there. */
const patience = 10_000;

/** The checks of the endpoint that writes prompts: its key, and whether it answers. No text is sent. */
export async function diagnoseEndpoint(
	endpoint: Endpoint,
	env: NodeJS.ProcessEnv,
): Promise<Check[]> {
	const {keyEnv} = endpoint;
	const key = await runCheck('token', async () => {
		checkKey(endpoint, env);
		return keyEnv === undefined ? 'none is sent' : `${keyEnv} is set here`;
	});
	const secret = keyEnv === undefined ? undefined : env[keyEnv]?.trim();
	return [key, await runCheck('engine', () => askForModels(endpoint, secret))];
}

/** Whether a server there lists the model, as far as it lists any. */
async function askForModels(
	{url, model, keyEnv}: Endpoint,
	key: string | undefined,
): Promise<string> {
	const place = chatUrl(url);
	place.pathname = place.pathname.replace(/chat\/completions$/, 'models');
	const where = formatPlace(place);
	let response: Response;
	try {
		response = await fetch(place.href, {
			...(key && {headers: {authorization: `Bearer ${key}`}}),
			redirect: 'manual',
			signal: AbortSignal.timeout(patience),
		});
	} catch (error) {
		const cause = error instanceof Error && error.cause ? error.cause : error;
		throw new CosmosError('connection', `${where} cannot be reached: ${messageOf(cause)}`, {
			hint: 'Check url under [enhancer], that the server runs, and the network.',
			cause: error,
		});
	}

	const {status} = response;
	await response.body?.cancel();
	if (status === 401 || status === 403) {
		throw new CosmosError('login-refused', `${where} refused the key (${status})`, {
			hint:
				keyEnv === undefined
					? 'Name the variable that has it with key_env under [enhancer].'
					: `Put a valid key for it into ${keyEnv}.`,
		});
	}

	return `${where} answers with ${status}; model ${model}`;
}
