import {isDeepStrictEqual} from 'node:util';
import {CosmosError} from '../../domain/errors.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import type {Recipe} from '../../domain/types.js';
import {readableWords} from '../../executor/transport/quote-words.js';
import type {LaunchRequest} from '../workflow-types.js';
import type {Local} from './launch-parts.js';

/** A command that somebody else has written, and that the user has not confirmed. */
export class UntrustedCommandError extends CosmosError {
	readonly recipe: Recipe;

	constructor(recipe: Recipe, runId: string | undefined) {
		const {name, command, image} = recipe;
		const where = image === undefined ? '' : ` in ${image}`;
		super(
			'untrusted-command',
			cleanText(
				`recipe ${name} is not in your configuration${runId ? ` (it came with ${runId})` : ''}; it would run${where}: ${readableWords(command)}`,
			),
			{
				hint: runId
					? `If you want that: cosmos rerun ${runId} --trust-command`
					: 'If you want that, put the recipe into your configuration.',
			},
		);
		this.name = 'UntrustedCommandError';
		this.recipe = recipe;
	}
}

/**
 * Rejects the commands of others. A recipe is your own if the configuration has it, or a run that
 * was launched here had it; imported records do not count.
 * @throws UntrustedCommandError
 */
export async function requireTrustedCommands(
	{config, store}: Local,
	requests: ReadonlyArray<{operation?: string}>,
): Promise<void> {
	for (const request of requests as readonly LaunchRequest[]) {
		if (request.operation !== 'recipe' || typeof request.recipe === 'string') {
			continue;
		}

		const {recipe, trustCommand = false} = request;
		if (!trustCommand && !config.recipes.some(one => isDeepStrictEqual(one, recipe))) {
			let isOwn = false;
			let imported: string | undefined;
			await store.eachRun(({run}) => {
				if (run.operation === 'recipe' && isDeepStrictEqual(run.recipe, recipe)) {
					isOwn ||= run.imported === undefined;
					imported ??= run.id;
				}
			});
			if (!isOwn) {
				throw new UntrustedCommandError(recipe, imported);
			}
		}
	}
}
