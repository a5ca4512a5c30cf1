import type {Prompt} from '../domain/types.js';
import type {DashboardState} from './dashboard-state.js';

const shared = new WeakMap<readonly Prompt[], ReadonlySet<string>>();

/** Names that several prompts have. */
function sharedNames(prompts: readonly Prompt[]): ReadonlySet<string> {
	let found = shared.get(prompts);
	if (!found) {
		const seen = new Set<string>();
		const twice = new Set<string>();
		for (const {name} of prompts) {
			(seen.has(name) ? twice : seen).add(name);
		}

		found = twice;
		shared.set(prompts, found);
	}

	return found;
}

/** A prompt's name; where several have it, with the end of its id. */
export function shownPromptName(
	{prompts = []}: Pick<DashboardState, 'prompts'>,
	name: string,
	id: string | undefined,
): string {
	return id !== undefined && sharedNames(prompts).has(name) ? `${name} …${id.slice(-4)}` : name;
}
