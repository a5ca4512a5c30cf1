import {CosmosError} from '../../domain/errors.js';
import type {CommandContext} from '../verb.js';

/**
 * A yes-or-no question; Enter means no.
 * @throws CosmosError (usage) where nobody can be asked
 */
export async function ask({canAsk, problem}: CommandContext, question: string): Promise<boolean> {
	if (!canAsk) {
		throw new CosmosError('no-terminal', `${question} There is no terminal to ask in`, {
			hint: 'Add --yes to skip the question.',
		});
	}

	problem(`${question} [y/N] `);
	return /^y(es)?$/i.test((await readLine(true)) ?? '');
}

/**
 * A text; Enter alone means the default, and without a default the question is repeated.
 * @throws CosmosError (cancelled) when the input ends
 */
export async function askText(
	{problem}: Pick<CommandContext, 'problem'>,
	question: string,
	usual?: string,
): Promise<string> {
	for (;;) {
		problem(`${question}${usual === undefined ? '' : ` [${usual}]`}: `);
		const answer = await readLine(true);
		if (answer === undefined) {
			problem('\n');
			throw new CosmosError('cancelled', 'nothing was written');
		}

		const text = answer.trim() || usual;
		if (text) {
			return text;
		}
	}
}

/** A secret typed at the terminal without echo; undefined when the input ends. */
export async function askSecret(
	{problem}: Pick<CommandContext, 'problem'>,
	question: string,
): Promise<string | undefined> {
	problem(question);
	const answer = await readLine(false);
	problem('\n');
	return answer;
}

async function readLine(echo: boolean): Promise<string | undefined> {
	const {createInterface} = await import('node:readline');
	const {Writable} = await import('node:stream');
	const silent = new Writable({write: (_chunk, _encoding, done) => done()});
	const reader = createInterface({
		input: process.stdin,
		output: echo ? process.stderr : silent,
		terminal: process.stdin.isTTY,
	});
	return new Promise(resolve => {
		reader.once('line', line => {
			resolve(line);
			reader.close();
		});
		reader.once('close', () => resolve(undefined));
	});
}
