import {hintOf, messageOf} from '../../domain/errors.js';
import type {EngineFacts} from '../../executor/engine/engine.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import type {Event} from '../../state/event.js';
import type {Workflow} from '../../workflow/workflow-types.js';

/** Milliseconds from an answer to the next question. */
export const lookPause = 2000;
/** The same after a host was silent: one that is knocked at too often may shut us out. */
export const silentPause = 15_000;
/** Milliseconds after which an answer is called late. */
const lateAfter = 5000;

/**
 * Asks the host of the open host page, again and again, each time after its answer; asks nothing
 * while no such page is open.
 */
export function createHostWatch(
	{hostReport}: Pick<Workflow, 'hostReport'>,
	dispatch: (event: Event) => void,
) {
	let watched: string | undefined;
	let timer: NodeJS.Timeout | undefined;
	/** Hosts that have not answered yet. */
	const asked = new Set<string>();
	/** What need not be asked again: engine and image change seldom, and cost a host most. */
	const engines = new Map<string, EngineFacts>();

	async function look(name: string): Promise<void> {
		clearTimeout(timer);
		if (asked.has(name)) {
			return;
		}

		asked.add(name);
		const since = Date.now();
		const late = setTimeout(() => dispatch({type: 'host-late', name, since}), lateAfter).unref();
		const report = await hostReport(name, engines.get(name)).finally(() => {
			asked.delete(name);
			clearTimeout(late);
		});
		if (report.engine && !report.problem) {
			engines.set(name, report.engine);
		} else {
			engines.delete(name);
		}

		dispatch({type: 'host-looked', report, at: Date.now()});
		if (watched === name) {
			timer = setTimeout(ask, report.silent ? silentPause : lookPause, name);
		}
	}

	function ask(name: string): void {
		look(name).catch(error => {
			const [text, hint] = [messageOf(error), hintOf(error)];
			dispatch({type: 'noticed', notice: {tone: 'bad', text, hint, at: Date.now()}});
		});
	}

	return {
		/** Starts, changes to another host, or stops, as the state says. */
		follow({overlay}: DashboardState) {
			const name = overlay?.kind === 'host' ? overlay.host : undefined;
			if (name === watched) {
				return;
			}

			watched = name;
			clearTimeout(timer);
			if (name !== undefined) {
				ask(name);
			}
		},
		/** Asks at once, for all. */
		askAgain() {
			if (watched !== undefined) {
				engines.delete(watched);
				ask(watched);
			}
		},
		close() {
			watched = undefined;
			clearTimeout(timer);
		},
	};
}
