import type {Config} from './config.js';
import {withheldError} from './not-configured.js';

/**
 * The command that opens a video; undefined for the system's own.
 * @throws CosmosError (configuration) when a project's file that nobody has trusted sets it
 */
export function findOpener(
	{openCommand, withheld}: Pick<Config, 'openCommand' | 'withheld'>,
	{COSMOS_OPEN: own}: NodeJS.ProcessEnv,
): string | undefined {
	if (!own && withheld?.keys.includes('open')) {
		throw withheldError(withheld, 'open');
	}

	return own || openCommand;
}
