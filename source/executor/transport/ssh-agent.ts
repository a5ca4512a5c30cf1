import ssh2, {
	type BaseAgent,
	type IdentityCallback,
	type ParsedKey,
	type SignCallback,
	type SigningRequestOptions,
} from 'ssh2';

/** An agent that says nothing for so long, in milliseconds, counts as none. */
const patience = 5000;

export type Agent = {
	keys: ParsedKey[];
	/** An agent that offers only some of the keys, in the order given. */
	offering: (keys: ParsedKey[]) => BaseAgent;
};

/** Undefined when no agent listens there: then files must do, as for OpenSSH. */
export async function openAgent(path: string | undefined): Promise<Agent | undefined> {
	if (path === undefined) {
		return undefined;
	}

	const agent = ssh2.createAgent(path);
	const keys = await new Promise<ParsedKey[] | undefined>(resolve => {
		const timer = setTimeout(() => resolve(undefined), patience);
		agent.getIdentities((error, identities) => {
			clearTimeout(timer);
			resolve(error ? undefined : (identities ?? []).flatMap(parsePublicKey));
		});
	});
	return keys && {keys, offering: chosen => new SelectiveAgent(agent, chosen)};
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
