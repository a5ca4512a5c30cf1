/** What a transfer will be, as far as its inputs and settings say before it is launched. */
import type {PromptInput} from '../media.js';
import type {TransferSettings} from '../settings.js';

/** What a model would get. */
export type Launch = {
	promptText: string;
	negative: string;
	settings: TransferSettings;
	/** All that the prompt has, also what the mode does not use. */
	inputs: readonly PromptInput[];
};

export type Outlook = {
	/** What is ignored, cut or different from what one may expect, a line each. */
	warnings: readonly string[];
};

/** Tokens of a prompt that the T5 text encoder reads. */
const mostTokens = 512;

/**
 * Warns of a text that T5 cuts. Its vocabulary is not here, so the number is an estimate: a token for
 * a short word or a sign, more for a long one. That each word has at least one is certain.
 */
export function warnOfCut(what: string, text: string): string[] {
	const words = text.match(/[\p{L}\p{M}]+|\p{N}+|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];
	// The last token marks the end.
	const about = words.reduce((sum, word) => sum + Math.ceil(Math.max(1, word.length - 3) / 4), 1);
	const least = (text.trim().match(/\S+/g) ?? []).length + 1;
	if (Math.max(about, least) <= mostTokens) {
		return [];
	}

	const count =
		least > mostTokens ? `at least ${least} tokens` : `about ${about} tokens by our estimate`;
	return [`${what} has ${count}: the model reads ${mostTokens} and ignores the rest`];
}
