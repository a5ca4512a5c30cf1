import ssh2, {
	type BaseAgent,
	type IdentityCallback,
	type ParsedKey,
	type SignCallback,
	type SigningRequestOptions,
} from 'ssh2';
import {keyType} from './ssh-known-hosts.js';

/** An agent that says nothing for so long, in milliseconds, counts as none. */
const patience = 5000;

export type Agent = {
	keys: ParsedKey[];
	/** Certificates among its identities; they are no keys for ssh2. */
	hasCertificates: boolean;
	/** An agent that offers only some of the keys, in the order given. */
	offering: (keys: ParsedKey[]) => BaseAgent;
};

/** Undefined when no agent listens there: then files must do, as for OpenSSH. */
export async function openAgent(path: string | undefined): Promise<Agent | undefined> {
	if (path === undefined) {
		return undefined;
	}

	const agent = ssh2.createAgent(path);
	const identities = await new Promise<unknown[] | undefined>(resolve => {
		const timer = setTimeout(() => resolve(undefined), patience);
		agent.getIdentities((error, identities) => {
			clearTimeout(timer);
			resolve(error ? undefined : (identities ?? []));
		});
	});
	return (
		identities && {
			keys: identities.flatMap(parsePublicKey).filter(key => !isCertificate(key)),
			hasCertificates: identities.some(isCertificate),
			offering: chosen => new SelectiveAgent(agent, chosen),
		}
	);
}

/** An identity as the agents of ssh2 give it: a key, or the bytes of one. */
function isCertificate(identity: unknown): boolean {
	const {type, pubKey} = identity as {type?: string; pubKey?: unknown};
	const bytes = Buffer.isBuffer(identity) ? identity : Buffer.isBuffer(pubKey) ? pubKey : undefined;
	return /-cert-v0\d@openssh\.com$/.test(bytes ? keyType(bytes) : (type ?? ''));
}

function parsePublicKey(identity: unknown): ParsedKey[] {
	// The declared type is wider than what the agents of ssh2 give.
	const known = identity as {pubKey?: ParsedKey | Buffer} & ParsedKey;
	const key = ssh2.utils.parseKey(known.pubKey ?? known);
	return key instanceof Error ? [] : [key].flat();
}

class SelectiveAgent extends ssh2.BaseAgent<ParsedKey> {
	readonly #agent: BaseAgent;
	readonly #keys: ParsedKey[];

	constructor(agent: BaseAgent, keys: ParsedKey[]) {
		super();
		this.#agent = agent;
		this.#keys = keys;
	}

	override getIdentities(callback: IdentityCallback<ParsedKey>): void {
		callback(undefined, this.#keys);
	}

	override sign(
		key: ParsedKey,
		data: Buffer,
		options: SigningRequestOptions | SignCallback,
		callback?: SignCallback,
	): void {
		if (typeof options === 'function') {
			this.#agent.sign(key, data, options);
		} else {
			this.#agent.sign(key, data, options, callback);
		}
	}
}
