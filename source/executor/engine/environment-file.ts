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
					hint: 'A container gets its environment in a file of one line each; write the value in one.',
				});
			}

			return `${name}=${value}\n`;
		})
		.join('');
}
