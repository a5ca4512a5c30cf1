import {hintOf, messageOf} from '../domain/errors.js';
import type {Performers, Work} from '../screens/feature.js';
import {features} from '../screens/registry.js';
import type {DashboardState} from '../state/dashboard-state.js';
import type {Effect} from '../state/effect.js';
import type {World} from '../state/world.js';

/** Performs the effects of every screen, and lets what follows the state see each change. */
export function createEffects(given: Omit<World, 'perform' | 'notice' | 'failed'>): {
	start: () => void;
	/** Performs an effect; an error becomes a notice. */
	perform: (effect: Effect) => void;
	follow: (state: DashboardState) => void;
	/** Resolves when what changes the store has ended. */
	close: () => Promise<void>;
} {
	/** Effects under way that change what is stored. */
	const lasting = new Set<Promise<void>>();
	const isLasting = new Set(features.flatMap(feature => feature.lasting ?? []));
	const notice: World['notice'] = (tone, text, hint = '') =>
		given.dispatch({type: 'noticed', notice: {tone, text, hint, at: Date.now()}});
	const failed: World['failed'] = (error, what = '') =>
		notice('bad', what + messageOf(error), hintOf(error));
	const perform = async (effect: Effect): Promise<void> => {
		const performer = performers[effect.kind] as ((effect: Effect) => unknown) | undefined;
		await performer?.(effect);
	};

	const world: World = {...given, notice, failed, perform};
	const works: Work[] = features.flatMap(({work}) => (work ? [work(world)] : []));
	const performers: Performers = Object.assign({}, ...works.map(work => work.perform));
	return {
		start() {
			for (const work of works) {
				work.start?.();
			}
		},
		perform(effect) {
			const done = perform(effect).catch(error => failed(error));
			if (isLasting.has(effect.kind)) {
				lasting.add(done);
				done.finally(() => lasting.delete(done));
			}
		},
		follow(state) {
			for (const work of works) {
				work.follow?.(state);
			}
		},
		async close() {
			await Promise.all(works.map(work => work.close?.()));
			await Promise.all(lasting);
		},
	};
}
