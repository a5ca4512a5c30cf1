/** What to say of a run that a slot's GPUs have too little memory for. */
import {type Host, slotsOf} from '../hosts/host.js';
import {flagName, type TransferSettings} from '../settings/settings.js';
import type {GpuFacts, RunTask} from '../types.js';
import {enhancerOf, familyOf, modeOf} from './families.js';
import type {Values} from './family.js';
import {describeNeed, type MemoryNeed} from './gpu-memory.js';
import {testedCard} from './transfer1-memory.js';

/** What a run is, as far as its memory goes. */
export type SizedTask = Pick<RunTask, 'operation' | 'model' | 'settings'> & {mode?: string};

/** What each GPU of a slot has to have for a run; undefined where nobody knows. */
export function memoryNeedOf(task: SizedTask, gpus: number): MemoryNeed | undefined {
	switch (task.operation) {
		case 'transfer': {
			const settings = task.settings as TransferSettings;
			return familyOf(task.model).memoryFor?.({mode: modeOf(task).name, settings, gpus});
		}

		case 'upscale':
			return testedCard;
		case 'enhance':
			return enhancerOf(task).memoryFor?.({settings: task.settings, gpus});
		default:
			return undefined;
	}
}

/** The largest of what runs need that share a process. */
export function largestNeed(tasks: readonly SizedTask[], gpus: number): MemoryNeed | undefined {
	return tasks
		.flatMap(task => memoryNeedOf(task, gpus) ?? [])
		.toSorted((a, b) => b.gibibytes - a.gibibytes)[0];
}

/**
 * Warns of a run that the GPUs of a slot may be too small for, with what would need less.
 * @param cards the GPUs of the slot; one whose memory is not known is taken to have enough
 * @param tasks those that share a process: the largest one counts
 */
export function memoryWarning(
	host: string,
	cards: readonly GpuFacts[],
	tasks: readonly SizedTask[],
): string | undefined {
	const known = cards.filter(card => card.memoryTotal !== undefined);
	const smallest = known.toSorted((a, b) => Number(a.memoryTotal) - Number(b.memoryTotal))[0];
	const need = largestNeed(tasks, cards.length);
	const there = Number(smallest?.memoryTotal) / 1024;
	if (!smallest || !need || there >= need.gibibytes) {
		return undefined;
	}

	const task = tasks.find(
		one => memoryNeedOf(one, cards.length)?.gibibytes === need.gibibytes,
	) as SizedTask;

	const which = `GPU ${smallest.index} of ${host} has ${Math.floor(there)} GiB`;
	const less = task.operation === 'transfer' ? lessWords(task, cards.length, there) : '';
	return `${which}, and this needs ${describeNeed(need)}${less}`;
}

/** Warns of a run that none of a host's slots may be large enough for; in the words of the first one. */
export function hostMemoryWarning(
	host: Host,
	cards: readonly GpuFacts[],
	tasks: readonly SizedTask[],
): string | undefined {
	const slots = host.simulated ? [] : slotsOf(host).filter(({gpus}) => gpus.length > 0);
	const warnings = slots.map(({gpus}) =>
		memoryWarning(
			host.name,
			cards.filter(({index}) => gpus.includes(index)),
			tasks,
		),
	);
	return warnings.every(Boolean) ? warnings[0] : undefined;
}

/** Changes that are named at most. */
const mostNamed = 3;

/** What would need less: changes of which each is enough, else how far all of them go. */
function lessWords(task: SizedTask, gpus: number, there: number): string {
	const needWith = (change: Values) => {
		const settings = {...task.settings, ...change} as TransferSettings;
		return memoryNeedOf({...task, settings}, gpus)?.gibibytes ?? 0;
	};

	const savers = saversOf(task)
		.map(saver => ({...saver, need: needWith({[saver.key]: saver.value})}))
		.filter(({need}) => need < needWith({}));
	const enough = savers.filter(({need}) => need <= there).slice(0, mostNamed);
	if (enough.length > 0) {
		return `; ${enough.map(({words, need}) => `with ${words} ${about(need)}`).join(', ')}`;
	}

	const best = savers.filter(({key, need}) =>
		savers.every(other => other.key !== key || other.need >= need),
	);
	const all = Object.fromEntries(best.map(({key, value}) => [key, value]));
	return best.length === 0
		? ''
		: `; with ${best.map(({words}) => words).join(' ')} ${about(needWith(all))}`;
}

const about = (gibibytes: number) => `about ${Math.ceil(gibibytes)} GiB`;

type Saver = {key: string; value: string | boolean; words: string};

/** What the settings could be to need less: the family's switches, other sizes and models. */
function saversOf(task: SizedTask): Saver[] {
	const {savesMemory} = familyOf(task.model);
	return modeOf(task).settings.flatMap((row): Saver[] => {
		const {key} = row;
		const flag = flagName(key);
		if (row.kind === 'switch' && savesMemory.includes(flag)) {
			return [{key, value: true, words: flag}];
		}

		return row.kind === 'choice' && ['resolution', 'checkpoint'].includes(key)
			? row.choices.map(value => ({key, value, words: `${flag} ${value}`}))
			: [];
	});
}
