import {CosmosError} from '../../domain/errors.js';
import type {Host} from '../../domain/hosts/host.js';
import {familyOf, unnamedModel} from '../../domain/models/families.js';
import type {JobNeeds} from '../../domain/models/model-job.js';

/** The family whose checkout a host has. */
export function familyOfHost({model = unnamedModel}: Host) {
	return familyOf(model);
}

/** What a job of the host's own family needs. */
export function needsOfHost({model = unnamedModel}: Host): JobNeeds {
	return {model};
}

/** The checkout lacks what its family needs. */
export function noModel(host: Host, remoteDir: string, missing?: string): CosmosError {
	const {title, checkout} = familyOfHost(host);
	const folder = missing ?? checkout.needs;
	// The entry may be older than the other families.
	const unnamed = host.model === undefined;
	const other = unnamed ? ' If that is another model, add model = "…" to its entry.' : '';
	return new CosmosError('checkout-missing', `${host.name} has no ${folder} in ${remoteDir}`, {
		hint: `${title} needs ${remoteDir}/${folder}. ${checkout.hint}${other}`,
	});
}

/** The program in the checkout by which the model runs without a container; undefined where the PATH has it. */
export function installedProgram(host: Host, remoteDir: string): string | undefined {
	const programs = familyOfHost(host).container?.programs;
	return programs === undefined || host.prefix.length > 0 || host.simulated
		? undefined
		: `${remoteDir}/${programs}/python`;
}

/** The checkout has not been installed. */
export function notInstalled(host: Host, program: string, remoteDir: string): CosmosError {
	const install = familyOfHost(host).host?.install;
	return new CosmosError('host-program-missing', `${host.name} has no ${program}`, {
		hint: install
			? `Install the model there: cd ${remoteDir} && ${install}`
			: 'Install the model there.',
	});
}
