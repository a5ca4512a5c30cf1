/**
 * Every error that a person can cause or has to know of has a code. Programs and this product
 * recognise an error by it, never by its words. A code that was published keeps its name and its
 * meaning; `docs/cli.md` lists them.
 */

/** Each kind of error with its exit code. */
export const exitCodes = {
	/** The run itself failed: the container's code or a missing result. */
	run: 1,
	/** Wrong arguments, an unknown id, an input or a setting that cannot be used. */
	usage: 2,
	/** The configuration is missing, wrong, or refers to something that does not exist. */
	configuration: 3,
	/** The host cannot be reached, or one side does not trust the other. */
	connection: 4,
	/** The host responds but cannot run the job: engine, image, GPU, disk there. */
	host: 5,
	/** A local problem: disk full, store damaged or not writable. */
	home: 6,
	/** A fault of this program. */
	internal: 70,
	/** Stopped by the user; 128 + SIGINT as shells do it. */
	cancelled: 130,
} as const;

export type ErrorKind = keyof typeof exitCodes;

/** The codes with what each means. The kind of error that has no code of its own is its code. */
const meanings = {
	run: {run: 'a run failed'},
	usage: {
		usage: 'a wrong word, flag or value',
		'already-exists': 'something of that name exists already',
		'ambiguous-id': 'the beginning of an id, or a name, fits several',
		'bad-archive': 'the archive is damaged, or `cosmos export` did not write it',
		'bad-row': 'a row of a manifest breaks a rule',
		'bad-input': 'a folder, video or image sequence that cannot be used',
		'cannot-batch': 'these jobs cannot share a container',
		'cannot-serve': 'the model server cannot do this job',
		'changed-meanwhile': 'another process changed it in the meantime',
		'delete-refused': 'something still needs what would be deleted',
		'empty-text': 'the text is empty',
		'input-changed': 'an input is missing, or is not what it was',
		'invalid-name': 'a name, tag or note that is not allowed',
		'invalid-setting': 'a setting out of its range, or settings that exclude each other',
		misfit: 'the inputs of a prompt do not fit each other, and the model would fail or hang',
		'no-result': 'the run has no such local result',
		'no-terminal': 'there is no terminal to ask in',
		'not-found': 'no such prompt, run, job, preset or tag',
		'text-in-use': 'finished runs used the text that would be replaced',
		'unconfirmed-inputs': 'an archive named the inputs, and nobody confirmed them',
		'unknown-mode': 'the family of models has no such mode',
		'unknown-model': 'no such family of models',
		'wrong-state': 'the run or job is not in a state for that',
	},
	configuration: {
		configuration: 'a wrong value or file of the configuration',
		'key-missing': 'the key of the endpoint that writes prompts is not set, or is none',
		'key-unusable': 'the configured SSH key cannot be used',
		'known-hosts-unreadable': 'a known_hosts file cannot be read',
		'token-unreadable': 'the file with the Hugging Face token cannot be used',
		'unknown-host': 'no such host or group in the configuration',
		'unknown-recipe': 'no such recipe in the configuration',
		'untrusted-command': 'an archive brought the command, and nobody confirmed it',
		'untrusted-project': "this folder's cosmos.toml is not trusted",
	},
	connection: {
		connection: 'no connection to the host',
		'connection-lost': 'the connection was lost; what was started keeps running',
		'connection-timeout': 'the host does not respond',
		'download-incomplete': 'a file did not arrive as it is on the host',
		'host-key-changed': 'the host presents a key that differs from the known one',
		'host-key-revoked': 'the key of the host is revoked',
		'host-key-unknown': 'the key of the host is not known',
		'key-locked': 'the SSH key needs a passphrase, or the one given is wrong',
		'login-refused': 'the host refused the login',
		'no-key': 'there is no SSH key to log in with',
	},
	host: {
		host: 'the host cannot run the job',
		'checkout-missing': "the model's files are not in the host's folder",
		'container-missing': 'the container or process of the run is gone',
		'driver-too-old': 'the NVIDIA driver of the host is too old for the model',
		'engine-failed': 'the container engine of the host does not work',
		'gpu-lock-unusable': 'a file that keeps two jobs from using one GPU cannot be used',
		'gpu-memory': 'the GPUs have less memory than the model needs',
		'gpu-missing': 'the host has no such GPU, or its driver fails',
		'host-disk-full': 'the disk of the host is full',
		'host-folder-missing': 'the folder of the configuration is not on the host',
		'host-program-missing': 'the host lacks a program',
		'image-build': 'the image could not be built on the host',
		'image-missing': 'the container image is not on the host',
		'image-outdated': 'the image was built from another commit of the checkout',
		'server-failed': 'a model server of the host cannot start, or has ended',
		'slurm-limits': 'the job asks for more than the partition of Slurm has',
		'slurm-unavailable': 'Slurm does not respond, or takes no job',
		'token-missing': 'no Hugging Face token to download the model with',
	},
	home: {
		home: 'trouble of this machine',
		'local-disk-full': 'the disk of this machine is full',
		'node-too-old': 'the Node that runs this program is too old for it',
		'program-failed': 'a program of this machine failed',
		'program-missing': 'a program is not installed on this machine',
		'store-damaged': 'a file of the data folder is damaged',
		'store-locked': 'another process holds a lock of the data folder',
		'store-newer': 'a newer cosmos wrote the data folder',
	},
	internal: {internal: 'a bug in this program'},
	cancelled: {cancelled: 'stopped by you'},
} as const satisfies {[K in ErrorKind]: Record<K, string> & Record<string, string>};

export type ErrorCode = {[K in ErrorKind]: keyof (typeof meanings)[K]}[ErrorKind];

/** A code with its kind and its meaning, for people. */
export type ErrorCodeRow = {code: ErrorCode; kind: ErrorKind; meaning: string};

/** Every code, by kind. */
export const errorCodes: readonly ErrorCodeRow[] = Object.entries(meanings).flatMap(
	([kind, codes]) =>
		Object.entries(codes).map(([code, meaning]) => ({code, kind, meaning}) as ErrorCodeRow),
);

const kinds = new Map(errorCodes.map(({code, kind}) => [code, kind]));

export function kindOfCode(code: ErrorCode): ErrorKind {
	return kinds.get(code) as ErrorKind;
}
