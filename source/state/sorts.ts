import type {ListName} from './panels.js';

/** The queue has one order, its own. */
export type SortedList = Exclude<ListName, 'queue'>;

/** The orders of each list; the first is how the store gives them. */
export const sortNames = {
	prompts: ['newest', 'name', 'most runs', 'best rated'],
	runs: ['newest', 'running first', 'name', 'longest', 'best rated'],
} as const;

export type SortName<L extends SortedList = SortedList> = (typeof sortNames)[L][number];
export type Sorts = {[L in SortedList]: SortName<L>};

export function nextSort<L extends SortedList>(list: L, now: SortName<L>): SortName<L> {
	const names: ReadonlyArray<SortName<L>> = sortNames[list];
	return names[(names.indexOf(now) + 1) % names.length] as SortName<L>;
}
