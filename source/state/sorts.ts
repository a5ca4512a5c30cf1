import type {ListName} from './panels.js';

/** The orders of each list; the first is how the store gives them. */
export const sortNames = {
	prompts: ['newest', 'name', 'most runs', 'best rated'],
	runs: ['newest', 'going first', 'name', 'longest', 'best rated'],
} as const;

export type SortName<L extends ListName = ListName> = (typeof sortNames)[L][number];
export type Sorts = {[L in ListName]: SortName<L>};

export function nextSort<L extends ListName>(list: L, now: SortName<L>): SortName<L> {
	const names: ReadonlyArray<SortName<L>> = sortNames[list];
	return names[(names.indexOf(now) + 1) % names.length] as SortName<L>;
}
