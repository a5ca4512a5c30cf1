import {CosmosError} from '../../../domain/errors.js';
import type {Host} from '../../../domain/hosts/host.js';
import {commitLabel} from '../../../domain/models/container.js';
import {familyOfHost} from '../../diagnose/model-on-host.js';
import {quoteWords} from '../../transport/quote-words.js';
import type {TakeOutput, Transport} from '../../transport/transport.js';
import {runScript} from '../slot-script.js';

/**
 * The shell command that builds a host's image from its checkout, with the checkout's commit as a label;
 * undefined for a family whose image comes from elsewhere.
 */
export function buildCommand(host: Host): string | undefined {
	if (!familyOfHost(host).host?.buildsImage || host.image === '') {
		return undefined;
	}

	const checkout = checkoutWord(host);
	return `${quoteWords([...host.docker, 'build', '--tag', host.image])} --label "${commitLabel}=$(${readCommit(checkout)})" ${checkout}`;
}

/** A tilde is the shell's word for the home folder only without quotes. */
function checkoutWord({remoteDir}: Host): string {
	return remoteDir.startsWith('~/')
		? `~/${quoteWords([remoteDir.slice(2)])}`
		: quoteWords([remoteDir]);
}

/** The checkout may belong to another user, or to root. */
const readCommit = (checkout: string) => `git -c safe.directory='*' -C ${checkout} rev-parse HEAD`;

/**
 * Builds the image; resolves when it is there.
 * @throws CosmosError (host) when the engine could not
 */
export async function buildImage(
	host: Host,
	transport: Transport,
	onOutput: TakeOutput,
): Promise<void> {
	const command = buildCommand(host);
	if (command === undefined) {
		throw new CosmosError(
			'image-build',
			`the image of ${host.name} is not built from its checkout`,
		);
	}

	const {code} = await runScript(transport, `exec 2>&1\n${command}`, {onOutput});
	if (code !== 0) {
		throw new CosmosError(
			'image-build',
			`building ${host.image} on ${host.name} failed (${code})`,
			{
				hint: `See the output above; the command was: ${command}`,
			},
		);
	}
}

/**
 * Compares the image's commit with the checkout's.
 * @param built the value of the image's label; empty where it has none
 * @returns words about it, empty where there is nothing to compare
 * @throws CosmosError (host) when they differ
 */
export async function checkBuilt(host: Host, transport: Transport, built: string): Promise<string> {
	const command = buildCommand(host);
	if (command === undefined) {
		return '';
	}

	const {stdout} = await runScript(transport, readCommit(checkoutWord(host)));
	const commit = stdout.trim();
	if (!/^[0-9a-f]{40}/.test(commit)) {
		return ', commit of the checkout not known';
	}

	if (built === '') {
		return ', commit not known: it was built by another command';
	}

	if (built !== commit) {
		throw new CosmosError(
			'image-outdated',
			`${host.image} was built from ${built.slice(0, 10)}, the checkout on ${host.name} is at ${commit.slice(0, 10)}`,
			{hint: `Build it again there: ${command}`},
		);
	}

	return `, of commit ${commit.slice(0, 10)}`;
}
