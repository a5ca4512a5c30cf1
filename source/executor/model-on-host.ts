import {CosmosError} from '../domain/errors.js';
import type {Host} from '../domain/host.js';
import {defaultModel, familyOf} from '../domain/models/families.js';
import type {JobNeeds} from '../domain/models/model-job.js';

/** The family whose checkout a host has. */
export function familyOfHost({model = defaultModel}: Host) {
	return familyOf(model);
}

/** What a job of the host's own family needs. */
export function needsOfHost({model = defaultModel}: Host): JobNeeds {
	return {model};
}

/** The checkout lacks what its family needs. */
export function noModel(host: Host, remoteDir: string): CosmosError {
	const {title, checkout} = familyOfHost(host);
	return new CosmosError(
		'checkout-missing',
		`${host.name} has no ${checkout.needs} in ${remoteDir}`,
		{
			hint: `${title} needs ${remoteDir}/${checkout.needs}. ${checkout.hint}`,
		},
	);
}
