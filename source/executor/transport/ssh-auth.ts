import type {AnyAuthMethod, AuthHandlerMiddleware, ParsedKey} from 'ssh2';
import {CosmosError} from '../../domain/errors.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {holdsCertificates, openAgent} from './ssh-agent.js';
import {BeyondSsh2Error} from './ssh-choice.js';
import type {KeyFile, Keyring} from './ssh-key-files.js';
import {fingerprintOf} from './ssh-known-hosts.js';
import {placeOf, type SshTarget} from './ssh-target.js';

/** One step of logging in. */
type Attempt = {
	/** For the message when nothing helped. */
	labels: string[];
	/** Undefined when there is nothing to offer after all. */
	method: () => Promise<AnyAuthMethod | undefined>;
};

export type LoginPlan = {
	attempts: Attempt[];
	/** Keys that the configuration names and that cannot be tried, with the reason. */
	unusable: string[];
};

/**
 * What to try, in OpenSSH's order: keys of the agent that the configuration names, the other keys
 * of the agent, files. The file that our own configuration names goes before the agent's other
 * keys, and files with a passphrase go last: a host gives up after six keys or so.
 * @throws CosmosError (configuration) when the key that our configuration names is unusable
 */
export async function planLogin(target: SshTarget, keyring: Keyring): Promise<LoginPlan> {
	const files = await keyring.load(target);
	const agent = await openAgent(target.agent);
	const isNamed = (key: ParsedKey) =>
		files.some(file => publicKeyOf(file)?.equals(key.getPublicSSH()));
	const inAgent = (file: KeyFile) =>
		agent?.keys.some(key => publicKeyOf(file)?.equals(key.getPublicSSH())) ?? false;
	const named = agent?.keys.filter(isNamed) ?? [];
	const others = target.identitiesOnly ? [] : (agent?.keys.filter(key => !isNamed(key)) ?? []);
	const fromAgent = (keys: ParsedKey[]): Attempt[] =>
		agent && keys.length > 0
			? [
					{
						labels: keys.map(agentLabel),
						method: async () => ({
							type: 'agent',
							username: target.user,
							agent: agent.offering(keys),
						}),
					},
				]
			: [];

	const left = files.filter(file => !inAgent(file));
	const ours = target.identityFiles.find(identity => identity.from === 'cosmos')?.path;
	const open = left.filter(file => file.state === 'open');
	const locked = left.filter(file => file.state === 'locked');
	return {
		attempts: [
			...fromAgent(named),
			...open.filter(file => file.path === ours).map(file => fromFile(file, target, keyring)),
			...fromAgent(others),
			...open.filter(file => file.path !== ours).map(file => fromFile(file, target, keyring)),
			...locked.map(file => fromFile(file, target, keyring)),
		],
		unusable: left.flatMap(file =>
			file.state === 'unusable'
				? [`${file.path} (${file.why})`]
				: file.state === 'public'
					? [`${file.path} (not in the agent)`]
					: [],
		),
	};
}

function fromFile(
	file: Extract<KeyFile, {state: 'open' | 'locked'}>,
	target: SshTarget,
	keyring: Keyring,
): Attempt {
	return {
		labels: [file.path],
		async method() {
			const key = file.state === 'open' ? file.key : await keyring.unlock(file);
			return key && {type: 'publickey', username: target.user, key};
		},
	};
}

function publicKeyOf(file: KeyFile): Buffer | undefined {
	switch (file.state) {
		case 'open':
			return file.key.getPublicSSH();
		case 'unusable':
			return undefined;
		default:
			return file.publicKey;
	}
}

function agentLabel(key: ParsedKey): string {
	const comment = cleanText(key.comment ?? '');
	return `agent's ${key.type} ${fingerprintOf(key.getPublicSSH())}${comment && ` (${comment})`}`;
}

/** Watches the time that goes by on this side: asking a person may take long. */
export type Pause = {stop: () => void; start: () => void};

export type Login = {
	handler: AuthHandlerMiddleware;
	/** The error for a host that refuses, with what has been tried so far. */
	denied: (reason?: string) => CosmosError;
};

/**
 * Offers one key after the other.
 * @param fail takes the error when there is nothing left to offer
 */
export function createLogin(
	target: SshTarget,
	{attempts, unusable}: LoginPlan,
	pause: Pause,
	fail: (error: unknown) => void,
): Login {
	const waiting = [...attempts];
	const tried: string[] = [];
	const denied = (reason?: string) => deniedError(target, [...tried, ...unusable], reason);

	async function offerNext(methods: readonly string[] | null): Promise<AnyAuthMethod> {
		if (methods && !methods.includes('publickey')) {
			const wanted = methods.map(cleanText).join(' or ');
			throw beyond(denied(`It requires ${wanted}, which only the OpenSSH client can give.`));
		}

		for (let attempt = waiting.shift(); attempt; attempt = waiting.shift()) {
			const method = await attempt.method();
			if (method) {
				tried.push(...attempt.labels);
				return method;
			}

			tried.push(`${attempt.labels} (not unlocked)`);
		}

		// Null before the host has named its methods: there was no key to offer.
		const isKerberos = target.usesKerberos && methods?.includes('gssapi-with-mic') !== false;
		throw isKerberos || (await holdsCertificates(target.agent)) ? beyond(denied()) : denied();
	}

	return {
		denied,
		handler(methods, _partial, next) {
			pause.stop();
			offerNext(methods)
				.then(method => {
					pause.start();
					next(method);
				})
				.catch(fail);
		},
	};
}

function beyond({code, message, hint}: CosmosError): CosmosError {
	return new BeyondSsh2Error(code, message, {hint});
}

function deniedError(target: SshTarget, tried: readonly string[], reason?: string): CosmosError {
	const keys =
		tried.length === 0
			? 'No key was found: create one with ssh-keygen.'
			: `Tried: ${tried.join(', ')}.`;
	return new CosmosError(
		'login-refused',
		`permission denied for ${target.user}@${placeOf(target)}`,
		{
			hint: [
				reason,
				keys,
				'Add the public key to ~/.ssh/authorized_keys there (ssh-copy-id does), or name the right one with key = "…" for the host.',
			]
				.filter(Boolean)
				.join(' '),
		},
	);
}
