import {requireDefaultHost} from '../../config/find-host.js';
import type {CommandContext, Words} from '../verb.js';

/**
 * The host that a call names, else the default one.
 * @throws CosmosError (configuration) when an untrusted project names another default
 */
export async function chooseHost(context: CommandContext, words: Words): Promise<string> {
	return words.text('host') ?? requireDefaultHost(await context.config());
}
