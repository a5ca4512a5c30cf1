import {enhancerName} from '../../domain/hosts/endpoint.js';
import type {LaunchForm} from './launch-form.js';

/** Where what the form launches can run. */
export const hostsOf = ({target, hosts, imageHosts}: LaunchForm): readonly string[] =>
	target.operation === 'recipe' && target.recipe.image !== undefined ? imageHosts : hosts;

/** On the first host that can run it, where its own cannot. */
export function withPossibleHost(form: LaunchForm): LaunchForm {
	const [first = form.host] = hostsOf(form).includes(form.host) ? [] : hostsOf(form);
	return first === form.host ? form : {...form, host: first};
}

/** Whether a form is about the endpoint. */
export const isRemoteForm = ({endpoint, host}: LaunchForm): boolean =>
	endpoint !== undefined && host === enhancerName;
