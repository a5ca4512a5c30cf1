import type {Place} from './place.js';
import {abortable} from './transport/abortable.js';

/** Jobs whose inputs are sent before it is their turn, at most, and bytes of those inputs. */
export const mostAhead = 2;
const mostBytesAhead = 8 * 2 ** 30;
/** Jobs that have exited and whose outputs are not here yet, at most: the GPU waits for them. */
const mostBehind = 4;

/**
 * Jobs that follow each other on a slot. One at a time has the GPU, in their order. Their uploads follow each
 * other, and so do their downloads: each direction of the line carries one job at a time.
 */
export type Pipeline = {
	/** Adds a job as the last one. @param id no other one has it */
	join: (id: string) => Member;
	/** Changes the order of the jobs; those that are not named stay behind. */
	arrange: (ids: readonly string[]) => void;
	/** To be called when a job may have the GPU that was refused it before. */
	look: () => void;
	/** Jobs that have not had the GPU yet. */
	waiting: () => number;
	/** Those, and the one that has it. */
	unfinished: () => number;
	/** Calls back after every change of them. */
	onChange: (listener: () => void) => void;
};

export type Member = {
	place: Place;
	/** Makes it give up its place, unless it has the GPU. */
	withdraw: () => void;
	/** It has ended. */
	close: () => void;
};

/** Who has given the GPU back, and who is to have it next. */
export type Handover = {
	left: readonly string[];
	next?: string;
	/** The next one has it already, whoever else does. */
	isRunning?: boolean;
};

/**
 * @param handOver records a change, before the next one gets the GPU. False refuses it; it is asked
 * again after `look`. @default all are accepted
 */
export function createPipeline(
	handOver: (change: Handover) => Promise<boolean> = async () => true,
): Pipeline {
	let members: State[] = [];
	let left: string[] = [];
	const uploads = createTurns();
	const downloads = createTurns();
	const listeners = new Set<() => void>();
	let looking = false;
	let again = false;

	const holder = () => members.find(({phase}) => phase === 'computing');
	const isOpen = ({phase}: State) => phase === 'preparing' || phase === 'ready';
	/** Whatever needs the GPU before a member does. */
	const before = (member: State) =>
		members.filter((other, index) => {
			const isEarlier = index < members.indexOf(member) && isOpen(other);
			return other !== member && (isEarlier || other.phase === 'computing');
		});

	function changed(): void {
		for (const member of members) {
			const [first] = before(member);
			if (!first) {
				member.next.resolve();
			} else if (member.phase === 'ready' && first.name !== member.waitsFor) {
				member.waitsFor = first.name;
				member.onWait(first.name);
			}
		}

		for (const listener of listeners) {
			listener();
		}

		look();
	}

	/** One change at a time; what happens meanwhile is looked at afterwards. */
	async function look(): Promise<void> {
		again = true;
		if (looking) {
			return;
		}

		looking = true;
		while (again) {
			again = false;
			await advance();
		}

		looking = false;
	}

	async function advance(): Promise<void> {
		const first = members.find(isOpen);
		const behind = members.filter(({phase}) => phase === 'collecting').length;
		const isFree = !holder() && behind < mostBehind;
		const next = isFree && first?.phase === 'ready' ? first : undefined;
		if (!next && left.length === 0) {
			return;
		}

		const gone = left;
		left = [];
		try {
			const isAccepted = await handOver({left: gone, ...(next && {next: next.id})});
			if (next && isAccepted && next.phase === 'ready') {
				next.phase = 'computing';
				next.turn.resolve();
				changed();
			} else if (next && isAccepted) {
				// It has given up meanwhile.
				left.push(next.id);
				again = true;
			}
		} catch (error) {
			left = [...gone, ...left];
			next?.turn.reject(error);
		}
	}

	function join(id: string): Member {
		const withdrawal = new AbortController();
		const member: State = {
			...{id, name: id, phase: 'preparing', bytes: 0, onWait: () => undefined},
			turn: createDeferred(),
			next: createDeferred(),
		};
		members.push(member);
		changed();

		function leave(): void {
			const had = member.phase === 'computing';
			if (had) {
				left.push(id);
			}

			if (had || isOpen(member)) {
				member.phase = had ? 'collecting' : 'gone';
				changed();
			}
		}

		const place: Place = {
			withdrawn: withdrawal.signal,
			async upload(bytes, signal, work) {
				const release = await uploads.take(signal);
				try {
					const ahead = members.reduce((sum, one) => sum + (isOpen(one) ? one.bytes : 0), 0);
					const isAhead = () => before(member).length > 0;
					const untilNext = async (until: AbortSignal) => {
						member.next = createDeferred();
						changed();
						await abortable(member.next.promise, until);
					};

					if (isAhead() && ahead + bytes > mostBytesAhead) {
						await untilNext(signal);
					}

					member.bytes = bytes;
					return await work({isAhead, untilNext});
				} finally {
					release();
				}
			},
			holder: () => before(member)[0]?.name,
			async enter(name, onWait, waitsFor) {
				Object.assign(member, {name, onWait, phase: 'ready', turn: createDeferred(), waitsFor});
				changed();
				await member.turn.promise;
			},
			async resume(name) {
				Object.assign(member, {name, phase: 'computing'});
				await handOver({left: [], next: id, isRunning: true});
				changed();
			},
			leave,
			async download(signal, work) {
				const release = await downloads.take(signal).catch(() => () => undefined);
				try {
					return await work();
				} finally {
					release();
				}
			},
		};
		return {
			place,
			withdraw: () => withdrawal.abort(),
			close() {
				leave();
				members = members.filter(other => other !== member);
				changed();
			},
		};
	}

	return {
		join,
		arrange(ids) {
			const placeOf = ({id}: State) => (ids.includes(id) ? ids.indexOf(id) : ids.length);
			members = members.toSorted((a, b) => placeOf(a) - placeOf(b));
			changed();
		},
		look: () => void look(),
		waiting: () => members.filter(isOpen).length,
		unfinished: () => members.filter(one => isOpen(one) || one.phase === 'computing').length,
		onChange: listener => void listeners.add(listener),
	};
}

type State = {
	id: string;
	/** What a waiting job reports that it waits for. */
	name: string;
	phase: 'preparing' | 'ready' | 'computing' | 'collecting' | 'gone';
	/** Of its inputs. */
	bytes: number;
	waitsFor?: string;
	onWait: (holder: string) => void;
	/** Settled when it may have the GPU. */
	turn: Deferred;
	/** Settled when nothing before it needs the GPU. */
	next: Deferred;
};

type Deferred = PromiseWithResolvers<void>;

function createDeferred(): Deferred {
	const deferred = Promise.withResolvers<void>();
	// Whoever waits for it learns of a failure; nobody may.
	deferred.promise.catch(() => undefined);
	return deferred;
}

/** Lets one at a time do something, in the order in which they asked. */
function createTurns() {
	let last: Promise<unknown> = Promise.resolve();
	return {
		/** Resolves with the way to let the next one do it. @throws CosmosError (cancelled) */
		async take(signal: AbortSignal): Promise<() => void> {
			const mine = createDeferred();
			const before = last;
			last = before.then(() => mine.promise);
			try {
				await abortable(before, signal);
			} catch (error) {
				mine.resolve();
				throw error;
			}

			return mine.resolve;
		},
	};
}
