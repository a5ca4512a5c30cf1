import {requireDefaultHost} from '../config/find-host.js';
import {type Check, checkNames, problemCheck, skippedCheck} from '../domain/check.js';
import {CosmosError} from '../domain/errors.js';
import {jsonText} from './print/json.js';
import {acceptKeyFlag, type CommandContext, hostFlag, jsonFlag, type Verb} from './verb.js';

export const doctor: Verb = {
	name: 'doctor',
	summary: 'check a host and say how to fix what is missing',
	usage: '[flags]',
	details: `
Checks the configuration, your key, known_hosts, the SSH login, the container engine, its GPU
runtime, the driver against the image's CUDA, the GPU memory, /dev/shm, the image, the checkpoints
(also those that only some launches need), the disks of both machines with your quota, and the host's
clock; for models that are downloaded at the first run also the cache, the token, and from the host
whether Hugging Face opens the models to it (docs/hosts.md). Changes nothing. A check that cannot run
because of an earlier problem is marked with a dash. The exit code is that of the first problem.`,
	endsWithReader: true,
	args: [0, 0],
	flags: [hostFlag, acceptKeyFlag, jsonFlag],
	exitCodes: [
		[0, 'everything is fine'],
		[3, 'the configuration'],
		[4, 'key, known_hosts or SSH'],
		[
			5,
			'engine, GPU, driver, memory, /dev/shm, image, checkpoints, cache, token, disk or clock of the host',
		],
		[6, "this machine's disk"],
	],
	examples: [
		['cosmos doctor', 'the default host'],
		['cosmos doctor --host h100 --json', 'for a program: a list of checks'],
	],
	async run(context, words) {
		const checks = await diagnoseFrom(context, words.text('host'));
		if (words.on('json')) {
			context.out(jsonText('doctor', checks));
		} else {
			context.out(checksText(checks));
		}

		return checks.find(({state}) => state === 'problem')?.exitCode ?? 0;
	},
};

async function diagnoseFrom(context: CommandContext, hostName?: string): Promise<Check[]> {
	let host: string;
	try {
		const config = await context.config();
		host = hostName ?? requireDefaultHost(config);
	} catch (error) {
		if (error instanceof CosmosError && error.kind === 'configuration') {
			const [, ...others] = checkNames;
			return [
				problemCheck('configuration', error),
				...others.map(name => skippedCheck(name, 'configuration')),
			];
		}

		throw error;
	}

	// A mistyped name is not a state of a host: it is rejected as everywhere.
	const workflow = await context.workflow();
	return workflow.diagnose(host);
}

const signs: Readonly<Record<Check['state'], string>> = {ok: '✔', problem: '✖', skipped: '-'};

/** A line for each check, and what to do below a problem. */
export function checksText(checks: readonly Check[]): string {
	const width = Math.max(...checkNames.map(name => name.length));
	return checks
		.map(({name, state, message, hint}) => {
			const remedy = hint ? `${' '.repeat(width + 4)}${hint}\n` : '';
			return `${signs[state]} ${name.padEnd(width)}  ${message}\n${remedy}`;
		})
		.join('');
}
