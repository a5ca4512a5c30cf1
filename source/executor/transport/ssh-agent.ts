import {execFile} from 'node:child_process';
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
	const identities = await new Promise<unknown[] | undefined>(resolve => {
		const timer = setTimeout(() => resolve(undefined), patience);
		agent.getIdentities((error, identities) => {
			clearTimeout(timer);
			resolve(error ? undefined : (identities ?? []));
		});
	});
	return (
		identities && {
			keys: identities.flatMap(parsePublicKey),
			offering: chosen => new SelectiveAgent(agent, chosen),
		}
	);
}

/** Whether an agent holds certificates: ssh2 leaves them out, so that OpenSSH's own tool is asked. */
export function holdsCertificates(path: string | undefined): Promise<boolean> {
	return new Promise(resolve => {
		if (path === undefined) {
			resolve(false);
			return;
		}

		const env = {...process.env, SSH_AUTH_SOCK: path};
		execFile('ssh-add', ['-L'], {env, timeout: patience}, (error, stdout) =>
			resolve(!error && /^\S+-cert-v\d+@openssh\.com /m.test(stdout)),
		);
	});
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
