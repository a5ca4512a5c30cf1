import {CosmosError} from '../../domain/errors.js';

/**
 * The text of an environment file as `docker run --env-file` reads it: a line each, no quoting.
 * @throws CosmosError (usage) for a value that such a file cannot carry
 */
export function environmentText(env: Readonly<Record<string, string>>): string {
	return Object.entries(env)
		.map(([name, value]) => {
			if (/[\n\r\0]/.test(value)) {
				throw new CosmosError('usage', `the value of ${name} has more than one line`, {
					hint: 'An environment file allows one line per variable; use a value without line breaks.',
				});
			}

			return `${name}=${value}\n`;
		})
		.join('');
}
